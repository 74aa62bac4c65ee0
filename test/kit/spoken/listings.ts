/**
 * What clients ask besides calls: listings of models, one model, and whether somebody is there.
 */
import type { DialectName } from '../../../src/dialects/dialect.ts';
import { messages } from './anthropic.ts';
import { ollamaChat } from './ollama.ts';
import { completions } from './plain.ts';
import type { Json, Spoken } from './spoken.ts';

/** One request. */
export type Request = {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly body?: Json;
};

/** What is asked in a dialect in which no model is called. */
export type Listing = {
  /** Headers that choose the dialect. */
  readonly headers: Readonly<Record<string, string>>;
  /** Requests that name no model; for probes and unknown paths all there are. */
  readonly all: readonly Request[];
  /** Those that ask for one; null: there is none. */
  readonly one: ((model: string) => Request) | null;
  readonly mustBeError: Spoken['mustBeError'];
};

const openai = { headers: {}, mustBeError: completions.mustBeError };
const anthropic = { headers: messages.headers, mustBeError: messages.mustBeError };
const ollama = { headers: {}, mustBeError: ollamaChat.mustBeError };
const get = (path: string): Request => ({ method: 'GET', path });

/** By dialect, with the name of a shape where a dialect has several. */
export const LISTINGS: Partial<Record<DialectName, Readonly<Record<string, Listing>>>> = {
  'openai-models': {
    '': { ...openai, all: [get('/v1/models')], one: (model) => get(`/v1/models/${model}`) },
  },
  'anthropic-models': {
    '': { ...anthropic, all: [get('/v1/models')], one: (model) => get(`/v1/models/${model}`) },
  },
  'ollama-tags': { '': { ...ollama, all: [get('/api/tags')], one: null } },
  'ollama-show': {
    '': { ...ollama, all: [], one: (model) => ({ method: 'POST', path: '/api/show', body: { model } }) },
  },
  probes: { '': { ...ollama, all: [get('/api/hello'), get('/api/version')], one: null } },
  unknown: {
    'as OpenAI': { ...openai, all: [get('/v1/nowhere')], one: null },
    'as Anthropic': { ...anthropic, all: [get('/v1/nowhere')], one: null },
    'as Ollama': { ...ollama, all: [get('/api/nowhere')], one: null },
  },
};
