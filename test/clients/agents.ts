// OpenAI's agents library, over chat and over responses. Its tracing, which would talk to OpenAI by itself, is off.
import type { AgentInputItem, Model } from '@openai/agents';
import {
  Agent,
  OpenAIChatCompletionsModel,
  OpenAIResponsesModel,
  Runner,
  setTracingDisabled,
  tool,
} from '@openai/agents';
import type { Client, Heard, Wish } from './client.ts';
import { ROUNDS } from './client.ts';
import { dataUrl, openaiOf, pdfOf } from './openai.ts';

setTracingDisabled(true);

const inputOf = ({ prompt, earlier, image, file }: Wish): AgentInputItem[] => [
  ...(earlier === undefined
    ? []
    : [
        { role: 'user' as const, content: earlier[0] },
        {
          role: 'assistant' as const,
          status: 'completed' as const,
          content: [{ type: 'output_text' as const, text: earlier[1] }],
        },
      ]),
  {
    role: 'user',
    content: [
      { type: 'input_text', text: prompt },
      ...(image === undefined ? [] : [{ type: 'input_image' as const, image: dataUrl(image) }]),
      ...(file === undefined
        ? []
        : [{ type: 'input_file' as const, file: pdfOf(file).file_data, filename: file.name }]),
    ],
  },
];

const ask = async (model: Model, wish: Wish): Promise<Heard> => {
  const tools = (wish.tools ?? []).map(({ name, description, schema, run }) =>
    tool({
      name,
      description,
      parameters: schema,
      execute: async (args: unknown) => run(args),
      errorFunction: null,
    }),
  );
  const agent = new Agent({
    ...{ name: 'tester', instructions: wish.system, model, tools },
    modelSettings: {
      ...(wish.think === true ? { providerData: { include: ['reasoning.encrypted_content'] } } : {}),
      // It forces a tool once only.
      ...(wish.force === undefined ? {} : { toolChoice: wish.force }),
    },
    ...(wish.schema === undefined ? {} : { outputType: wish.schema }),
  });
  const runner = new Runner({ tracingDisabled: true });
  const options = { maxTurns: ROUNDS, ...(wish.signal === undefined ? {} : { signal: wish.signal }) };
  if (!wish.stream) {
    const result = await runner.run(agent, inputOf(wish), options);
    return heardOf(result.finalOutput, result.rawResponses.at(-1)?.usage);
  }
  const result = await runner.run(agent, inputOf(wish), { ...options, stream: true });
  for await (const event of result)
    if (event.type === 'raw_model_stream_event' && event.data.type === 'output_text_delta')
      wish.onText?.(event.data.delta);
  await result.completed;
  if (result.error !== null && result.error !== undefined) throw result.error;
  if (wish.signal?.aborted === true) throw new Error('aborted');
  return heardOf(result.finalOutput, result.rawResponses.at(-1)?.usage);
};

const heardOf = (
  output: unknown,
  usage: { inputTokens: number; outputTokens: number } | undefined,
): Heard => ({
  text: typeof output === 'string' ? output : '',
  object: typeof output === 'string' ? undefined : output,
  usage: usage === undefined ? undefined : { input: usage.inputTokens, output: usage.outputTokens },
});

export const agentClients: readonly Client[] = [
  {
    name: 'agents, chat',
    talk: 'openai-chat',
    family: 'gpt',
    skills: ['image', 'file', 'force', 'schema', 'retry', 'side by side'],
    ask: (access, wish) => ask(new OpenAIChatCompletionsModel(openaiOf(access), wish.model), wish),
  },
  {
    name: 'agents, responses',
    talk: 'openai-responses',
    family: 'gpt',
    skills: ['image', 'file', 'force', 'schema', 'think', 'retry', 'side by side'],
    ask: (access, wish) => ask(new OpenAIResponsesModel(openaiOf(access), wish.model), wish),
  },
];
