// LangChain's chat models for OpenAI (chat and responses), Anthropic and Ollama: one interface over all of them.
import { ChatAnthropic } from '@langchain/anthropic';
import type { BaseChatModel } from '@langchain/core/language_models/chat_models';
import type { AIMessageChunk, BaseMessage, UsageMetadata } from '@langchain/core/messages';
import { AIMessage, HumanMessage, SystemMessage, ToolMessage } from '@langchain/core/messages';
import { concat } from '@langchain/core/utils/stream';
import { ChatOllama } from '@langchain/ollama';
import { ChatOpenAI } from '@langchain/openai';
import * as z from 'zod';
import type { Access, Client, Heard, Wish } from './client.ts';
import { endless, ROUNDS, runTool } from './client.ts';
import { dataUrl } from './openai.ts';

const messagesOf = ({ system, prompt, earlier, image }: Wish): BaseMessage[] => [
  new SystemMessage(system),
  ...(earlier === undefined ? [] : [new HumanMessage(earlier[0]), new AIMessage(earlier[1])]),
  new HumanMessage(
    image === undefined
      ? prompt
      : {
          content: [
            { type: 'text', text: prompt },
            { type: 'image_url', image_url: { url: dataUrl(image) } },
          ],
        },
  ),
];

type Bound = {
  invoke(messages: BaseMessage[], options: { signal?: AbortSignal }): Promise<AIMessageChunk>;
  stream(messages: BaseMessage[], options: { signal?: AbortSignal }): Promise<AsyncIterable<AIMessageChunk>>;
};

const once = async (model: Bound, messages: BaseMessage[], wish: Wish): Promise<AIMessageChunk> => {
  const options = wish.signal === undefined ? {} : { signal: wish.signal };
  if (!wish.stream) return model.invoke(messages, options);
  let message: AIMessageChunk | undefined;
  for await (const chunk of await model.stream(messages, options)) {
    message = message === undefined ? chunk : concat(message, chunk);
    if (chunk.text !== '') wish.onText?.(chunk.text);
  }
  if (message === undefined) throw new Error('the stream was empty');
  return message;
};

const ask = async (model: BaseChatModel, wish: Wish): Promise<Heard> => {
  const messages = messagesOf(wish);
  if (wish.schema !== undefined) {
    const object: unknown = await model
      .withStructuredOutput(wish.schema, { name: 'answer' })
      .invoke(messages);
    return { text: '', object };
  }
  const tools = wish.tools?.map(({ name, description, schema }) => ({
    type: 'function',
    function: { name, description, parameters: z.toJSONSchema(schema) },
  }));
  if (model.bindTools === undefined) throw new Error('a chat model that knows no tools');
  const bound = tools === undefined ? model : model.bindTools(tools);
  const forced =
    tools === undefined || wish.force === undefined
      ? bound
      : model.bindTools(tools, { tool_choice: wish.force });
  for (let round = 0; round < ROUNDS; round += 1) {
    const message = await once(round === 0 ? forced : bound, messages, wish);
    const { tool_calls: calls = [] } = message;
    if (calls.length === 0)
      return {
        text: message.text,
        usage: usageOf(message.usage_metadata),
        finish: JSON.stringify([message.response_metadata, message.additional_kwargs]),
      };
    messages.push(message);
    for (const { id, name, args } of calls)
      messages.push(new ToolMessage({ tool_call_id: id ?? '', name, content: runTool(wish, name, args) }));
  }
  throw endless();
};

const usageOf = (usage: UsageMetadata | undefined): Heard['usage'] =>
  usage === undefined ? undefined : { input: usage.input_tokens, output: usage.output_tokens };

const openai = ({ url, key, retries }: Access, model: string, useResponsesApi: boolean): ChatOpenAI =>
  new ChatOpenAI({
    ...{ model, apiKey: key, maxRetries: retries, useResponsesApi },
    ...(useResponsesApi ? { zdrEnabled: true } : {}),
    configuration: { baseURL: `${url}/v1` },
  });

export const langchainClients: readonly Client[] = [
  {
    name: 'langchain, ChatOpenAI',
    talk: 'openai-chat',
    family: 'gpt',
    skills: ['image', 'force', 'schema', 'side by side'],
    ask: (access, wish) => ask(openai(access, wish.model, false), wish),
  },
  {
    name: 'langchain, ChatOpenAI responses',
    talk: 'openai-responses',
    family: 'gpt',
    skills: ['image', 'force', 'schema', 'think', 'side by side'],
    ask: (access, wish) => ask(openai(access, wish.model, true), wish),
  },
  {
    name: 'langchain, ChatAnthropic',
    talk: 'anthropic-messages',
    family: 'claude',
    skills: ['image', 'force', 'schema', 'think'],
    ask: async ({ url, key, retries }, wish) => {
      const heard = await ask(
        new ChatAnthropic({
          ...{ model: wish.model, apiKey: key, anthropicApiUrl: url, maxRetries: retries, maxTokens: 4096 },
          ...(wish.think === true ? { thinking: { type: 'enabled', budget_tokens: 1024 } } : {}),
        }),
        wish,
      );
      // Of a stream it adds up what its first event counts and its last, which is the whole.
      return wish.stream ? { ...heard, usage: undefined } : heard;
    },
  },
  {
    name: 'langchain, ChatOllama',
    talk: 'ollama-chat',
    family: 'llama',
    skills: ['image', 'schema', 'side by side'],
    ask: ({ url, key, retries }, wish) =>
      ask(
        new ChatOllama({
          ...{ model: wish.model, baseUrl: url, maxRetries: retries },
          headers: { authorization: `Bearer ${key}` },
        }),
        wish,
      ),
  },
];
