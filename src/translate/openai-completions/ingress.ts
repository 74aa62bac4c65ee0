// Clients of OpenAI's completions, the API before chat: POST /v1/completions as a question of one turn. What goes past a conversation
// (a prompt in tokens, a gap to fill, the prompt said back, more than one answer) no other dialect has.
import { bad } from '../../dialects/outline.ts';
import type { Json, JsonObject } from '../../json/value.ts';
import { isArray } from '../../json/value.ts';
import { flagOf, given, integerOf, listOf, maybe, numberOf, textOf } from '../fields.ts';
import type { Ingress } from '../ingress.ts';
import type { Question } from '../neutral.ts';
import type { Notes } from '../notes.ts';
import { cannotCarry } from '../notes.ts';
import { CompletionWriter } from './writer.ts';

/** More than any API takes. */
const STOPS = 64;
/** No model answers so long. */
const MAX_TOKENS = 1e9;
/** What the API takes no limit for. */
const USUAL_TOKENS = 16;
const CHOICES = [1, 128] as const;

const READ = new Set([
  ...[
    'model',
    'prompt',
    'stream',
    'stream_options',
    'suffix',
    'echo',
    'n',
    'best_of',
    'logprobs',
    'max_tokens',
  ],
  ...['temperature', 'top_p', 'seed', 'stop', 'presence_penalty', 'frequency_penalty', 'user'],
]);

export const openaiCompletionsIngress: Ingress = {
  dialect: 'openai-completions',
  understand: (body, notes) => {
    mustBeCarried(body);
    for (const [key, value] of Object.entries(body))
      if (!READ.has(key) && value !== null && value !== false) notes.dropped(key.slice(0, 100));
    const text = promptOf(body.prompt);
    const user = given(body.user) === undefined ? undefined : textOf(body.user, 'user');
    return {
      question: {
        prompt: [{ role: 'user', content: [{ type: 'text', text }] }],
        ...samplingOf(body, notes),
        ...(user === undefined ? {} : { providerOptions: { openai: { user } } }),
      },
      writer: (head) => new CompletionWriter(head),
    };
  },
};

const mustBeCarried = (body: JsonObject): void => {
  for (const name of ['n', 'best_of'])
    if ((integerOf(body[name], name, CHOICES) ?? 1) !== 1) throw cannotCarry(name);
  if (flagOf(body.echo, 'echo') === true) throw cannotCarry('echo');
  // Zero asks for those of the tokens that were chosen.
  if (integerOf(body.logprobs, 'logprobs', [0, 20]) !== undefined) throw cannotCarry('logprobs');
  if (given(body.suffix) !== undefined && textOf(body.suffix, 'suffix') !== '') throw cannotCarry('suffix');
};

const promptOf = (value: Json | undefined): string => {
  const prompt = isArray(value) && value.length === 1 ? value[0] : value;
  if (typeof prompt !== 'string') throw cannotCarry('prompt', 'It must be one text.');
  if (prompt === '') throw bad('prompt', 'It must not be empty.');
  return prompt;
};

const samplingOf = (body: JsonObject, notes: Notes): Partial<Question> => {
  const limit = integerOf(body.max_tokens, 'max_tokens', [1, MAX_TOKENS]);
  if (limit === undefined) notes.changed('max_tokens', String(USUAL_TOKENS));
  return {
    maxOutputTokens: limit ?? USUAL_TOKENS,
    ...maybe('temperature', numberOf(body.temperature, 'temperature', [0, 2])),
    ...maybe('topP', numberOf(body.top_p, 'top_p', [0, 1])),
    ...maybe('seed', integerOf(body.seed, 'seed', [-(2 ** 63), 2 ** 63])),
    ...maybe('presencePenalty', numberOf(body.presence_penalty, 'presence_penalty', [-2, 2])),
    ...maybe('frequencyPenalty', numberOf(body.frequency_penalty, 'frequency_penalty', [-2, 2])),
    ...maybe('stopSequences', stopsOf(body.stop)),
  };
};

const stopsOf = (value: Json | undefined): string[] | undefined => {
  const stop = given(value);
  if (stop === undefined) return undefined;
  if (typeof stop === 'string') return [stop];
  const stops = listOf(stop, 'stop', STOPS).map((each, index) => textOf(each, `stop[${index}]`));
  return stops.length === 0 ? undefined : stops;
};
