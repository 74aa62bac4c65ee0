// One reply gone wrong, read as the gateway reads it: frame by frame through the inspection, and through every translation.
import { rewritten } from '../../../src/backends/translated.ts';
import type { CallDialect } from '../../../src/dialects/dialect.ts';
import { Unreadable } from '../../../src/dialects/lens.ts';
import { Unbounded } from '../../../src/dlp/channel.ts';
import { Pseudonyms } from '../../../src/dlp/pseudonyms.ts';
import { Window } from '../../../src/dlp/window.ts';
import type { Frame } from '../../../src/exchange.ts';
import { openDocument } from '../../../src/json/document.ts';
import { isDeep, parseJson } from '../../../src/json/parse.ts';
import { FrameTooLong, ndjsonFrames } from '../../../src/streams/ndjson.ts';
import { sseFrames } from '../../../src/streams/sse.ts';
import type { Reader } from '../../../src/translate/egress.ts';
import type { Head, Writer } from '../../../src/translate/ingress.ts';
import { Notes } from '../../../src/translate/notes.ts';
import { Refused, readingOf, replyPlan } from '../../dlp/streams.ts';
import type { CallRow } from '../governed/rows.ts';
import { OTHERWISE } from '../governed/rows.ts';
import { said, saidOf } from './bodies.ts';

const ASKED = { model: 'm', stream: true, usage: false } as const;
const HEAD: Head = { exchange: 'ex_01TEST', model: 'm', createdAtMs: 1_700_000_000_000, usage: true };
const FRAME_BYTES = 1_000_000;

async function* each(chunks: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  yield* chunks;
}

/** The frames of a stream up to the last, as the gateway takes them from an upstream. */
const framesOf = async (dialect: CallDialect, chunks: readonly Uint8Array[]): Promise<readonly Frame[]> => {
  const cut =
    dialect.framing === 'sse'
      ? sseFrames(each(chunks), { eventBytes: FRAME_BYTES })
      : ndjsonFrames(each(chunks), { lineBytes: FRAME_BYTES });
  const frames: Frame[] = [];
  for await (const { bytes, partial } of cut) {
    const { last } = dialect.inspect(bytes, ASKED);
    if (partial === true && !last) break;
    frames.push({ bytes, last });
    if (last) break;
  }
  return frames;
};

/** What a stream comes to: inspected, and translated on each way to a backend that speaks its dialect. */
export const streamAny = async (
  dialect: CallDialect,
  chunks: readonly Uint8Array[],
): Promise<readonly string[]> => {
  const frames = await framesOf(dialect, chunks).catch((error: unknown) => {
    if (error instanceof FrameTooLong) return [];
    throw error;
  });
  const came = [inspected(dialect, frames)];
  for (const row of rowsTo(dialect)) came.push(await translatedStream(row, frames));
  return came;
};

const plan = replyPlan({ response: { injection: 'off' } });

/** No string of a frame that goes on holds an address. */
const inspected = (dialect: CallDialect, frames: readonly Frame[]): string => {
  try {
    const window = new Window(readingOf(plan, new Pseudonyms()), dialect);
    const shown = frames.flatMap((frame) => [...window.push(frame)]);
    if (frames.at(-1)?.last !== true) shown.push(...window.end());
    if (window.holding) throw new Error('frames are held for ever');
    for (const { bytes } of shown) dialect.inspect(bytes, ASKED);
    return 'read';
  } catch (error) {
    for (const kind of [Unreadable, Unbounded, Refused]) if (error instanceof kind) return kind.name;
    throw error;
  }
};

const writers = new Map<string, () => Writer>();

/** A writer of the client's for a request that says little. */
const writerFor = ({ from, client, found }: CallRow): Writer => {
  const known = writers.get(from);
  if (known !== undefined) return known();
  if (found.kind !== 'translated' || client === undefined) throw new Error('a translation has a writer');
  const text = JSON.stringify(client.body('x'));
  const made = (): Writer => {
    const document = openDocument(new TextEncoder().encode(text), { depth: 100 });
    return found.ingress.understand(document.value, new Notes()).writer(HEAD);
  };
  writers.set(from, made);
  return made();
};

/** The client's stream has an end only where the upstream's has one, and it is the last of it. */
const translatedStream = async (row: CallRow, frames: readonly Frame[]): Promise<string> => {
  if (row.found.kind !== 'translated') return 'read';
  let finished = 0;
  const reader = row.found.egress.reader();
  const counted: Reader = {
    parts: (frame) => {
      const parts = reader.parts(frame);
      finished += parts.filter(({ type }) => type === 'finish').length;
      return parts;
    },
  };
  const written: Frame[] = [];
  const came = await saidOf(async () => {
    for await (const frame of rewritten(given(frames), counted, writerFor(row))) written.push(frame);
  });
  const ends = written.filter(({ last }) => last).length;
  if (finished > 1 || ends > finished || (ends === 1 && written.at(-1)?.last !== true))
    throw new Error(`a stream that ends ${ends} times of ${finished}`);
  if (finished > 0 && frames.at(-1)?.last !== true) throw new Error('an end that the upstream never gave');
  return came;
};

async function* given(frames: readonly Frame[]): AsyncGenerator<Frame, void, undefined> {
  yield* frames;
}

/** What a whole reply comes to on each way. */
export const wholeAny = (dialect: CallDialect, bytes: Uint8Array): readonly string[] => [
  said(() => void dialect.inspectWhole(bytes)),
  ...rowsTo(dialect).map((row) => said(() => wholly(row, dialect, bytes))),
];

const wholly = (row: CallRow, dialect: CallDialect, bytes: Uint8Array): void => {
  const seen = dialect.inspectWhole(bytes);
  if (seen === undefined || seen.failed === true) return;
  const text = new TextDecoder().decode(bytes);
  if (isDeep(text)) return;
  const value = parseJson(text);
  const { found, client } = row;
  if (found.kind === 'translated') JSON.parse(writerFor(row).whole(found.egress.answer(value)));
  if (found.kind === 'direct' && client !== undefined) {
    const asked = openDocument(new TextEncoder().encode(JSON.stringify(client.body('x'))), {
      depth: 100,
    }).value;
    JSON.parse(found.direct.reply(value, asked));
  }
};

const rows = new Map<string, readonly CallRow[]>();
const rowsTo = ({ name }: CallDialect): readonly CallRow[] => {
  const known = rows.get(name) ?? OTHERWISE.filter(({ to, way }) => to === name && way !== 'counted');
  rows.set(name, known);
  return known;
};
