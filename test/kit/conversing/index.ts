/**
 * An upstream whose models hold a conversation in every dialect, each at its own path: tools are called, their results become the
 * answer, and a request that a real server would refuse is refused.
 */
import type { Scripted, Seen, Upstream } from '../upstream.ts';
import { error, startUpstream } from '../upstream.ts';
import { readMessages, writeMessages } from './anthropic-messages.ts';
import { readOllama, writeOllama } from './ollama-chat.ts';
import { readChat, writeChat } from './openai-chat.ts';
import { writeResponses } from './openai-responses.ts';
import { readResponses } from './openai-responses-request.ts';
import { PLAIN } from './plain.ts';
import { played } from './played.ts';
import type { Said, Talk } from './trouble.ts';
import { failure, troubled } from './trouble.ts';
import type { Answer, Json, Turn } from './turn.ts';
import { answerTo, askedOf, Invalid, isJson } from './turn.ts';

export { EMBEDDING } from './plain.ts';
export { played, RECORDINGS } from './played.ts';
export type { Said, Talk } from './trouble.ts';
export { BROKEN, failure, RETRY_AFTER_S, saysNo } from './trouble.ts';
export type { Json, Turn } from './turn.ts';
export { COUNTED, isJson, SIGNATURE, sample, THOUGHT, TRICKY } from './turn.ts';

/** The dialects of a conversation, with the paths at which they are spoken. */
export const TALKS: Readonly<Record<Talk, string>> = {
  'openai-chat': '/v1/chat/completions',
  'openai-responses': '/v1/responses',
  'anthropic-messages': '/v1/messages',
  'ollama-chat': '/api/chat',
};

const READERS: Readonly<Record<Talk, (body: Json) => Turn>> = {
  'openai-chat': readChat,
  'openai-responses': readResponses,
  'anthropic-messages': readMessages,
  'ollama-chat': readOllama,
};

const WRITERS: Readonly<Record<Talk, (turn: Turn, answer: Answer) => Scripted>> = {
  'openai-chat': writeChat,
  'openai-responses': writeResponses,
  'anthropic-messages': writeMessages,
  'ollama-chat': writeOllama,
};

const isTalk = (name: string): name is Talk => name in TALKS;
const pathOf = (seen: Seen): string => seen.path.split('?', 1)[0] ?? '';

/** The dialect that is spoken to an upstream; undefined: none of a conversation. */
export const talkOf = (seen: Seen): Talk | undefined =>
  Object.keys(TALKS)
    .filter(isTalk)
    .find((talk) => TALKS[talk] === pathOf(seen));

/** What a request to an upstream says; throws Invalid for one that is not valid in its dialect. */
export const turnOf = (seen: Seen): Turn => {
  const talk = talkOf(seen);
  if (talk === undefined || !isJson(seen.json)) throw new Invalid('body', `nothing is said to ${seen.path}`);
  return READERS[talk](seen.json);
};

/** How models answer. */
export interface Manner {
  answers(turn: Turn): Answer;
  /** What is sent in place of the whole answer; undefined: that. */
  instead(talk: Talk, said: Said): Scripted | undefined;
}

/** As the request's own words ask. */
const DEFAULT: Manner = {
  answers: answerTo,
  instead: (talk, said) => {
    const asked = askedOf(said.turn);
    return troubled(talk, asked, said) ?? played(talk, asked);
  },
};

const reply = (seen: Seen, { answers, instead }: Manner): Scripted => {
  const talk = talkOf(seen);
  if (talk === undefined) {
    const plain = PLAIN[pathOf(seen)];
    if (plain === undefined || !isJson(seen.json))
      return error(404, null, { message: `Invalid URL ${seen.path}` });
    return plain(seen.json);
  }
  try {
    const turn = turnOf(seen);
    const answer = answers(turn);
    const whole = WRITERS[talk](turn, answer);
    return instead(talk, { turn, answer, whole }) ?? ragged(whole, answer);
  } catch (cause) {
    if (cause instanceof Invalid) return failure(talk, 400, cause.message, cause.param);
    throw cause;
  }
};

/** A stream with calls arrives in pieces that mind neither events nor characters. */
const ragged = (whole: Scripted, { calls }: Answer): Scripted => {
  if (!('sse' in whole) || calls.length === 0) return whole;
  const bytes = Buffer.concat(whole.sse.map((piece) => Buffer.from(piece)));
  const cuts = Array.from({ length: Math.ceil(bytes.length / RAGGED_BYTES) }, (_, at) => at * RAGGED_BYTES);
  return { ...whole, sse: cuts.map((at) => bytes.subarray(at, at + RAGGED_BYTES)) };
};

/** A prime, so that cuts fall everywhere. */
const RAGGED_BYTES = 251;

/** Starts one, whose models answer in that manner. */
export const startConversing = (manner: Manner = DEFAULT): Promise<Upstream> =>
  startUpstream((seen) => reply(seen, manner));
