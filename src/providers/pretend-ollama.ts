// Ollama's dialects as the pretend backend reads and writes them.
import type { Said, Speech, Turn } from './pretend-speech.ts';
import { argumentsOf, field, list, textOf, wordsOf } from './pretend-speech.ts';

const CREATED_AT = '2023-11-14T22:13:20Z';

const turnsOf = (body: unknown): readonly Turn[] =>
  list(field(body, 'messages')).map((turn) => ({
    role: String(field(turn, 'role')),
    text: textOf(field(turn, 'content')),
  }));

/** What the last line says besides, and a whole reply. */
const endOf = ({ usage }: Said) => ({
  done: true,
  done_reason: 'stop',
  total_duration: 1_000_000,
  load_duration: 0,
  prompt_eval_count: usage.input,
  prompt_eval_duration: 0,
  eval_count: usage.output,
  eval_duration: 0,
});

const head = ({ model }: Said) => ({ model, created_at: CREATED_AT });
const line = (value: object): string => `${JSON.stringify(value)}\n`;

const messageOf = ({ line: said }: Said) =>
  'text' in said
    ? { role: 'assistant', content: said.text }
    : {
        role: 'assistant',
        content: '',
        tool_calls: [{ function: { name: said.call.name, arguments: argumentsOf(said.call.args) } }],
      };

function* chatLines(said: Said): Generator<string, void, undefined> {
  const message = (more: object): string =>
    line({ ...head(said), message: { role: 'assistant', content: '', ...more }, done: false });
  if ('text' in said.line) for (const content of wordsOf(said.line.text)) yield message({ content });
  else yield message(messageOf(said));
  yield line({ ...head(said), message: { role: 'assistant', content: '' }, ...endOf(said) });
}

/** A prompt cannot call a tool, so a call is told as text. */
const textIn = (said: Said): string => ('text' in said.line ? said.line.text : said.line.call.args);

function* generateLines(said: Said): Generator<string, void, undefined> {
  for (const response of wordsOf(textIn(said))) yield line({ ...head(said), response, done: false });
  yield line({ ...head(said), response: '', ...endOf(said) });
}

/** Ollama's chat. */
export const ollamaChatSpeech: Speech = {
  understand: (body) => {
    const format = field(body, 'format');
    return {
      stream: field(body, 'stream') !== false,
      reportUsage: true,
      choices: 1,
      turns: turnsOf(body),
      tool: field(field(list(field(body, 'tools'))[0], 'function'), 'name'),
      schema: typeof format === 'object' ? (format ?? undefined) : undefined,
      json: format === 'json' || (typeof format === 'object' && format !== null),
    };
  },
  whole: (said) => JSON.stringify({ ...head(said), message: messageOf(said), ...endOf(said) }),
  pieces: chatLines,
  streamType: 'application/x-ndjson',
  error: (message) => ({ error: message }),
};

/** Ollama's completion. */
export const ollamaGenerateSpeech: Speech = {
  ...ollamaChatSpeech,
  understand: (body) => ({
    ...ollamaChatSpeech.understand(body),
    turns: [
      { role: 'system', text: textOf(field(body, 'system')) },
      { role: 'user', text: textOf(field(body, 'prompt')) },
    ],
    tool: undefined,
  }),
  whole: (said) => JSON.stringify({ ...head(said), response: textIn(said), ...endOf(said) }),
  pieces: generateLines,
};
