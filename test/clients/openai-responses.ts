// OpenAI's own client: responses, by plain calls and by helpers. Nothing is stored at the provider: the whole conversation is sent again.
import type OpenAI from 'openai';
import { zodTextFormat } from 'openai/helpers/zod';
import type {
  Response,
  ResponseCreateParamsNonStreaming,
  ResponseInputItem,
} from 'openai/resources/responses/responses';
import * as z from 'zod';
import type { Client, Heard, Wish } from './client.ts';
import { endless, ROUNDS, runTool } from './client.ts';
import { dataUrl, openaiOf, pdfOf } from './openai.ts';

const inputOf = ({ prompt, earlier, image, file }: Wish): ResponseInputItem[] => [
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
            { type: 'input_text', text: prompt },
            ...(image === undefined
              ? []
              : [{ type: 'input_image' as const, image_url: dataUrl(image), detail: 'auto' as const }]),
            ...(file === undefined ? [] : [{ type: 'input_file' as const, ...pdfOf(file) }]),
          ],
  },
];

const bodyOf = (wish: Wish, input: ResponseInputItem[]): ResponseCreateParamsNonStreaming => ({
  model: wish.model,
  instructions: wish.system,
  input,
  store: false,
  ...(wish.think === true ? { include: ['reasoning.encrypted_content' as const] } : {}),
  ...(wish.tools === undefined
    ? {}
    : {
        tools: wish.tools.map(({ name, description, schema }) => ({
          ...{ type: 'function' as const, name, description, strict: false },
          parameters: z.toJSONSchema(schema),
        })),
      }),
});

const heardOf = ({ output_text, output, usage, incomplete_details }: Response, object?: unknown): Heard => ({
  text: output_text,
  object,
  finish: incomplete_details?.reason,
  refusal: output
    .flatMap((item) => (item.type === 'message' ? item.content : []))
    .find((part) => part.type === 'refusal')?.refusal,
  usage:
    usage === undefined || usage === null
      ? undefined
      : { input: usage.input_tokens, output: usage.output_tokens },
});

/** A response by `create`; a stream's events are read one by one. */
const plain = async (
  client: OpenAI,
  body: ResponseCreateParamsNonStreaming,
  wish: Wish,
): Promise<Response> => {
  const options = { signal: wish.signal };
  if (!wish.stream) return client.responses.create(body, options);
  let last: Response | undefined;
  let text = '';
  for await (const event of await client.responses.create({ ...body, stream: true }, options)) {
    if (event.type === 'response.output_text.delta') {
      text += event.delta;
      wish.onText?.(event.delta);
    }
    if (event.type === 'response.failed') throw new Error(event.response.error?.message);
    if (event.type === 'response.completed' || event.type === 'response.incomplete') last = event.response;
  }
  if (last === undefined) throw new Error('the stream ended without its response');
  return { ...last, output_text: text };
};

/** A response by `parse` and `stream`. */
const helped = async (
  client: OpenAI,
  body: ResponseCreateParamsNonStreaming,
  wish: Wish,
): Promise<Response> => {
  const options = { signal: wish.signal };
  if (!wish.stream) return client.responses.parse(body, options);
  const { stream: _, ...rest } = body;
  const stream = client.responses.stream(rest, options);
  stream.on('response.output_text.delta', ({ delta }) => wish.onText?.(delta));
  return stream.finalResponse();
};

const clientOf = (name: string, once: typeof plain): Client => ({
  name,
  talk: 'openai-responses',
  family: 'gpt',
  skills: ['image', 'file', 'force', 'schema', 'think', 'retry', 'side by side'],
  ask: async (access, wish) => {
    const client = openaiOf(access);
    const input = inputOf(wish);
    const text = wish.schema === undefined ? {} : { text: { format: zodTextFormat(wish.schema, 'answer') } };
    for (let round = 0; round < ROUNDS; round += 1) {
      const forced =
        wish.force === undefined || round > 0
          ? {}
          : { tool_choice: { type: 'function' as const, name: wish.force } };
      const response = await once(client, { ...bodyOf(wish, input), ...forced, ...text }, wish);
      const calls = response.output.filter((item) => item.type === 'function_call');
      if (calls.length === 0)
        return heardOf(response, wish.schema === undefined ? undefined : JSON.parse(response.output_text));
      for (const item of response.output)
        if (item.type === 'reasoning' || item.type === 'message') input.push(item);
        else if (item.type === 'function_call') {
          const { type, call_id, name: called, arguments: args } = item;
          input.push({ type, call_id, name: called, arguments: args });
        }
      for (const call of calls)
        input.push({
          type: 'function_call_output',
          call_id: call.call_id,
          output: runTool(wish, call.name, JSON.parse(call.arguments)),
        });
    }
    throw endless();
  },
});

export const openaiResponsesClients: readonly Client[] = [
  clientOf('openai, responses', plain),
  clientOf('openai, responses helpers', helped),
];
