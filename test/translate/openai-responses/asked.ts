/**
 * What the tests of OpenAI's responses ask, read into the neutral form and written again.
 */

import { openaiResponses } from '../../../src/dialects/openai-responses.ts';
import type { Frame } from '../../../src/exchange.ts';
import { openDocument } from '../../../src/json/document.ts';
import { Refusal } from '../../../src/refusal.ts';
import type { Head } from '../../../src/translate/ingress.ts';
import type { Part } from '../../../src/translate/neutral.ts';
import { Notes } from '../../../src/translate/notes.ts';
import { openaiResponsesIngress } from '../../../src/translate/openai-responses/ingress.ts';

/** A request as it is read from the wire. */
export const understood = (body: object) => {
  const document = openDocument(new TextEncoder().encode(JSON.stringify({ model: 'm', ...body })), {
    depth: 100,
  });
  openaiResponses.read(document);
  const notes = new Notes();
  return { ...openaiResponsesIngress.understand(document.value, notes), notes };
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
  createdAtMs: 1_700_000_000_000,
  usage: true,
};

/** The events of a stream as their values; throws unless each has its name in both places. */
export const eventsOf = (frames: readonly Frame[]): ReturnType<typeof JSON.parse>[] =>
  frames
    .map(({ bytes }) => new TextDecoder().decode(bytes))
    .filter((text) => !text.startsWith(':'))
    .map((text) => {
      const parts = /^event: ([^\n]+)\ndata: ([^\n]+)\n\n$/.exec(text);
      const value = JSON.parse(parts?.[2] ?? '');
      if (value.type !== parts?.[1]) throw new Error(`an event of two names: ${text}`);
      return value;
    });

/** What is written of a reply that comes in parts. */
export const written = (body: object, parts: readonly Part[]) => {
  const writer = understood(body).writer(HEAD);
  const frames = parts.flatMap((part) => writer.frames(part));
  return { frames, events: eventsOf(frames) };
};

export const USAGE = {
  inputTokens: { total: 21, noCache: 10, cacheRead: 8, cacheWrite: 3 },
  outputTokens: { total: 13, text: 8, reasoning: 5 },
};

export const finish = (
  unified: 'stop' | 'length' | 'content-filter' | 'tool-calls' | 'error' | 'other' = 'stop',
  raw?: string,
): Part => ({ type: 'finish', finishReason: { unified, raw }, usage: USAGE });
