// gatehouse audit verify: checks an export or a proof with nothing but the file. No database, no configuration, no network.
import { hash } from 'node:crypto';
import { createReadStream, readFileSync, statSync } from 'node:fs';
import { parseArgs } from 'node:util';
import * as z from 'zod';
import type { Signed } from '../audit/checkpoint.ts';
import { keyIsSound, publicKey, signedText } from '../audit/checkpoint.ts';
import { verifyProof } from '../audit/proof.ts';
import type { Known, Verdict, VerifierHashes } from '../audit/verify.ts';
import { BytesVerifier } from '../audit/verify-bytes.ts';
import { bytesOfHex } from '../bytes.ts';
import { Answer, print, WrongUse } from './command.ts';

const OPTIONS = {
  json: { type: 'boolean', default: false },
  proof: { type: 'boolean', default: false },
  key: { type: 'string' },
  anchor: { type: 'string' },
  'not-before': { type: 'string' },
} as const;

const CHUNK_BYTES = 1024 * 1024;
/** How often progress is shown: on a terminal, and elsewhere. */
const TERMINAL_MS = 250;
const ELSEWHERE_MS = 5_000;

const hashes: VerifierHashes = {
  hex: (data) => hash('sha256', data, 'hex'),
  // Hex is three times as fast as asking for bytes.
  bytes: (data) => bytesOfHex(hash('sha256', data, 'hex')),
};

const textOf = (path: string): string => {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    throw new WrongUse(`cannot read ${path}`);
  }
};

const jsonOf = (path: string): unknown => {
  try {
    return JSON.parse(textOf(path));
  } catch (error) {
    if (error instanceof WrongUse) throw error;
    throw new WrongUse(`${path} holds no JSON`);
  }
};

const KEY_ID = /^[0-9a-f]{32}$/;
const keyFile = z.union([z.object({ keys: z.array(publicKey).min(1) }), publicKey]);

/** Key ids from a text that is one, or a file: what `/.well-known/gatehouse-audit-key` shows, or one key of it. */
const keysFrom = (text: string): string[] => {
  if (KEY_ID.test(text)) return [text];
  const parsed = keyFile.safeParse(jsonOf(text));
  if (!parsed.success)
    throw new WrongUse(
      `--key takes the id of a key, or a file of what /.well-known/gatehouse-audit-key shows`,
    );
  const keys = 'keys' in parsed.data ? parsed.data.keys : [parsed.data];
  const unsound = keys.find((key) => !keyIsSound(hashes.hex, key));
  if (unsound !== undefined)
    throw new WrongUse(`the key ${unsound.id} in ${text} is not the one its id names`);
  return keys.map(({ id }) => id);
};

const anchorFile = z.union([
  signedText,
  z.object({ checkpoint: signedText }).transform(({ checkpoint }) => checkpoint),
]);

const anchorFrom = (path: string): Signed => {
  const parsed = anchorFile.safeParse(jsonOf(path));
  if (!parsed.success) throw new WrongUse(`${path} holds no checkpoint`);
  return parsed.data;
};

type Values = ReturnType<typeof parseArgs<{ options: typeof OPTIONS; allowPositionals: true }>>['values'];

const knownFrom = (values: Values): Known => {
  const notBeforeMs = Date.parse(values['not-before'] ?? '');
  if (values['not-before'] !== undefined && Number.isNaN(notBeforeMs))
    throw new WrongUse('--not-before takes a time like 2026-11-01T09:00:00Z');
  return {
    ...(values.key === undefined ? {} : { keys: keysFrom(values.key) }),
    ...(values.anchor === undefined ? {} : { anchor: anchorFrom(values.anchor) }),
    ...(Number.isNaN(notBeforeMs) ? {} : { notBeforeMs }),
  };
};

/** Shows how far it is, at most every so often, on standard error. */
const progressOf = (bytes: number) => {
  const terminal = process.stderr.isTTY;
  const everyMs = terminal ? TERMINAL_MS : ELSEWHERE_MS;
  let shownMs = performance.now();
  let shown = false;
  return {
    at: (done: number, entries: number): void => {
      if (performance.now() - shownMs < everyMs) return;
      shownMs = performance.now();
      shown = true;
      const words = `${entries.toLocaleString('en')} entries, ${Math.floor((100 * done) / bytes)} %`;
      process.stderr.write(terminal ? `\r${words}` : `${words}\n`);
    },
    end: (): void => {
      if (terminal && shown) process.stderr.write('\r\u001b[K');
    },
  };
};

const verifyExport = async (path: string, known: Known): Promise<Verdict> => {
  const size = (() => {
    try {
      return statSync(path).size;
    } catch {
      throw new WrongUse(`cannot read ${path}`);
    }
  })();
  const verifier = new BytesVerifier(hashes, known);
  const progress = progressOf(size);
  let done = 0;
  const bytes: AsyncIterable<Buffer> = createReadStream(path, { highWaterMark: CHUNK_BYTES });
  for await (const chunk of bytes) {
    await verifier.push(chunk);
    done += chunk.length;
    progress.at(done, verifier.entries);
    if (verifier.over) break;
  }
  progress.end();
  return verifier.end();
};

const tellExport = async (path: string, values: Values): Promise<void> => {
  const startedMs = performance.now();
  const verdict = await verifyExport(path, knownFrom(values));
  const seconds = Math.round(performance.now() - startedMs) / 1000;
  const { fault, acknowledged, entries, records, checkpoints, unsigned, madeAt, notes } = verdict;
  const holds = fault === undefined && acknowledged.length === 0;
  print(values.json, { ok: holds, ...verdict, fault: fault ?? null, madeAt: madeAt ?? null, seconds }, [
    ...notes.map((note) => `note: ${note}`),
    ...acknowledged.map(
      ({ kind, line, words, at, actor, reason }) =>
        `${kind}, line ${line}: ${words}; acknowledged at ${at} by ${actor}: ${reason}`,
    ),
    ...(unsigned > 0 && fault === undefined
      ? [`note: ${unsigned} entries came after the last checkpoint; only the end of this export signs them`]
      : []),
    ...(holds
      ? [
          `${path} holds: ${records} records in ${entries} entries, ${checkpoints} checkpoints, made at ${madeAt}; checked in ${seconds} s.`,
        ]
      : []),
  ]);
  if (fault !== undefined) throw new Answer(`${fault.kind}, line ${fault.line}: ${fault.words}`);
  if (!holds)
    throw new Answer(
      `${path} is broken in ${acknowledged.length} place${acknowledged.length === 1 ? '' : 's'}, as acknowledged; the rest holds`,
    );
};

const tellProof = async (path: string, values: Values): Promise<void> => {
  const verdict = await verifyProof(hashes, textOf(path), knownFrom(values));
  const { fault, exchange, entries, notes } = verdict;
  print(
    values.json,
    { ok: fault === undefined, ...verdict, fault: fault ?? null, exchange: exchange ?? null },
    [
      ...notes.map((note) => `note: ${note}`),
      ...entries.map(
        ({ kind, at, name, checkpoint }) =>
          `${kind} of ${exchange}, ${at}, as ${name}: signed by checkpoint ${checkpoint}`,
      ),
    ],
  );
  if (fault !== undefined) throw new Answer(fault);
};

/** Runs the command. Throws {@link Answer} where something is wrong with the file. */
export const verify = async (args: readonly string[]): Promise<void> => {
  const { values, positionals } = parseArgs({ args: [...args], options: OPTIONS, allowPositionals: true });
  const [file, ...more] = positionals;
  if (file === undefined || more.length > 0) throw new WrongUse('audit verify takes one FILE');
  if (values.proof && (values.anchor !== undefined || values['not-before'] !== undefined))
    throw new WrongUse('--anchor and --not-before are for exports, not for proofs');
  return values.proof ? tellProof(file, values) : tellExport(file, values);
};
