// The chain: every writer's entries, numbered without a gap, each hashed together with the hash before it. Pure: the server,
// the CLI and the browser run the same code, on whatever SHA-256 they have.
import { canonicalText } from './canonical.ts';
import type { Entry } from './record.ts';

export { canonicalText } from './canonical.ts';

/** SHA-256 of bytes or of a text's UTF-8, as lower-case hex. */
export type Sha256Hex = (data: Uint8Array | string) => string;

/** An entry in its place. `text` is its canonical JSON (RFC 8785) and all there is to it; `hash` binds it to the one before. */
export type Link = {
  readonly writer: string;
  readonly seq: number;
  readonly hash: string;
  readonly text: string;
};

/** The end of a writer's chain: what the next link is bound to. */
export type Head = { readonly seq: number; readonly hash: string };

/** The head of a chain that has no entry yet. */
export const GENESIS: Head = { seq: 0, hash: '0'.repeat(64) };

/** The hash of a link: SHA-256 of the hash before it, as hex text, and the canonical text. SQL says the same in audit_append. */
export const linkHash = (sha256: Sha256Hex, before: string, text: string): string => sha256(before + text);

/** A place for the number in a canonical text; no JSON text has this run of characters outside a string, nor our fields inside one. */
const NUMBER = '"seq":0,"v":1,';

/** An entry's canonical text without its number: what comes before and after it. For chains that Postgres numbers. */
export const textAround = (
  writer: string,
  entry: Entry,
): { readonly before: string; readonly after: string } => {
  const text = canonicalText(said(writer, 0, entry));
  // `seq`, `v` and `writer` sort last, so the last such run is ours whatever the body holds.
  const at = text.lastIndexOf(NUMBER);
  return { before: text.slice(0, at + '"seq":'.length), after: text.slice(at + '"seq":0'.length) };
};

const said = (writer: string, seq: number, entry: Entry): Record<string, unknown> => ({
  v: 1,
  writer,
  seq,
  kind: entry.kind,
  exchange: entry.exchange,
  at: new Date(entry.atMs).toISOString(),
  body: entry.body,
});

/** The next link of a writer's chain. */
export const nextLink = (sha256: Sha256Hex, writer: string, head: Head, entry: Entry): Link => {
  const seq = head.seq + 1;
  const text = canonicalText(said(writer, seq, entry));
  return { writer, seq, hash: linkHash(sha256, head.hash, text), text };
};

/** The head that a link makes. */
export const headOf = (link: Link): Head => ({ seq: link.seq, hash: link.hash });

/** The month an entry is kept under, `2026-11-01`: the first ten characters of its time with the day set to 01. */
export const monthOf = (at: string): string => `${at.slice(0, 7)}-01`;

/** What a canonical text says of its own place. `exchange` is null where the entry is about none. */
export type Place = {
  readonly at: string;
  readonly exchange: string | null;
  readonly kind: string;
  readonly seq: number;
  readonly writer: string;
};

const EXCHANGE = ',"exchange":';
const TAIL =
  /,"exchange":(?:null|"([^"\\]*)"),"kind":"([a-z]+)","seq":(\d{1,16}),"v":1,"writer":"([^"\\]+)"\}$/y;
const AT = '{"at":"';
const AT_END = AT.length + '2026-11-01T00:00:00.000Z'.length;
const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

/**
 * Reads a canonical text's place without parsing its body: keys are sorted, so `at` comes first and `exchange`, `kind`, `seq`,
 * `v` and `writer` last, and a body's own quotes are escaped. Undefined for a text that is not built so.
 */
export const placeIn = (text: string): Place | undefined => {
  TAIL.lastIndex = text.lastIndexOf(EXCHANGE);
  if (TAIL.lastIndex < AT_END || !text.startsWith(AT) || !text.startsWith('","body":', AT_END))
    return undefined;
  const tail = TAIL.exec(text);
  const at = text.slice(AT.length, AT_END);
  if (tail === null || !INSTANT.test(at)) return undefined;
  const [, exchange, kind = '', seq, writer = ''] = tail;
  return { at, exchange: exchange ?? null, kind, seq: Number(seq), writer };
};

/**
 * One digest over the ends of many chains: SHA-256 of a line `writer seq hash` for each, in code-unit order of the writers.
 * Whoever signs it signs every chain's head.
 */
export const headsDigest = (sha256: Sha256Hex, heads: ReadonlyMap<string, Head>): string => {
  let text = '';
  for (const writer of [...heads.keys()].sort()) {
    const head = heads.get(writer) ?? GENESIS;
    text += `${writer} ${head.seq} ${head.hash}\n`;
  }
  return sha256(text);
};
