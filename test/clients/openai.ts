// OpenAI's own client: chat and responses, by their plain calls and by their helpers.
import OpenAI from 'openai';
import { zodFunction, zodResponseFormat } from 'openai/helpers/zod';
import type {
  ChatCompletionMessageFunctionToolCall,
  ChatCompletionMessageParam,
} from 'openai/resources/chat/completions';
import * as z from 'zod';
import type { Access, Client, Heard, Wish } from './client.ts';
import { endless, ROUNDS, runTool } from './client.ts';

/** The client as every program makes it. */
export const openaiOf = ({ url, key, retries }: Access): OpenAI =>
  new OpenAI({ baseURL: `${url}/v1`, apiKey: key, maxRetries: retries });

export const pdfOf = ({ name, data }: { name: string; data: string }) => ({
  filename: name,
  file_data: `data:application/pdf;base64,${data}`,
});

export const dataUrl = ({ type, data }: { type: string; data: string }): string =>
  `data:${type};base64,${data}`;

const messagesOf = ({ system, prompt, earlier, image, file }: Wish): ChatCompletionMessageParam[] => [
  { role: 'system', content: system },
  ...(earlier === undefined
    ? []
    : [
        { role: 'user' as const, content: earlier[0] },
        { role: 'assistant' as const, content: earlier[1] },
      ]),
  {
    role: 'user',
    content:
      image === undefined && file === undefined
        ? prompt
        : [
            { type: 'text', text: prompt },
            ...(image === undefined
              ? []
              : [{ type: 'image_url' as const, image_url: { url: dataUrl(image) } }]),
            ...(file === undefined ? [] : [{ type: 'file' as const, file: pdfOf(file) }]),
          ],
  },
];

const toolsOf = ({ tools }: Wish) =>
  tools === undefined
    ? {}
    : {
        tools: tools.map(({ name, description, schema }) => ({
          type: 'function' as const,
          function: { name, description, parameters: z.toJSONSchema(schema) },
        })),
      };

type Made = {
  text: string;
  finish?: string | null;
  calls: ChatCompletionMessageFunctionToolCall[];
  refusal?: string;
  usage?: Heard['usage'];
};

const usageOf = (usage: OpenAI.CompletionUsage | null | undefined): Heard['usage'] =>
  usage === null || usage === undefined
    ? undefined
    : { input: usage.prompt_tokens, output: usage.completion_tokens };

const whole = async (
  client: OpenAI,
  body: OpenAI.ChatCompletionCreateParamsNonStreaming,
  wish: Wish,
): Promise<Made> => {
  const { choices, usage } = await client.chat.completions.create(body, { signal: wish.signal });
  const message = choices[0]?.message;
  return {
    text: message?.content ?? '',
    calls: message?.tool_calls?.filter((call) => call.type === 'function') ?? [],
    finish: choices[0]?.finish_reason ?? null,
    ...(typeof message?.refusal === 'string' ? { refusal: message.refusal } : {}),
    usage: usageOf(usage),
  };
};

const streamed = async (
  client: OpenAI,
  body: OpenAI.ChatCompletionCreateParamsNonStreaming,
  wish: Wish,
): Promise<Made> => {
  const stream = await client.chat.completions.create(
    { ...body, stream: true, stream_options: { include_usage: true } },
    { signal: wish.signal },
  );
  const made: Made = { text: '', calls: [] };
  for await (const { choices, usage } of stream) {
    const delta = choices[0]?.delta;
    if (typeof delta?.content === 'string' && delta.content !== '') {
      made.text += delta.content;
      wish.onText?.(delta.content);
    }
    if (typeof delta?.refusal === 'string') made.refusal = (made.refusal ?? '') + delta.refusal;
    for (const { index, id, function: part } of delta?.tool_calls ?? []) {
      const call = made.calls[index] ?? {
        id: id ?? '',
        type: 'function',
        function: { name: '', arguments: '' },
      };
      made.calls[index] = call;
      call.function.name += part?.name ?? '';
      call.function.arguments += part?.arguments ?? '';
    }
    made.finish = choices[0]?.finish_reason ?? made.finish ?? null;
    made.usage = usageOf(usage) ?? made.usage;
  }
  return made;
};

/** Chat by `create`, with a loop as the documentation writes it. */
const chat: Client = {
  name: 'openai, chat',
  talk: 'openai-chat',
  family: 'gpt',
  skills: ['image', 'file', 'force', 'schema', 'retry', 'side by side'],
  ask: async (access, wish) => {
    const client = openaiOf(access);
    const messages = messagesOf(wish);
    const format =
      wish.schema === undefined ? {} : { response_format: zodResponseFormat(wish.schema, 'answer') };
    for (let round = 0; round < ROUNDS; round += 1) {
      const forced =
        wish.force === undefined || round > 0
          ? {}
          : { tool_choice: { type: 'function' as const, function: { name: wish.force } } };
      const body = { model: wish.model, messages, ...toolsOf(wish), ...forced, ...format };
      const made = await (wish.stream ? streamed : whole)(client, body, wish);
      if (made.calls.length === 0)
        return { ...made, ...(wish.schema === undefined ? {} : { object: JSON.parse(made.text) }) };
      messages.push({ role: 'assistant', content: null, tool_calls: made.calls });
      for (const { id, function: call } of made.calls)
        messages.push({
          role: 'tool',
          tool_call_id: id,
          content: runTool(wish, call.name, JSON.parse(call.arguments)),
        });
    }
    throw endless();
  },
};

/** Chat by its helpers: `parse`, `stream` and `runTools`. */
const chatHelpers: Client = {
  name: 'openai, chat helpers',
  talk: 'openai-chat',
  family: 'gpt',
  // It takes a call for whole as soon as another begins, so none may come side by side.
  skills: ['image', 'file', 'schema', 'retry'],
  ask: async (access, wish) => {
    const { completions } = openaiOf(access).chat;
    const body = { model: wish.model, messages: messagesOf(wish) };
    const options = { signal: wish.signal };
    const tools = wish.tools?.map(({ schema, run, ...tool }) =>
      zodFunction({ ...tool, parameters: schema, function: run }),
    );
    const format =
      wish.schema === undefined ? {} : { response_format: zodResponseFormat(wish.schema, 'answer') };
    if (tools !== undefined) {
      const runner = wish.stream
        ? completions.runTools({ ...body, tools, stream: true }, options)
        : completions.runTools({ ...body, tools }, options);
      return { text: (await runner.finalContent()) ?? '' };
    }
    if (wish.stream) {
      const stream = completions.stream(
        { ...body, ...format, stream_options: { include_usage: true } },
        options,
      );
      stream.on('content', (piece) => wish.onText?.(piece));
      const { choices, usage } = await stream.finalChatCompletion();
      return heardOf(choices[0]?.message, usage);
    }
    const { choices, usage } = await completions.parse({ ...body, ...format }, options);
    return heardOf(choices[0]?.message, usage);
  },
};

const heardOf = (
  message: { content: string | null; refusal?: string | null; parsed?: unknown } | undefined,
  usage: OpenAI.CompletionUsage | undefined,
): Heard => ({
  text: message?.content ?? '',
  object: message?.parsed,
  refusal: message?.refusal ?? undefined,
  usage: usageOf(usage),
});

export const openaiChatClients: readonly Client[] = [chat, chatHelpers];
