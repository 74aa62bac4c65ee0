/**
 * Streams kept in files, shaped as providers really send them, and what a reader must have of each: `PLAY=name` in a request has one.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Scripted } from '../upstream.ts';
import type { Talk } from './trouble.ts';

/** A kept stream: what it says, and what the gateway's record counts of it. */
export interface Recording {
  readonly talk: Talk;
  readonly name: string;
  readonly text: string;
  readonly usage: Readonly<Record<string, number>>;
  /** What the model refuses with; null: it says nothing. */
  readonly refusal?: string | null;
  /** It ends for want of tokens. */
  readonly short?: true;
  /** It has events that no client knows yet; not all of them go on. */
  readonly later?: true;
}

/** All there are. */
export const RECORDINGS: readonly Recording[] = [
  {
    talk: 'openai-chat',
    name: 'azure-filters',
    text: 'The capital of Denmark is Copenhagen.',
    usage: { input_tokens: 15, output_tokens: 78, cached_input_tokens: 0, reasoning_tokens: 64 },
  },
  {
    talk: 'openai-chat',
    name: 'open-model-reasons',
    text: 'It is Copenhagen — København 🇩🇰.',
    usage: { input_tokens: 19, output_tokens: 41 },
  },
  {
    talk: 'openai-chat',
    name: 'refusal',
    text: '',
    refusal: "I'm sorry, I cannot help with that.",
    usage: { input_tokens: 31, output_tokens: 9, cached_input_tokens: 0, reasoning_tokens: 0 },
  },
  {
    talk: 'openai-responses',
    name: 'web-search',
    text: 'Mont Blanc is 4,806 m high (example.org).',
    usage: { input_tokens: 172, output_tokens: 87, cached_input_tokens: 128, reasoning_tokens: 64 },
  },
  {
    talk: 'openai-responses',
    name: 'out-of-tokens',
    text: 'Once upon a time there was',
    short: true,
    usage: { input_tokens: 11, output_tokens: 16, cached_input_tokens: 0, reasoning_tokens: 0 },
  },
  {
    talk: 'anthropic-messages',
    name: 'thinking',
    text: 'The greatest common divisor of 1071 and 462 is **21**: 1071 = 21 × 51 ✓',
    usage: {
      input_tokens: 59,
      output_tokens: 373,
      cached_input_tokens: 12,
      cache_write_input_tokens: 0,
      reasoning_tokens: 62,
    },
  },
  {
    talk: 'anthropic-messages',
    name: 'later-events',
    text: 'The sea is deep.',
    usage: {
      input_tokens: 59,
      output_tokens: 9,
      cached_input_tokens: 12,
      cache_write_input_tokens: 0,
    },
    later: true,
  },
  {
    talk: 'anthropic-messages',
    name: 'web-search',
    text: "I'll look that up. Mont Blanc is 4,806 m high.",
    usage: {
      input_tokens: 6039,
      output_tokens: 931,
      cached_input_tokens: 0,
      cache_write_input_tokens: 0,
    },
  },
  {
    talk: 'anthropic-messages',
    name: 'refusal',
    text: '',
    refusal: null,
    usage: { input_tokens: 18, output_tokens: 5, cached_input_tokens: 0, cache_write_input_tokens: 0 },
  },
  {
    talk: 'ollama-chat',
    name: 'thinking',
    text: 'It is Copenhagen 🇩🇰.',
    usage: { input_tokens: 68, output_tokens: 34 },
  },
];

const FOLDER = join(import.meta.dirname, '../../fixtures/streams');

/** The stream that `asked` wants played; undefined: none. Throws when there is no such file. */
export const played = (talk: Talk, asked: string): Scripted | undefined => {
  const name = /PLAY=([\w-]+)/.exec(asked)?.[1];
  if (name === undefined) return undefined;
  const lines = talk === 'ollama-chat';
  const text = readFileSync(join(FOLDER, talk, `${name}.${lines ? 'ndjson' : 'sse'}`), 'utf8');
  const sse = text.split(lines ? /(?<=\n)/u : /(?<=\r?\n\r?\n)/u);
  return lines ? { sse, headers: { 'content-type': 'application/x-ndjson' } } : { sse };
};
