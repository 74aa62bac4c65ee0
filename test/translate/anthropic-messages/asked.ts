/**
 * What the tests of Anthropic's messages ask, read into the neutral form and written again, and what targets answer.
 */
import { anthropicMessages } from '../../../src/dialects/anthropic-messages.ts';
import type { Frame } from '../../../src/exchange.ts';
import { openDocument } from '../../../src/json/document.ts';
import type { ProviderName } from '../../../src/providers/provider.ts';
import { Refusal } from '../../../src/refusal.ts';
import { sseBytes } from '../../../src/streams/sse.ts';
import { anthropicMessagesEgress } from '../../../src/translate/anthropic-messages/egress.ts';
import { anthropicMessagesIngress } from '../../../src/translate/anthropic-messages/ingress.ts';
import { capsOf } from '../../../src/translate/caps.ts';
import type { Head } from '../../../src/translate/ingress.ts';
import type { Message, Part, Question } from '../../../src/translate/neutral.ts';
import { normalise } from '../../../src/translate/normalise.ts';
import { Notes } from '../../../src/translate/notes.ts';

export const HI = { role: 'user', content: 'Hi' };
/** The same in the neutral form. */
export const SAID_HI: Message = { role: 'user', content: [{ type: 'text', text: 'Hi' }] };
export const MARK = { type: 'ephemeral', ttl: '1h' } as const;

/** A request as it is read from the wire. */
export const understood = (body: object) => {
  const text = JSON.stringify({ model: 'm', max_tokens: 100, messages: [HI], ...body });
  const document = openDocument(new TextEncoder().encode(text), { depth: 100 });
  anthropicMessages.read(document);
  const notes = new Notes();
  return { ...anthropicMessagesIngress.understand(document.value, notes), notes };
};

/** What is said to one who asks or answers what cannot be: the code, and the parameter that it names. */
export const refusalOf = (act: () => unknown): readonly [code: string, param: string | undefined] => {
  try {
    act();
  } catch (error) {
    if (error instanceof Refusal) return [error.code, error.extra.param];
    throw error;
  }
  throw new Error('nothing was refused');
};

export const HEAD: Head = {
  exchange: 'ex_0123',
  model: 'target',
  createdAtMs: 1_700_000_000_900,
  usage: true,
};

/** A parsed event. */
export type Event = ReturnType<typeof JSON.parse>;

/** The events of a stream; throws unless their names are those of their data, and the last of them ends it. */
export const eventsOf = (frames: readonly Frame[]): Event[] => {
  const events = frames.map(({ bytes }) => {
    const said = /^event: (\w+)\ndata: (.+)\n\n$/s.exec(new TextDecoder().decode(bytes));
    const data: Event = JSON.parse(said?.[2] ?? '');
    if (data.type !== said?.[1]) throw new Error('an event is called something else');
    return data;
  });
  const ends = frames.flatMap(({ last }, index) => (last ? [index] : []));
  if (ends.join() !== String(frames.length - 1) || events.at(-1).type !== 'message_stop')
    throw new Error('the stream does not end with its last event');
  return events;
};

/** What is written of a reply that comes in parts. */
export const written = (parts: readonly Part[], body: object = {}, head: Head = HEAD): Event[] => {
  const writer = understood(body).writer(head);
  return eventsOf(parts.flatMap((part) => writer.frames(part)));
};

export const USAGE = {
  inputTokens: { total: 21, noCache: 10, cacheRead: 8, cacheWrite: 3 },
  outputTokens: { total: 13, text: 8, reasoning: 5 },
};

type Unified = Extract<Part, { type: 'finish' }>['finishReason']['unified'];

export const finish = (unified: Unified = 'stop', raw?: string): Part => ({
  type: 'finish',
  finishReason: { unified, raw },
  usage: USAGE,
});

type Asked = { readonly provider?: ProviderName; readonly model?: string; readonly stream?: boolean };

/** The body that is sent of a question, and what was noted on the way. */
export const sent = (
  question: Partial<Question>,
  { provider = 'anthropic', model = 'claude-sonnet-4-5', stream = false }: Asked = {},
) => {
  const notes = new Notes();
  const backend = { name: 'b', provider, url: null, zone: 'cloud', secret: null } as const;
  const caps = capsOf({ backend, model }, 'anthropic-messages');
  const asked = normalise({ prompt: [SAID_HI], maxOutputTokens: 2_000, ...question }, caps, notes);
  const body = anthropicMessagesEgress.body(asked, { model, stream, caps }, notes);
  // As it goes out: what is undefined is not there.
  return { body: JSON.parse(JSON.stringify(body)), notes: notes.header() };
};

/** What is read of a stream of events. */
export const readParts = (events: readonly (object & { readonly type: string })[]): Part[] => {
  const reader = anthropicMessagesEgress.reader();
  return events.flatMap((event) =>
    reader.parts({
      bytes: sseBytes({ event: event.type, data: JSON.stringify(event) }),
      last: event.type === 'message_stop',
    }),
  );
};

/** Events of a stream. */
export const start = (message: object = {}) => ({
  type: 'message_start',
  message: { id: 'msg_1', model: 'claude', ...message },
});
export const begins = (index: number, content_block: object) => ({
  type: 'content_block_start',
  index,
  content_block,
});
export const grows = (index: number, delta: object) => ({ type: 'content_block_delta', index, delta });
export const ends = (index: number) => ({ type: 'content_block_stop', index });
export const stops = (delta: object, usage?: object) => ({
  type: 'message_delta',
  delta,
  ...(usage === undefined ? {} : { usage }),
});
export const STOP = { type: 'message_stop' };
/** What the last of them is read as. */
export const finished = (...events: { type: string }[]) => readParts([start(), ...events]).at(-1);
