/**
 * What the tests of chat completions ask, read into the neutral form and written again, and what targets answer.
 */
import { openaiChat } from '../../../src/dialects/openai-chat.ts';
import type { Frame } from '../../../src/exchange.ts';
import { openDocument } from '../../../src/json/document.ts';
import type { ProviderName } from '../../../src/providers/provider.ts';
import { Refusal } from '../../../src/refusal.ts';
import { sseBytes } from '../../../src/streams/sse.ts';
import { capsOf } from '../../../src/translate/caps.ts';
import type { Head } from '../../../src/translate/ingress.ts';
import type { Part, Question } from '../../../src/translate/neutral.ts';
import { normalise } from '../../../src/translate/normalise.ts';
import { Notes } from '../../../src/translate/notes.ts';
import { openaiChatEgress } from '../../../src/translate/openai-chat/egress.ts';
import { openaiChatIngress } from '../../../src/translate/openai-chat/ingress.ts';

const HI = { role: 'user', content: 'Hi' };

/** A request as it is read from the wire. */
export const understood = (body: object) => {
  const text = JSON.stringify({ model: 'm', messages: [HI], ...body });
  const document = openDocument(new TextEncoder().encode(text), { depth: 100 });
  openaiChat.read(document);
  const notes = new Notes();
  return { ...openaiChatIngress.understand(document.value, notes), notes };
};

/** What is said to a request that is not understood: its code and the parameter that it names. */
export const refused = (body: object): readonly [code: string, param: string | undefined] => {
  try {
    understood(body);
  } catch (error) {
    if (error instanceof Refusal) return [error.code, error.extra.param];
    throw error;
  }
  throw new Error('it was understood');
};

export const HEAD: Head = {
  exchange: 'ex_0123',
  model: 'target',
  createdAtMs: 1_700_000_000_900,
  usage: true,
};

const dataOf = ({ bytes }: Frame): string => {
  const text = /^data: (.+)\n\n$/s.exec(new TextDecoder().decode(bytes))?.[1];
  if (text === undefined) throw new Error('a frame is not one event');
  return text;
};

/** The chunks of a stream; throws unless it ends as clients expect it. */
export const chunksOf = (frames: readonly Frame[]): ReturnType<typeof JSON.parse>[] => {
  const all = frames.map(dataOf);
  const ends = frames.filter(({ last }) => last).length === 1 && frames.at(-1)?.last === true;
  if (all.pop() !== '[DONE]' || !ends) throw new Error('the stream has no end');
  return all.map((text) => JSON.parse(text));
};

/** What is written of a reply that comes in parts. */
export const written = (body: object, parts: readonly Part[], head: Head = HEAD) => {
  const writer = understood(body).writer(head);
  const frames = parts.flatMap((part) => writer.frames(part));
  return { frames, chunks: chunksOf(frames) };
};

export const USAGE = {
  inputTokens: { total: 21, noCache: 10, cacheRead: 8, cacheWrite: 3 },
  outputTokens: { total: 13, text: 8, reasoning: 5 },
};

export const finish = (
  unified: 'stop' | 'length' | 'content-filter' | 'tool-calls' | 'error' | 'other' = 'stop',
  raw?: string,
): Part => ({ type: 'finish', finishReason: { unified, raw }, usage: USAGE });

/** The body that is sent of a question, and what was noted on the way. */
export const sent = (
  question: Question,
  {
    provider = 'openai',
    model = 'gpt-4o',
    stream = false,
  }: {
    readonly provider?: ProviderName;
    readonly model?: string;
    readonly stream?: boolean;
  } = {},
) => {
  const notes = new Notes();
  const backend = { name: 'b', provider, url: null, zone: 'cloud', secret: null } as const;
  const caps = capsOf({ backend, model }, 'openai-chat');
  const body = openaiChatEgress.body(normalise(question, caps, notes), { model, stream, caps }, notes);
  // As it goes out: what is undefined is not there.
  return { body: JSON.parse(JSON.stringify(body)), notes: notes.header() };
};

/** What is read of a stream of chunks; a text goes as it is. */
export const readParts = (chunks: readonly (object | string)[]): Part[] => {
  const reader = openaiChatEgress.reader();
  return chunks.flatMap((chunk) =>
    reader.parts({
      bytes: sseBytes({ data: typeof chunk === 'string' ? chunk : JSON.stringify(chunk) }),
      last: chunk === '[DONE]',
    }),
  );
};

/** A chunk with this delta. */
export const chunk = (delta: object, finishReason: string | null = null) => ({
  id: 'chatcmpl-1',
  object: 'chat.completion.chunk',
  model: 'target',
  choices: [{ index: 0, delta, finish_reason: finishReason }],
});
