// The lines of an audit export (NDJSON, `application/x-ndjson`): a head; then for each checkpoint the entries it covers, by
// writer and seq, and the checkpoint; then the entries that none covers yet; at last a signed end. Pure.
//
// A line of an entry holds its canonical text as it is, `{"writer":...,"seq":...,"month":...,"hash":...,"entry":TEXT}`, so it
// can be checked without being parsed. Every other line is canonical JSON, so no byte of it can change unnoticed.
import * as z from 'zod';
import type { Head, Sha256Hex } from './chain.ts';
import { canonicalText, GENESIS } from './chain.ts';
import type { Signed } from './checkpoint.ts';
import { publicKey, signedText } from './checkpoint.ts';

const headOfChain = z.strictObject({ writer: z.string(), seq: z.number().int(), hash: z.string() });

/** The first line. */
export const exportHead = z.strictObject({
  gatehouse: z.literal('audit'),
  v: z.literal(1),
  made_at: z.string(),
  keys: z.array(publicKey).readonly(),
  /** How each key was handed on to the next. */
  rotations: z.array(signedText).readonly(),
  /** The checkpoint that everything here comes after; null: from the very first entry. */
  after: signedText.nullable(),
  /** Where every chain stood at `after`. */
  heads: z.array(headOfChain).readonly(),
  /** Signed words on months that were dropped under retention. */
  tombstones: z.array(signedText).readonly(),
  /** Signed words on breaks of the chains, whether they are in this file or not (breaks.ts). */
  acknowledgements: z.array(signedText).readonly().optional(),
});

export type ExportHead = z.infer<typeof exportHead>;

/** What the last line signs: the lines before it, as they stand. Whoever cuts, joins or edits the file breaks it. */
export const exportEnd = z.strictObject({
  v: z.literal(1),
  kind: z.literal('end'),
  key: z.string(),
  /** SHA-256 of the first line, without its newline. */
  head: z.string(),
  entries: z.number().int().min(0),
  checkpoints: z.number().int().min(0),
  /** The last entry of each writer after the last checkpoint. */
  tail: z.array(headOfChain).readonly(),
  /** Everything until then is here. */
  up_to: z.string(),
});

export type ExportEnd = z.infer<typeof exportEnd>;

/** Months that were dropped, signed. */
export const tombstone = z.strictObject({
  v: z.literal(1),
  kind: z.literal('tombstone'),
  at: z.string(),
  key: z.string(),
  month: z.string(),
  /** The number of a checkpoint that covers all that was dropped, it or those before it. */
  covered_by: z.number().int().min(1),
  /** Entries `from` to `to` of each writer, and the hash of the last, on which the next one follows. */
  dropped: z
    .array(
      z.strictObject({
        writer: z.string(),
        from: z.number().int().min(1),
        to: z.number().int().min(1),
        hash: z.string(),
      }),
    )
    .readonly(),
});

export type Tombstone = z.infer<typeof tombstone>;

/** A row of the audit as an export shows it: whatever the columns hold, also what they should not. */
export type EntryRow = {
  readonly writer: string;
  readonly seq: number;
  readonly month: string;
  readonly hash: string;
  readonly text: string;
};

/** A text that can stand in a line as it is: one JSON object without a line end. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there
const PLAIN = /^\{[^\u0000-\u001f]*\}$/;

/** An entry as a line, with its newline. */
export const entryLine = ({ writer, seq, month, hash, text }: EntryRow): string => {
  const [name, value] = PLAIN.test(text) ? ['entry', text] : ['text', JSON.stringify(text)];
  return `{"writer":${JSON.stringify(writer)},"seq":${seq},"month":${JSON.stringify(month)},"hash":${JSON.stringify(hash)},"${name}":${value}}\n`;
};

const TEXT = '"((?:[^"\\\\]|\\\\.)*)"';
const ENTRY = new RegExp(
  `\\{"writer":${TEXT},"seq":(-?\\d{1,19}),"month":${TEXT},"hash":${TEXT},"(entry|text)":`,
  'y',
);

/** The row that a line shows; undefined when it is none. Parses no more than it must: an export has millions of these. */
export const readEntryLine = (line: string): EntryRow | undefined => {
  ENTRY.lastIndex = 0;
  const found = ENTRY.exec(line);
  if (found === null || line.charCodeAt(line.length - 1) !== CLOSING_BRACE) return undefined;
  const [, writer = '', seq = '', month = '', hash = '', name] = found;
  const value = line.slice(ENTRY.lastIndex, -1);
  const text = name === 'entry' ? value : unquoted(value);
  if (text === undefined || String(Number(seq)) !== seq) return undefined;
  return {
    writer: unescaped(writer),
    seq: Number(seq),
    month: unescaped(month),
    hash: unescaped(hash),
    text,
  };
};

const CLOSING_BRACE = '}'.charCodeAt(0);

const unescaped = (text: string): string => (text.includes('\\') ? (unquoted(`"${text}"`) ?? text) : text);

const unquoted = (text: string): string | undefined => {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'string' && JSON.stringify(value) === text ? value : undefined;
  } catch {
    return undefined;
  }
};

/** The first line, with its newline. */
export const headLine = (head: ExportHead): string => `${canonicalText(head)}\n`;
/** A checkpoint as a line, with its newline. */
export const checkpointLine = (checkpoint: Signed): string => `${canonicalText({ checkpoint })}\n`;
/** The last line, with its newline. */
export const endLine = (end: Signed): string => `${canonicalText({ end })}\n`;

const special = z.union([
  exportHead,
  z.strictObject({ checkpoint: signedText }),
  z.strictObject({ end: signedText }),
]);

/** A line that is no entry, parsed; undefined when it is none of an export. */
export const readSpecialLine = (line: string): z.infer<typeof special> | undefined => {
  try {
    const value: unknown = JSON.parse(line);
    const parsed = special.safeParse(value);
    return parsed.success && canonicalText(value) === line ? parsed.data : undefined;
  } catch {
    return undefined;
  }
};

/** Whether a line claims to be an entry. */
export const isEntryLine = (line: string): boolean => line.startsWith('{"writer":');

/** What the end of an export is made from, kept while lines go by. */
export class ExportTally {
  readonly #sha256: Sha256Hex;
  #fresh = new Map<string, Head>();
  entries = 0;
  checkpoints = 0;

  constructor(sha256: Sha256Hex) {
    this.#sha256 = sha256;
  }

  entry({ writer, seq, hash }: EntryRow): void {
    this.entries++;
    this.#fresh.set(writer, { seq, hash });
  }

  checkpoint(): void {
    this.checkpoints++;
    this.#fresh = new Map();
  }

  /** What the end says of the lines so far. `head` is the first line without its newline. */
  end(head: string, key: string, upTo: string): ExportEnd {
    return endOf(this.#sha256(head), { ...this, key, tail: this.#fresh, upTo });
  }
}

/** What an end says. `head` is the hash of the first line. */
export const endOf = (
  head: string,
  {
    entries,
    checkpoints,
    key,
    tail,
    upTo,
  }: {
    readonly entries: number;
    readonly checkpoints: number;
    readonly key: string;
    readonly tail: ReadonlyMap<string, Head>;
    readonly upTo: string;
  },
): ExportEnd => ({ v: 1, kind: 'end', key, head, entries, checkpoints, tail: headList(tail), up_to: upTo });

/** Heads as a list for the first line, and back. */
export const headList = (heads: ReadonlyMap<string, Head>): ExportHead['heads'] =>
  [...heads.keys()].sort().map((writer) => ({ writer, ...(heads.get(writer) ?? GENESIS) }));
