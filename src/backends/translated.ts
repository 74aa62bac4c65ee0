// A call to a target that speaks another of our dialects: the request through the neutral form, the reply frame by frame back.
import type { CallDialect, CallDialectName } from '../dialects/dialect.ts';
import { dialectNamed } from '../dialects/index.ts';
import type { Exchange, Frame, Reply } from '../exchange.ts';
import { wholeReply } from '../exchange.ts';
import type { Json } from '../json/document.ts';
import { isDeep, parseJson } from '../json/parse.ts';
import type { Incoming, Ports } from '../ports.ts';
import { UpstreamFault } from '../ports.ts';
import { Refusal } from '../refusal.ts';
import type { Target } from '../routing/target.ts';
import { capsOf } from '../translate/caps.ts';
import type { Reader } from '../translate/egress.ts';
import type { Head, Writer } from '../translate/ingress.ts';
import type { Part } from '../translate/neutral.ts';
import { normalise } from '../translate/normalise.ts';
import { Notes } from '../translate/notes.ts';
import type { Way } from '../translate/way.ts';
import { upstreamHeaders } from './headers.ts';
import { post } from './post.ts';
import type { Frames, Means } from './reading.ts';
import { bodyOf, isStreamed, orLeave, peeked } from './reading.ts';
import { begin, judge } from './reply.ts';
import { mustBePlain, refusedBy } from './upstream-errors.ts';

const encoder = new TextEncoder();

/** What a stream is called in each framing, when we write it. */
const STREAM_TYPES = { sse: 'text/event-stream; charset=utf-8', ndjson: 'application/x-ndjson' } as const;

/** What the reply will say of itself. */
export const headOf = (
  { id, openedAtMs, prompt }: Exchange,
  { model }: Target,
  { now }: Pick<Means, 'now'>,
): Head => ({
  exchange: id,
  model,
  createdAtMs: openedAtMs,
  now,
  usage: prompt?.asked.usage ?? false,
});

/** Headers of a reply that was translated. */
const headersOf = (exchange: Exchange, type: string, notes: Notes): Readonly<Record<string, string>> => {
  const warnings = notes.header();
  exchange.warnings = warnings;
  return { 'content-type': type, ...(warnings === undefined ? {} : { 'x-gatehouse-warnings': warnings }) };
};

/** A whole reply in the client's dialect. */
export const wholeTranslated = (exchange: Exchange, body: string, notes: Notes): Reply =>
  wholeReply(200, headersOf(exchange, 'application/json', notes), encoder.encode(body));

/** A streamed reply in the client's dialect; its first frame is there. */
export const streamTranslated = async (
  exchange: Exchange,
  frames: AsyncGenerator<Frame, void, undefined>,
  notes: Notes,
): Promise<Reply> => {
  const { dialect } = exchange;
  if (dialect.kind !== 'call') throw new Error('only a call has a stream');
  const type = STREAM_TYPES[dialect.framing];
  const headers = {
    ...headersOf(exchange, type, notes),
    'cache-control': 'no-cache',
    'x-accel-buffering': 'no',
  };
  return { status: 200, headers, whole: false, frames: await peeked(frames) };
};

/** Calls a target in its own dialect. Throws what `post` and reading the reply throw, and `unsupported_parameter`. */
export const translated = async (
  ports: Ports,
  exchange: Exchange,
  target: Target,
  { ingress, egress }: Extract<Way, { kind: 'translated' }>,
): Promise<Reply> => {
  const { prompt } = exchange;
  if (prompt === undefined) throw new Error('a call needs a prompt');
  const { stream } = prompt.asked;
  const notes = new Notes();
  const { question, writer } = ingress.understand(prompt.document.value, notes);
  const caps = capsOf(target, egress.dialect);
  const body = egress.body(normalise(question, caps, notes), { model: target.model, stream, caps }, notes);
  const incoming = await postOwn(ports, exchange, target, egress.dialect, stream, JSON.stringify(body));
  return orLeave(incoming, ports, async () => {
    mustBePlain(incoming);
    if (incoming.status >= 300) return refusedBy(exchange, incoming, ports);
    const spoken = dialectNamed(egress.dialect);
    const written = writer(headOf(exchange, target, ports));
    if (isStreamed(incoming, spoken)) {
      const asked = { ...prompt.asked, usage: true };
      const { frames, refused } = await begin(exchange, spoken, incoming, ports, asked);
      return refused ?? streamTranslated(exchange, rewritten(frames, egress.reader(), written), notes);
    }
    const answer = egress.answer(await wholeJson(exchange, spoken, incoming, ports));
    return wholeTranslated(exchange, written.whole(answer), notes);
  });
};

/** Sends a body that we made. What chose a version or a beta of the client's API says nothing in another dialect. */
export const postOwn = (
  ports: Ports,
  exchange: Exchange,
  target: Target,
  dialect: CallDialectName,
  stream: boolean,
  body: string,
): Promise<Incoming> =>
  post(ports, exchange, target, {
    dialect,
    stream,
    query: '',
    headers: upstreamHeaders(NOBODY, stream, dialectNamed(dialect).framing),
    body,
  });

const NOBODY = { header: () => undefined, headerNames: () => [] };

/** A whole reply of the target's. */
export const wholeJson = async (
  exchange: Exchange,
  spoken: CallDialect,
  incoming: Incoming,
  means: Means,
): Promise<Json> => {
  const bytes = await bodyOf(exchange, incoming, means);
  judge(exchange, spoken, incoming.status, bytes);
  if (exchange.verdict !== undefined)
    throw new Refusal('upstream_failed', { note: 'the reply tells of an error' });
  const text = decoder.decode(bytes);
  mustBeShallow(text);
  return parseJson(text);
};

const decoder = new TextDecoder();

/** A frame shorter than this nests no deeper than anything here can go. */
const SHORT_BYTES = 1_000;

const mustBeShallow = (text: string): void => {
  if (isDeep(text)) throw new UpstreamFault('protocol', true, 'the reply nests too deep');
};

/** The client's frames of the upstream's. An error of the upstream's ends them without a clean ending. */
export async function* rewritten(
  frames: Frames,
  reader: Reader,
  writer: Writer,
): AsyncGenerator<Frame, void, undefined> {
  try {
    for (let next = await frames.next(); next.done !== true; next = await frames.next()) {
      const { bytes } = next.value;
      if (bytes.length > SHORT_BYTES) mustBeShallow(decoder.decode(bytes));
      for (const part of reader.parts(next.value)) yield* framesFor(part, writer);
    }
  } finally {
    await frames.return?.();
  }
}

/** The frames of one part; throws `upstream_failed` for an error. */
export const framesFor = (part: Part, writer: Writer): readonly Frame[] => {
  if (part.type === 'error') throw new Refusal('upstream_failed', { note: 'the reply tells of an error' });
  return writer.frames(part);
};
