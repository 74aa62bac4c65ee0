// The AI SDK: generateText and streamText, with OpenAI's chat and responses models and Anthropic's.
import { createAnthropic } from '@ai-sdk/anthropic';
import { createOpenAI } from '@ai-sdk/openai';
import type { LanguageModel, LanguageModelUsage, ModelMessage, ToolSet } from 'ai';
import { generateText, Output, stepCountIs, streamText, tool } from 'ai';
import type { Access, Client, Heard, Wish } from './client.ts';
import { ROUNDS } from './client.ts';

Object.assign(globalThis, { AI_SDK_LOG_WARNINGS: false });

export const aiOpenai = ({ url, key }: Access) => createOpenAI({ baseURL: `${url}/v1`, apiKey: key });

const messagesOf = ({ prompt, earlier, image, file }: Wish): ModelMessage[] => [
  ...(earlier === undefined
    ? []
    : [
        { role: 'user' as const, content: earlier[0] },
        { role: 'assistant' as const, content: earlier[1] },
      ]),
  {
    role: 'user',
    content: [
      { type: 'text', text: prompt },
      ...(image === undefined ? [] : [{ type: 'file' as const, mediaType: image.type, data: image.data }]),
      ...(file === undefined
        ? []
        : [{ type: 'file' as const, mediaType: 'application/pdf', filename: file.name, data: file.data }]),
    ],
  },
];

const toolsOf = ({ tools }: Wish): ToolSet =>
  Object.fromEntries(
    (tools ?? []).map(({ name, description, schema, run }) => [
      name,
      tool({ description, inputSchema: schema, execute: async (args: unknown) => run(args) }),
    ]),
  );

/** Nothing is kept at the provider, so thoughts are sent again, sealed. */
const providerOptions = {
  openai: { store: false, include: ['reasoning.encrypted_content'] },
};

const ask = async (model: LanguageModel, access: Access, wish: Wish): Promise<Heard> => {
  const settings = {
    ...{ model, instructions: wish.system, messages: messagesOf(wish), maxRetries: access.retries },
    ...{ stopWhen: stepCountIs(ROUNDS), maxOutputTokens: 4096 },
    providerOptions: {
      ...providerOptions,
      ...(wish.think === true ? { anthropic: { thinking: { type: 'enabled', budgetTokens: 1024 } } } : {}),
    },
    ...(wish.tools === undefined ? {} : { tools: toolsOf(wish) }),
    ...(wish.force === undefined
      ? {}
      : {
          prepareStep: ({ stepNumber }: { stepNumber: number }) =>
            stepNumber > 0 ? {} : { toolChoice: { type: 'tool' as const, toolName: wish.force ?? '' } },
        }),
    ...(wish.signal === undefined ? {} : { abortSignal: wish.signal }),
  };
  const output = wish.schema === undefined ? undefined : Output.object({ schema: wish.schema });
  if (!wish.stream) {
    const result = await generateText({ ...settings, ...(output === undefined ? {} : { output }) });
    return heardOf(result.text, result.finalStep, output === undefined ? undefined : result.output);
  }
  const failures: unknown[] = [];
  const result = streamText({
    ...settings,
    ...(output === undefined ? {} : { output }),
    onError: ({ error }) => void failures.push(error),
  });
  let text = '';
  for await (const part of result.stream) {
    if (part.type === 'text-delta') {
      text += part.text;
      wish.onText?.(part.text);
    }
    if (part.type === 'abort') throw new Error('aborted');
  }
  if (failures.length > 0) throw failures[0];
  return heardOf(text, await result.finalStep, output === undefined ? undefined : await result.output);
};

const heardOf = (
  text: string,
  { usage, finishReason }: { readonly usage: LanguageModelUsage; readonly finishReason: string },
  object: unknown,
): Heard => ({
  ...{ text, object, finish: finishReason },
  usage: { input: usage.inputTokens ?? 0, output: usage.outputTokens ?? 0 },
});

export const aiClients: readonly Client[] = [
  {
    name: 'ai, openai chat',
    talk: 'openai-chat',
    family: 'gpt',
    skills: ['image', 'file', 'force', 'schema', 'retry', 'side by side'],
    ask: (access, wish) => ask(aiOpenai(access).chat(wish.model), access, wish),
  },
  {
    name: 'ai, openai responses',
    talk: 'openai-responses',
    family: 'gpt',
    skills: ['image', 'file', 'force', 'schema', 'think', 'retry', 'side by side'],
    ask: (access, wish) => ask(aiOpenai(access).responses(wish.model), access, wish),
  },
  {
    name: 'ai, anthropic',
    talk: 'anthropic-messages',
    family: 'claude',
    skills: ['image', 'file', 'force', 'schema', 'think', 'retry', 'side by side'],
    ask: (access, wish) => {
      const anthropic = createAnthropic({ baseURL: `${access.url}/v1`, apiKey: access.key });
      return ask(anthropic(wish.model), access, wish);
    },
  },
];
