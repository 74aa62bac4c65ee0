// Completions and embeddings, OpenAI's and Ollama's, as the pretend backend reads and writes them.
import { chatSpeech } from './pretend-chat.ts';
import { ollamaChatSpeech } from './pretend-ollama.ts';
import type { Heard, Said, Speech, Turn } from './pretend-speech.ts';
import { CREATED, field, isTrue, wordsOf } from './pretend-speech.ts';

/** Texts, each as if a user said it. Tokens are a language that nobody here speaks. */
const turnsOf = (texts: unknown): readonly Turn[] =>
  (Array.isArray(texts) ? texts : [texts])
    .filter((text) => typeof text === 'string')
    .map((text) => ({ role: 'user', text }));

const plain = (turns: readonly Turn[]): Heard => ({
  stream: false,
  reportUsage: true,
  choices: 1,
  turns,
  tool: undefined,
  schema: undefined,
  json: false,
});

const textIn = ({ line }: Said): string => ('text' in line ? line.text : line.call.args);

const completion = ({ model }: Said, text: string, finish_reason: string | null, more: object) => ({
  id: 'cmpl-pretend',
  object: 'text_completion',
  created: CREATED,
  model,
  choices: [{ text, index: 0, logprobs: null, finish_reason }],
  ...more,
});

const usageOf = ({ usage: { input, output } }: Said) => ({
  prompt_tokens: input,
  completion_tokens: output,
  total_tokens: input + output,
});

function* completionEvents(said: Said): Generator<string, void, undefined> {
  const event = (value: object): string => `data: ${JSON.stringify(value)}\n\n`;
  const none = said.reportUsage ? { usage: null } : {};
  for (const word of wordsOf(textIn(said))) yield event(completion(said, word, null, none));
  yield event(completion(said, '', 'stop', none));
  if (said.reportUsage) yield event({ ...completion(said, '', null, { usage: usageOf(said) }), choices: [] });
  yield 'data: [DONE]\n\n';
}

/** OpenAI's completions. */
export const completionsSpeech: Speech = {
  understand: (body) => ({
    ...plain(turnsOf(field(body, 'prompt'))),
    stream: isTrue(field(body, 'stream')),
    reportUsage: isTrue(field(field(body, 'stream_options'), 'include_usage')),
  }),
  whole: (said) => JSON.stringify(completion(said, textIn(said), 'stop', { usage: usageOf(said) })),
  pieces: completionEvents,
  streamType: 'text/event-stream',
  error: chatSpeech.error,
};

const DIMENSIONS = 8;

/** The same text has the same vector, of length one or near it. */
const vectorOf = (text: string): number[] => {
  const vector = Array.from({ length: DIMENSIONS }, () => 0);
  for (let i = 0; i < text.length; i++) {
    const at = i % DIMENSIONS;
    vector[at] = ((vector[at] ?? 0) * 31 + text.charCodeAt(i)) % 1_000;
  }
  const length = Math.hypot(...vector) || 1;
  return vector.map((each) => each / length);
};

const base64Of = (vector: readonly number[]): string =>
  btoa(String.fromCharCode(...new Uint8Array(Float32Array.from(vector).buffer)));

/** OpenAI's embeddings. */
export const embeddingsSpeech: Speech = {
  // How vectors are wanted rides along as what is asked for as JSON.
  understand: (body) => ({
    ...plain(turnsOf(field(body, 'input'))),
    json: field(body, 'encoding_format') === 'base64',
  }),
  whole: (said) =>
    JSON.stringify({
      object: 'list',
      data: said.turns.map(({ text }, index) => {
        const vector = vectorOf(text);
        return { object: 'embedding', index, embedding: said.json ? base64Of(vector) : vector };
      }),
      model: said.model,
      usage: { prompt_tokens: said.usage.input, total_tokens: said.usage.input },
    }),
  pieces: () => [],
  streamType: 'text/event-stream',
  error: chatSpeech.error,
};

/** Ollama's embeddings. */
export const embedSpeech: Speech = {
  ...ollamaChatSpeech,
  understand: (body) => plain(turnsOf(field(body, 'input'))),
  whole: ({ model, turns, usage }) =>
    JSON.stringify({
      model,
      embeddings: turns.map(({ text }) => vectorOf(text)),
      total_duration: 1_000_000,
      load_duration: 0,
      prompt_eval_count: usage.input,
    }),
};

/** Ollama's older embeddings. */
export const oldEmbedSpeech: Speech = {
  ...ollamaChatSpeech,
  understand: (body) => plain(turnsOf(field(body, 'prompt'))),
  whole: ({ turns }) => JSON.stringify({ embedding: vectorOf(turns[0]?.text ?? '') }),
};
