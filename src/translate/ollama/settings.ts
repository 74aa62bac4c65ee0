// What a request of Ollama's asks for beside what is said: sampling in `options`, a format, whether to think. Options of its own engine
// (how it fills its context, how it keeps a model) say nothing to another server, and are left out and told.
import { bad } from '../../dialects/outline.ts';
import type { Json, JsonObject } from '../../json/value.ts';
import { isArray, isObject } from '../../json/value.ts';
import { flagOf, given, integerOf, listOf, maybe, numberOf, objectOf, textOf, wordOf } from '../fields.ts';
import { base64In, imageTypeOf } from '../media.ts';
import type { ProviderOptions, Question, UserPart } from '../neutral.ts';
import type { Notes } from '../notes.ts';
import { cannotCarry } from '../notes.ts';

/** More than any model reads. */
const STOPS = 64;
const IMAGES = 1_000;
/** Ollama itself has some forty. */
const OPTIONS = 200;

const EFFORTS = ['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max'] as const;
const ANY_NUMBER = [-1e9, 1e9] as const;

const SAMPLING = new Set([
  ...[
    'num_predict',
    'temperature',
    'top_p',
    'top_k',
    'seed',
    'stop',
    'presence_penalty',
    'frequency_penalty',
  ],
]);

type Settings = Omit<Question, 'prompt' | 'tools' | 'toolChoice'>;

/** The settings of a question. `read`: the keys of the body that are read, here or elsewhere. */
export const settingsOf = (body: JsonObject, read: ReadonlySet<string>, notes: Notes): Settings => {
  if (flagOf(body.logprobs, 'logprobs') === true) throw cannotCarry('logprobs');
  if ((integerOf(body.top_logprobs, 'top_logprobs', [0, 100]) ?? 0) > 0) throw cannotCarry('top_logprobs');
  for (const [key, value] of Object.entries(body))
    if (!read.has(key) && says(value)) notes.dropped(key.slice(0, 100));
  const responseFormat = formatOf(body.format);
  return {
    ...samplingOf(given(body.options) === undefined ? {} : objectOf(body.options, 'options'), notes),
    ...maybe('reasoning', thinkingOf(body.think)),
    ...maybe('responseFormat', responseFormat),
    ...(responseFormat === undefined ? {} : { providerOptions: LENIENT }),
  };
};

/** Ollama takes any schema; what others call strict has rules that few follow. */
const LENIENT: ProviderOptions = { openai: { strictJsonSchema: false } };

/** Keys that mean the same in both of its conversations. */
export const READ: readonly string[] = [
  ...['model', 'stream', 'options', 'format', 'think', 'logprobs', 'top_logprobs'],
];

const says = (value: Json): boolean =>
  value !== null && value !== false && value !== '' && !(isArray(value) && value.length === 0);

const samplingOf = (options: JsonObject, notes: Notes): Settings => {
  if (Object.keys(options).length > OPTIONS) throw bad('options', `The limit is ${OPTIONS} options.`);
  for (const key of Object.keys(options))
    if (!SAMPLING.has(key)) notes.dropped(`options.${key.slice(0, 90)}`);
  const number = (name: string, range: readonly [number, number]) =>
    numberOf(options[name], `options.${name}`, range);
  const whole = (name: string) => integerOf(options[name], `options.${name}`, ANY_NUMBER);
  return {
    // What is not positive says that there is no limit.
    ...maybe('maxOutputTokens', positive(whole('num_predict'))),
    ...maybe('temperature', number('temperature', [0, 1e3])),
    ...maybe('topP', number('top_p', [0, 1])),
    ...maybe('topK', positive(whole('top_k'))),
    ...maybe('seed', whole('seed')),
    ...maybe('presencePenalty', number('presence_penalty', ANY_NUMBER)),
    ...maybe('frequencyPenalty', number('frequency_penalty', ANY_NUMBER)),
    ...maybe('stopSequences', stopsOf(options.stop)),
  };
};

const positive = (count: number | undefined): number | undefined =>
  count !== undefined && count > 0 ? count : undefined;

const stopsOf = (value: Json | undefined): string[] | undefined => {
  const stop = given(value);
  if (stop === undefined || stop === '') return undefined;
  if (typeof stop === 'string') return [stop];
  const stops = listOf(stop, 'options.stop', STOPS).map((each, i) => textOf(each, `options.stop[${i}]`));
  return stops.length === 0 ? undefined : stops;
};

const thinkingOf = (value: Json | undefined): Question['reasoning'] => {
  const think = given(value);
  if (think === undefined || think === '') return undefined;
  if (typeof think === 'boolean') return think ? 'medium' : 'none';
  return wordOf(think, 'think', EFFORTS);
};

const formatOf = (value: Json | undefined): Question['responseFormat'] => {
  const format = given(value);
  if (format === undefined || format === '') return undefined;
  if (format === 'json') return { type: 'json' };
  if (!isObject(format)) throw bad('format', 'It must be json or a JSON schema.');
  return { type: 'json', schema: format };
};

/** Images in base64, whose types only their bytes tell. */
export const imagesOf = (value: Json | undefined, param: string): Extract<UserPart, { type: 'file' }>[] =>
  given(value) === undefined
    ? []
    : listOf(value, param, IMAGES).map((each, index) => {
        const where = `${param}[${index}]`;
        const data = base64In(textOf(each, where), where);
        const mediaType = imageTypeOf(data);
        if (mediaType === undefined) throw bad(where, 'It must be an image.');
        return { type: 'file', mediaType, data: { type: 'data', data } };
      });
