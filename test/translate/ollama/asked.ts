/**
 * What the tests of Ollama's dialects ask, read into the neutral form and written again.
 */
import { ollamaChat } from '../../../src/dialects/ollama-chat.ts';
import { ollamaGenerate } from '../../../src/dialects/ollama-generate.ts';
import { openDocument } from '../../../src/json/document.ts';
import { Refusal } from '../../../src/refusal.ts';
import type { Head } from '../../../src/translate/ingress.ts';
import type { Part } from '../../../src/translate/neutral.ts';
import { Notes } from '../../../src/translate/notes.ts';
import { ollamaChatIngress } from '../../../src/translate/ollama-chat/ingress.ts';
import { ollamaGenerateIngress } from '../../../src/translate/ollama-generate/ingress.ts';

export const KINDS = {
  chat: { dialect: ollamaChat, ingress: ollamaChatIngress },
  generate: { dialect: ollamaGenerate, ingress: ollamaGenerateIngress },
} as const;
export type Kind = keyof typeof KINDS;

/** A request as it is read from the wire. */
export const understood = (kind: Kind, body: object) => {
  const { dialect, ingress } = KINDS[kind];
  const document = openDocument(new TextEncoder().encode(JSON.stringify({ model: 'm', ...body })), {
    depth: 100,
  });
  dialect.read(document);
  const notes = new Notes();
  return { ...ingress.understand(document.value, notes), notes };
};

/** What is said to a request that is not understood: its code and the parameter that it names. */
export const refused = (kind: Kind, body: object): readonly [code: string, param: string | undefined] => {
  try {
    understood(kind, body);
  } catch (error) {
    if (error instanceof Refusal) return [error.code, error.extra.param];
    throw error;
  }
  throw new Error('it was understood');
};

/** When the tests begin, and a head whose clock goes on by 250 ms each time it is asked. */
export const BEGUN_MS = 1_700_000_000_000;
export const headOf = (): Head => {
  let now = BEGUN_MS;
  return {
    exchange: 'ex_0123',
    model: 'target',
    createdAtMs: BEGUN_MS,
    usage: true,
    now: () => {
      now += 250;
      return now;
    },
  };
};

/** The lines that are written of a reply that comes in parts; throws unless the last one alone says that it is done. */
export const linesOf = (
  kind: Kind,
  body: object,
  parts: readonly Part[],
): ReturnType<typeof JSON.parse>[] => {
  const writer = understood(kind, body).writer(headOf());
  const frames = parts.flatMap((part) => writer.frames(part));
  const lines = frames.map(({ bytes }) => new TextDecoder().decode(bytes));
  for (const line of lines) if (!/^[^\n]+\n$/.test(line)) throw new Error(`no line: ${line}`);
  const values = lines.map((line) => JSON.parse(line));
  if (values.map(({ done }) => done).join() !== frames.map(({ last }) => last).join())
    throw new Error('the last line is not the one that is done');
  return values;
};

export const USAGE = {
  inputTokens: { total: 21, noCache: 10, cacheRead: 8, cacheWrite: 3 },
  outputTokens: { total: 13, text: 8, reasoning: 5 },
};

export const finish = (unified: 'stop' | 'length' | 'content-filter' | 'tool-calls' = 'stop'): Part => ({
  type: 'finish',
  finishReason: { unified, raw: undefined },
  usage: USAGE,
});
