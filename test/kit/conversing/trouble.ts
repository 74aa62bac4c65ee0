/**
 * Trouble that a request asks for in its own words, in the shape of each dialect: `FAIL=429`, and in the middle of a reply `BREAK`
 * (an error event), `CUT` (the connection dies) and `HANG` (silence).
 */
import type { Scripted, StreamReply } from '../upstream.ts';
import { error, event, json, stall, truncated } from '../upstream.ts';
import { responseEvents } from './openai-responses.ts';
import type { Answer, Turn } from './turn.ts';

/** The dialects of a conversation. */
export type Talk = 'openai-chat' | 'openai-responses' | 'anthropic-messages' | 'ollama-chat';

/** A turn, what the model says to it, and how that goes over the wire. */
export interface Said {
  readonly turn: Turn;
  readonly answer: Answer;
  readonly whole: Scripted;
}

/** What an upstream that refuses says. */
export const saysNo = (status: number): string => `This model says no to that: ${status}.`;

/** What an upstream says that breaks off. */
export const BROKEN = 'The server had an error while answering.';

/** How long a refused client is told to wait, in seconds. */
export const RETRY_AFTER_S = 7;

/** So many pieces of a reply come before the trouble: enough for some text in every dialect. */
const PIECES_BEFORE = 6;

/** Longer than any test waits. */
const SILENCE_MS = 30_000;

const TYPES: Readonly<Record<number, string>> = {
  400: 'invalid_request_error',
  404: 'not_found_error',
  429: 'rate_limit_error',
  529: 'overloaded_error',
};

const headersOf = (status: number): Record<string, string> =>
  status === 429 || status >= 500 ? { 'retry-after': String(RETRY_AFTER_S) } : {};

/** An error as that dialect's servers tell it. */
export const failure = (talk: Talk, status: number, message: string, param?: string): Scripted => {
  const headers = headersOf(status);
  if (talk === 'ollama-chat') return json({ error: message }, status, headers);
  if (talk === 'anthropic-messages') {
    const id = 'req_011CSHoEeqs5C35K2UUqR7Fy';
    const told = { type: TYPES[status] ?? 'api_error', message };
    return json({ type: 'error', error: told, request_id: id }, status, { ...headers, 'request-id': id });
  }
  return error(status, null, { message, headers, ...(param === undefined ? {} : { param }) });
};

const LAST_WORDS: Readonly<Record<Exclude<Talk, 'openai-responses'>, string>> = {
  'openai-chat': event({ error: { message: BROKEN, type: 'server_error', param: null, code: null } }),
  'anthropic-messages': `event: error\ndata: ${JSON.stringify({
    type: 'error',
    error: { type: 'overloaded_error', message: BROKEN },
    request_id: 'req_011CSHoEeqs5C35K2UUqR7Fy',
  })}\n\n`,
  'ollama-chat': `${JSON.stringify({ error: BROKEN })}\n`,
};

/** The reply that `asked` wants in place of the whole one; undefined: that one. */
export const troubled = (talk: Talk, asked: string, { turn, answer, whole }: Said): Scripted | undefined => {
  const status = /FAIL=(\d+)/.exec(asked)?.[1];
  if (status !== undefined) return failure(talk, Number(status), saysNo(Number(status)));
  const kind = /BREAK|CUT|HANG/.exec(asked)?.[0];
  if (kind === undefined) return undefined;
  if (!('sse' in whole)) return wholeTrouble(kind, whole);
  const sse = whole.sse.slice(0, PIECES_BEFORE);
  if (kind === 'CUT') return { ...whole, sse, cutAfter: sse.length };
  if (kind === 'HANG') return { ...whole, sse, hang: true };
  return { ...whole, sse: broken(talk, { turn, answer, sse }) } satisfies StreamReply;
};

const broken = (
  talk: Talk,
  { turn, answer, sse }: { turn: Turn; answer: Answer; sse: StreamReply['sse'] },
): StreamReply['sse'] =>
  talk === 'openai-responses'
    ? responseEvents(turn, answer, { code: 'server_error', message: BROKEN })
    : [...sse, LAST_WORDS[talk]];

const wholeTrouble = (kind: string, whole: Scripted): Scripted => {
  if (kind === 'HANG') return stall(SILENCE_MS);
  const body = 'body' in whole && typeof whole.body === 'string' ? whole.body : '{}';
  return truncated(body.slice(0, 40), body.length);
};
