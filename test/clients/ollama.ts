// Ollama's own client.
import type { Message } from 'ollama';
import { Ollama } from 'ollama';
import * as z from 'zod';
import type { Access, Client, Wish } from './client.ts';
import { endless, ROUNDS, runTool } from './client.ts';

/** It knows no keys, so the key is a header. Its calls take no signal, so the fetch that it is given does. */
export const ollamaOf = ({ url, key }: Access, signal?: AbortSignal): Ollama =>
  new Ollama({
    host: url,
    headers: { authorization: `Bearer ${key}` },
    fetch: (input, init) => {
      const signals = [signal, init?.signal].filter((each) => each !== undefined && each !== null);
      return fetch(input, { ...init, signal: AbortSignal.any(signals) });
    },
  });

const messagesOf = ({ system, prompt, earlier, image }: Wish): Message[] => [
  { role: 'system', content: system },
  ...(earlier === undefined
    ? []
    : [
        { role: 'user', content: earlier[0] },
        { role: 'assistant', content: earlier[1] },
      ]),
  { role: 'user', content: prompt, ...(image === undefined ? {} : { images: [image.data] }) },
];

const streamed = async (client: Ollama, body: { model: string; messages: Message[] }, wish: Wish) => {
  const message: Message = { role: 'assistant', content: '', tool_calls: [] };
  let [prompt_eval_count, eval_count, done_reason] = [0, 0, ''];
  for await (const part of await client.chat({ ...body, stream: true })) {
    message.content += part.message.content;
    if (part.message.thinking !== undefined)
      message.thinking = (message.thinking ?? '') + part.message.thinking;
    message.tool_calls?.push(...(part.message.tool_calls ?? []));
    if (part.message.content !== '') wish.onText?.(part.message.content);
    if (part.done) ({ prompt_eval_count, eval_count, done_reason } = part);
  }
  return { message, prompt_eval_count, eval_count, done_reason };
};

const chat: Client = {
  name: 'ollama, chat',
  talk: 'ollama-chat',
  family: 'llama',
  skills: ['image', 'schema', 'think'],
  ask: async (access, wish) => {
    const client = ollamaOf(access, wish.signal);
    const messages = messagesOf(wish);
    const tools = wish.tools?.map(({ name, description, schema }) => ({
      type: 'function',
      function: { name, description, parameters: JSON.parse(JSON.stringify(z.toJSONSchema(schema))) },
    }));
    for (let round = 0; round < ROUNDS; round += 1) {
      const body = {
        ...{ model: wish.model, messages },
        ...(wish.think === true ? { think: true } : {}),
        ...(tools === undefined ? {} : { tools }),
        ...(wish.schema === undefined ? {} : { format: z.toJSONSchema(wish.schema) }),
      };
      const { message, prompt_eval_count, eval_count, done_reason } = wish.stream
        ? await streamed(client, body, wish)
        : await client.chat({ ...body, stream: false });
      const calls = message.tool_calls ?? [];
      if (calls.length === 0)
        return {
          text: message.content,
          finish: done_reason,
          usage: { input: prompt_eval_count, output: eval_count },
          object: wish.schema === undefined ? undefined : JSON.parse(message.content),
        };
      messages.push(message);
      for (const { function: call } of calls)
        messages.push({
          role: 'tool',
          tool_name: call.name,
          content: runTool(wish, call.name, call.arguments),
        });
    }
    throw endless();
  },
};

export const ollamaClients: readonly Client[] = [chat];
