// Embeddings of one dialect asked of a server of another. Ollama's have two forms: `embed` takes texts and tells normalised vectors as
// OpenAI does, `embeddings` takes one text.

import { count } from '../../dialects/outline.ts';
import type { Json, JsonObject } from '../../json/value.ts';
import { at, isArray } from '../../json/value.ts';
import type { Direct } from '../direct.ts';
import { flagOf, given, maybe, objectOf } from '../fields.ts';
import type { Notes } from '../notes.ts';
import { cannotCarry } from '../notes.ts';
import type { Embedded } from './openai.ts';
import {
  dimensionsOf,
  formatOf,
  openaiEmbedded,
  openaiReply,
  others,
  textsOf,
  unreadable,
  vectorOf,
} from './openai.ts';

const noteOthers = (body: JsonObject, read: readonly string[], notes: Notes): void => {
  for (const key of others(body, new Set([...read, 'model']))) notes.dropped(key);
};

/** Ollama takes nothing else there. */
const mustBeOllamas = ({ options, truncate }: JsonObject): void => {
  if (given(options) !== undefined) objectOf(options, 'options');
  flagOf(truncate, 'truncate');
};

/** Without a text a model is only loaded. */
const mustSay = (text: Json | undefined, param: string): string => {
  if (typeof text !== 'string' || text === '') throw cannotCarry(param, 'There must be some.');
  return text;
};

const ollamaEmbedded = (reply: Json, texts: number): Embedded => {
  const list = at(reply, 'embeddings');
  if (!isArray(list) || list.length !== texts) throw unreadable();
  return { vectors: list.map(vectorOf), tokens: count(at(reply, 'prompt_eval_count')) };
};

const embedReply = ({ vectors, tokens }: Embedded, model: Json | undefined, asked: JsonObject): string =>
  JSON.stringify({ model: model ?? asked.model, embeddings: vectors, ...maybe('prompt_eval_count', tokens) });

const firstOf = ({ vectors }: Embedded): readonly number[] => {
  const [first] = vectors;
  if (first === undefined) throw unreadable();
  return first;
};

const embedToOpenai: Direct = {
  from: 'ollama-embed',
  to: 'openai-embeddings',
  body: (body, model, notes) => {
    noteOthers(body, ['input', 'dimensions', 'keep_alive'], notes);
    mustBeOllamas(body);
    const input = given(body.input) === undefined ? [] : textsOf(body.input);
    if (input.length === 0) throw cannotCarry('input', 'There must be some.');
    return { model, input, encoding_format: 'float', ...maybe('dimensions', dimensionsOf(body)) };
  },
  reply: (reply, asked) =>
    embedReply(openaiEmbedded(reply, textsOf(asked.input).length), at(reply, 'model'), asked),
};

const embeddingsToOpenai: Direct = {
  from: 'ollama-embeddings',
  to: 'openai-embeddings',
  body: (body, model, notes) => {
    noteOthers(body, ['prompt', 'keep_alive'], notes);
    mustBeOllamas(body);
    return { model, input: mustSay(body.prompt, 'prompt'), encoding_format: 'float' };
  },
  reply: (reply) => JSON.stringify({ embedding: firstOf(openaiEmbedded(reply, 1)) }),
};

const embeddingsToEmbed: Direct = {
  from: 'ollama-embeddings',
  to: 'ollama-embed',
  body: (body, model, notes) => {
    noteOthers(body, ['prompt', 'options', 'keep_alive'], notes);
    mustBeOllamas(body);
    return {
      ...{ model, input: mustSay(body.prompt, 'prompt') },
      ...maybe('options', given(body.options)),
      ...maybe('keep_alive', given(body.keep_alive)),
    };
  },
  reply: (reply) => JSON.stringify({ embedding: firstOf(ollamaEmbedded(reply, 1)) }),
};

const openaiToEmbed: Direct = {
  from: 'openai-embeddings',
  to: 'ollama-embed',
  body: (body, model, notes) => {
    noteOthers(body, ['input', 'dimensions', 'encoding_format'], notes);
    formatOf(body);
    // A text too long for the model is an error to OpenAI's clients, as it is there.
    return { model, input: textsOf(body.input), truncate: false, ...maybe('dimensions', dimensionsOf(body)) };
  },
  reply: (reply, asked) =>
    openaiReply(ollamaEmbedded(reply, textsOf(asked.input).length), at(reply, 'model'), asked),
};

const openaiToEmbeddings: Direct = {
  from: 'openai-embeddings',
  to: 'ollama-embeddings',
  body: (body, model, notes) => {
    noteOthers(body, ['input', 'encoding_format'], notes);
    formatOf(body);
    if (dimensionsOf(body) !== undefined) throw cannotCarry('dimensions');
    const [prompt, ...more] = textsOf(body.input);
    if (more.length > 0) throw cannotCarry('input', 'It must be one text.');
    return { model, prompt: mustSay(prompt, 'input') };
  },
  reply: (reply, asked) =>
    openaiReply({ vectors: [vectorOf(at(reply, 'embedding'))], tokens: undefined }, undefined, asked),
};

/** Best first. */
export const embeddingDirects: readonly Direct[] = [
  embedToOpenai,
  embeddingsToEmbed,
  embeddingsToOpenai,
  openaiToEmbed,
  openaiToEmbeddings,
];
