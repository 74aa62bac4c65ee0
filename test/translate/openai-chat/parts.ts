/**
 * Parts of replies, and what becomes of them: whole completions, and what OpenAI's own client makes of the chunks.
 */
import { ChatCompletionStream } from 'openai/lib/ChatCompletionStream';
import type { Frame } from '../../../src/exchange.ts';
import type { Answer, Content, Part } from '../../../src/translate/neutral.ts';
import { HEAD, understood } from './asked.ts';

export const CUSTOM = { tools: [{ type: 'custom', custom: { name: 'shell' } }] };
export const OLD = { functions: [{ name: 'f' }] };
export const meta: Part = { type: 'response-metadata', id: 'msg_1', modelId: 'claude' };
export const text = (id: string, ...deltas: string[]): Part[] => [
  { type: 'text-start', id },
  ...deltas.map((delta): Part => ({ type: 'text-delta', id, delta })),
  { type: 'text-end', id },
];
export const call = (id: string, toolName: string, input: string, deltas = [input]): Part[] => [
  { type: 'tool-input-start', id, toolName },
  ...deltas.map((delta): Part => ({ type: 'tool-input-delta', id, delta })),
  { type: 'tool-input-end', id },
  { type: 'tool-call', toolCallId: id, toolName, input },
];
export const thought = (id: string, words: string, signature?: string): Part[] => [
  { type: 'reasoning-start', id },
  ...(words === '' ? [] : [{ type: 'reasoning-delta', id, delta: words } as const]),
  {
    type: 'reasoning-end',
    id,
    ...(signature === undefined ? {} : { providerMetadata: { anthropic: { signature } } }),
  },
];
export const source = {
  type: 'source',
  sourceType: 'url',
  id: 's',
  url: 'https://example.org/',
  title: 'T',
} as const;

/** What OpenAI's client makes of the chunks. */
export const assembled = async (frames: readonly Frame[]) => {
  const lines = frames.map(({ bytes }) => new TextDecoder().decode(bytes).slice('data: '.length).trim());
  const stream = new ReadableStream<Uint8Array>({
    start: (controller) => {
      for (const line of lines.slice(0, -1)) controller.enqueue(new TextEncoder().encode(`${line}\n`));
      controller.close();
    },
  });
  return ChatCompletionStream.fromReadableStream(stream).finalChatCompletion();
};

/** The same reply, whole. */
export const wholeOf = (body: object, parts: readonly Part[]): ReturnType<typeof JSON.parse> => {
  const content: Content[] = [];
  const spoken = new Map<string, Extract<Content, { type: 'text' | 'reasoning' }>>();
  for (const part of parts) {
    if (part.type === 'text-start' || part.type === 'reasoning-start') {
      const type = part.type === 'text-start' ? 'text' : 'reasoning';
      const { providerMetadata } = part;
      const said = {
        type,
        text: '',
        ...(providerMetadata === undefined ? {} : { providerMetadata }),
      } as const;
      spoken.set(part.id, { ...said });
      const kept = spoken.get(part.id);
      if (kept !== undefined) content.push(kept);
    } else if (part.type === 'text-delta' || part.type === 'reasoning-delta') {
      const said = spoken.get(part.id);
      if (said !== undefined) said.text += part.delta;
    } else if (part.type === 'reasoning-end' || part.type === 'text-end') {
      const said = spoken.get(part.id);
      if (said !== undefined && part.providerMetadata !== undefined)
        said.providerMetadata = part.providerMetadata;
      if (said?.type === 'text' && part.type === 'text-end' && part.citations !== undefined)
        said.citations = part.citations;
    } else if (part.type === 'tool-call' || part.type === 'source') content.push(part);
  }
  const end = parts.at(-1);
  if (end?.type !== 'finish') throw new Error('the parts have no finish');
  const named = parts.find((part) => part.type === 'response-metadata');
  const response =
    named === undefined ? {} : { response: { id: named.id ?? '', modelId: named.modelId ?? '' } };
  const answer: Answer = { content, finishReason: end.finishReason, usage: end.usage, ...response };
  return JSON.parse(understood(body).writer(HEAD).whole(answer));
};

export const usage = {
  ...{ prompt_tokens: 21, completion_tokens: 13, total_tokens: 34 },
  prompt_tokens_details: { cached_tokens: 8, cache_write_tokens: 3 },
  completion_tokens_details: { reasoning_tokens: 5 },
};
export const f = (id: string, args: string) => ({
  id,
  type: 'function',
  function: { name: 'f', arguments: args },
});
