// Anthropic's own client, in its current major version and the one before: messages by plain calls and by helpers.
import type Anthropic from '@anthropic-ai/sdk';
import type * as betaHelpers from '@anthropic-ai/sdk/helpers/beta/zod';
import type * as helpers from '@anthropic-ai/sdk/helpers/zod';
import type {
  Message,
  MessageCreateParamsNonStreaming,
  MessageParam,
} from '@anthropic-ai/sdk/resources/messages';
import * as z from 'zod';
import type { Access, Client, Heard, Wish } from './client.ts';
import { endless, ROUNDS, runTool } from './client.ts';

/** One version of the package. */
export type Version = {
  readonly name: string;
  make(access: Access): Anthropic;
  readonly zodOutputFormat: typeof helpers.zodOutputFormat;
  readonly betaZodTool: typeof betaHelpers.betaZodTool;
  /** Whether its tool runner first asks for a conversation that is kept at the provider. */
  readonly threads: boolean;
};

/** Loads a version. What is used here is the same in both, though no type says so: a name in a variable has none. */
const load = async (name: string, shown: string, threads: boolean): Promise<Version> => {
  const sdk: { readonly default: typeof Anthropic } = await import(name);
  const { zodOutputFormat }: typeof helpers = await import(`${name}/helpers/zod`);
  const { betaZodTool }: typeof betaHelpers = await import(`${name}/helpers/beta/zod`);
  return {
    ...{ name: shown, zodOutputFormat, betaZodTool, threads },
    make: ({ url, key, retries }) => new sdk.default({ baseURL: url, apiKey: key, maxRetries: retries }),
  };
};

/** The current one, which shows its key as a bearer token, and the previous one, which has a header of its own for it. */
export const VERSIONS: readonly Version[] = [
  await load('@anthropic-ai/sdk', 'anthropic', true),
  await load('anthropic-sdk-previous', 'anthropic 0.x', false),
];

/** Enough for an answer, and more than is thought. */
const MAX_TOKENS = 4096;
const BUDGET_TOKENS = 1024;

const IMAGES = ['image/png', 'image/jpeg', 'image/gif', 'image/webp'] as const;

const messagesOf = ({ prompt, earlier, image, file }: Wish): MessageParam[] => {
  const media_type = IMAGES.find((type) => type === image?.type);
  return [
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
              ...(image === undefined || media_type === undefined
                ? []
                : [
                    {
                      type: 'image' as const,
                      source: { type: 'base64' as const, media_type, data: image.data },
                    },
                  ]),
              ...(file === undefined ? [] : [pdfOf(file)]),
              { type: 'text', text: prompt },
            ],
    },
  ];
};

const pdfOf = ({ name, data }: { name: string; data: string }) => ({
  type: 'document' as const,
  title: name,
  source: { type: 'base64' as const, media_type: 'application/pdf' as const, data },
});

const baseOf = (wish: Wish) => ({
  model: wish.model,
  max_tokens: MAX_TOKENS,
  system: wish.system,
  ...(wish.think === true ? { thinking: { type: 'enabled' as const, budget_tokens: BUDGET_TOKENS } } : {}),
});

type Shown = Pick<Message, 'content' | 'usage' | 'stop_reason'>;

const heardOf = ({ content, usage, stop_reason }: Shown, object?: unknown): Heard => ({
  text: content.map((block) => (block.type === 'text' ? block.text : '')).join(''),
  usage: {
    input:
      usage.input_tokens + (usage.cache_read_input_tokens ?? 0) + (usage.cache_creation_input_tokens ?? 0),
    output: usage.output_tokens,
  },
  object,
  finish: stop_reason,
});

/** A stream's events put together by hand, as a client of no library does it. */
const assembled = async (
  client: Anthropic,
  body: MessageCreateParamsNonStreaming,
  wish: Wish,
): Promise<Message> => {
  let message: Message | undefined;
  const inputs: string[] = [];
  for await (const event of await client.messages.create(
    { ...body, stream: true },
    { signal: wish.signal },
  )) {
    if (event.type === 'message_start') message = event.message;
    else if (message === undefined) throw new Error(`${event.type} before message_start`);
    else if (event.type === 'content_block_start') message.content[event.index] = event.content_block;
    else if (event.type === 'message_delta') {
      Object.assign(message.usage, event.usage);
      message.stop_reason = event.delta.stop_reason;
    } else if (event.type === 'content_block_delta') {
      const block = message.content[event.index];
      const { delta } = event;
      if (block?.type === 'text' && delta.type === 'text_delta') {
        block.text += delta.text;
        wish.onText?.(delta.text);
      } else if (block?.type === 'thinking' && delta.type === 'thinking_delta')
        block.thinking += delta.thinking;
      else if (block?.type === 'thinking' && delta.type === 'signature_delta')
        block.signature = delta.signature;
      else if (delta.type === 'input_json_delta')
        inputs[event.index] = (inputs[event.index] ?? '') + delta.partial_json;
    } else if (event.type === 'content_block_stop') {
      const block = message.content[event.index];
      if (block?.type === 'tool_use') block.input = JSON.parse(inputs[event.index] || '{}');
    }
  }
  if (message === undefined) throw new Error('the stream ended without its message');
  return message;
};

/** Messages by `create`, with a loop as the documentation writes it. */
const plain = (version: Version): Client => ({
  name: `${version.name}, messages`,
  talk: 'anthropic-messages',
  family: 'claude',
  skills: ['image', 'file', 'force', 'schema', 'think', 'retry', 'later events'],
  ask: async (access, wish) => {
    const client = version.make(access);
    const messages = messagesOf(wish);
    const tools = wish.tools?.map(({ name, description, schema }) => {
      const { properties, required } = z.toJSONSchema(schema);
      return {
        name,
        description,
        input_schema: { type: 'object' as const, properties, required: required ?? [] },
      };
    });
    const format =
      wish.schema === undefined ? {} : { output_config: { format: version.zodOutputFormat(wish.schema) } };
    for (let round = 0; round < ROUNDS; round += 1) {
      const forced =
        wish.force === undefined || round > 0
          ? {}
          : { tool_choice: { type: 'tool' as const, name: wish.force } };
      const body = {
        ...baseOf(wish),
        messages,
        ...(tools === undefined ? {} : { tools }),
        ...forced,
        ...format,
      };
      const message = wish.stream
        ? await assembled(client, body, wish)
        : await client.messages.create(body, { signal: wish.signal });
      const calls = message.content.filter((block) => block.type === 'tool_use');
      const heard = heardOf(message);
      if (calls.length === 0)
        return { ...heard, object: wish.schema === undefined ? undefined : JSON.parse(heard.text) };
      messages.push({ role: 'assistant', content: message.content });
      messages.push({
        role: 'user',
        content: calls.map(({ id, name, input }) => ({
          ...{ type: 'tool_result' as const, tool_use_id: id, content: runTool(wish, name, input) },
        })),
      });
    }
    throw endless();
  },
});

/** Messages by `parse`, `stream` and `toolRunner`. */
const helped = (version: Version): Client => ({
  name: `${version.name}, messages helpers`,
  talk: 'anthropic-messages',
  family: 'claude',
  skills: ['image', 'file', 'schema', 'think', 'later events'],
  ...(version.threads ? { detour: 'stored_state_refused' } : {}),
  ask: async (access, wish) => {
    const client = version.make(access);
    const options = { signal: wish.signal };
    const body = { ...baseOf(wish), messages: messagesOf(wish) };
    if (wish.tools !== undefined) {
      const tools = wish.tools.map(({ name, description, schema, run }) =>
        version.betaZodTool({ name, description, inputSchema: schema, run }),
      );
      const runner = client.beta.messages.toolRunner({ ...body, tools, stream: wish.stream }, options);
      const { content } = await runner.runUntilDone();
      return { text: content.map((block) => (block.type === 'text' ? block.text : '')).join('') };
    }
    const format =
      wish.schema === undefined ? {} : { output_config: { format: version.zodOutputFormat(wish.schema) } };
    if (!wish.stream) {
      const message = await client.messages.parse({ ...body, ...format }, options);
      return heardOf(message, message.parsed_output);
    }
    const stream = client.messages.stream({ ...body, ...format }, options);
    stream.on('text', (piece) => wish.onText?.(piece));
    const message = await stream.finalMessage();
    return heardOf(message, message.parsed_output);
  },
});

export const anthropicClients: readonly Client[] = VERSIONS.flatMap((version) => [
  plain(version),
  helped(version),
]);
