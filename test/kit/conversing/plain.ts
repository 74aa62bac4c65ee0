/**
 * What else those servers answer: completions, embeddings, the count of tokens, Ollama's generate and its embeddings.
 */
import type { Scripted } from '../upstream.ts';
import { event, json } from '../upstream.ts';
import { OLLAMA_COUNTS } from './ollama-chat.ts';
import type { Json } from './turn.ts';
import { COUNTED, isJson } from './turn.ts';

/** The embedding of every text. */
export const EMBEDDING = [0.25, -0.5, 0.125, 1] as const;

const modelIn = (body: Json): string => String(body.model);
const wordsOf = (text: unknown): string[] => `You said: ${String(text)}`.split(/(?<=\s)/u);
const listOf = (input: unknown): unknown[] => (Array.isArray(input) ? input : [input]);

const completions = (body: Json): Scripted => {
  const usage = {
    prompt_tokens: COUNTED.input,
    completion_tokens: COUNTED.output,
    total_tokens: COUNTED.input + COUNTED.output,
  };
  const head = {
    id: 'cmpl-D8ZFN477TMm6AoQohx2jSTOJMh60M',
    object: 'text_completion',
    created: 1_770_934_485,
  };
  const choice = (text: string, finish: string | null) => ({
    ...{ text, index: 0, logprobs: null, finish_reason: finish },
  });
  const model = modelIn(body);
  const words = wordsOf(body.prompt);
  if (body.stream !== true) return json({ ...head, model, choices: [choice(words.join(''), 'stop')], usage });
  const asked = isJson(body.stream_options) && body.stream_options.include_usage === true;
  const chunk = (choices: Json[], more: Json) => event({ ...head, choices, model, ...more });
  const none = asked ? { usage: null } : {};
  return {
    sse: [
      ...words.map((word, at) => chunk([choice(word, at === words.length - 1 ? 'stop' : null)], none)),
      ...(asked ? [chunk([], { usage })] : []),
      'data: [DONE]\n\n',
    ],
  };
};

const embeddings = (body: Json): Scripted =>
  json({
    object: 'list',
    data: listOf(body.input).map((_, index) => ({
      object: 'embedding',
      index,
      embedding:
        body.encoding_format === 'base64'
          ? Buffer.from(Float32Array.from(EMBEDDING).buffer).toString('base64')
          : EMBEDDING,
    })),
    model: modelIn(body),
    usage: { prompt_tokens: COUNTED.input, total_tokens: COUNTED.input },
  });

const generate = (body: Json): Scripted => {
  const head = { model: modelIn(body), created_at: '2026-08-04T08:52:19.385406455-07:00' };
  const words = wordsOf(body.prompt);
  const last = { done: true, done_reason: 'stop', context: [1, 2, 3], ...OLLAMA_COUNTS };
  if (body.stream === false) return json({ ...head, response: words.join(''), ...last });
  return {
    headers: { 'content-type': 'application/x-ndjson' },
    sse: [
      ...words.map((response) => `${JSON.stringify({ ...head, response, done: false })}\n`),
      `${JSON.stringify({ ...head, response: '', ...last })}\n`,
    ],
  };
};

const embed = (body: Json): Scripted =>
  json({
    model: modelIn(body),
    embeddings: listOf(body.input).map(() => EMBEDDING),
    total_duration: 14_143_917,
    load_duration: 1_019_500,
    prompt_eval_count: COUNTED.input,
  });

/** The answers by path. */
export const PLAIN: Readonly<Record<string, (body: Json) => Scripted>> = {
  '/v1/completions': completions,
  '/v1/embeddings': embeddings,
  '/v1/messages/count_tokens': () => json({ input_tokens: COUNTED.input }),
  '/api/generate': generate,
  '/api/embed': embed,
  '/api/embeddings': () => json({ embedding: EMBEDDING }),
};
