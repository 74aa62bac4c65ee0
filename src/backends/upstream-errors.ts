// What an upstream says no with, sorted: what speaks of the caller's request is told, what speaks of us or of itself is not.
import type { Exchange, Reply } from '../exchange.ts';
import { wholeReply } from '../exchange.ts';
import type { Json } from '../json/document.ts';
import { parseJson } from '../json/parse.ts';
import { at, isArray } from '../json/value.ts';
import type { Incoming } from '../ports.ts';
import { UpstreamFault } from '../ports.ts';
import { Refusal } from '../refusal.ts';
import type { Means } from './reading.ts';
import { bodyOf } from './reading.ts';

/** Clients sleep as long as they are told; an upstream may not put them to sleep for longer than this. */
const RETRY_AFTER_LIMIT_S = 60;
/** What is told of an upstream's message. */
const MESSAGE_CHARS = 2_000;

/** A reply that cannot be read cannot be governed; we ask for it uncompressed. A redirect would lead past the zone. */
export const mustBePlain = ({ status, headers }: Incoming): void => {
  const encoding = headers['content-encoding']?.toLowerCase() ?? 'identity';
  if (encoding !== 'identity') throw new UpstreamFault('protocol', true, 'the reply is compressed');
  if (status >= 300 && status < 400) throw new UpstreamFault('protocol', true, 'the backend redirects');
  if (status < 200 || status > 599)
    throw new UpstreamFault('protocol', true, 'the reply has no status of HTTP');
  if (status === 204 || status === 205) throw new UpstreamFault('protocol', true, 'the reply is empty');
};

/**
 * An upstream's refusal of *our* credential is our failure and may quote it; its own failures may quote anything. Both are
 * told in our words. The rest (400, 404, 422, 429 ...) speaks of the caller's request and passes.
 */
export const sortError = (
  incoming: Pick<Incoming, 'status' | 'headers'>,
  nowMs: number,
  { callerCredential }: Pick<Exchange, 'callerCredential'>,
): void => {
  const { status } = incoming;
  // A caller whose own credential is refused must hear of it: its client gets another one then.
  if ((status === 401 || status === 403 || status === 407) && !callerCredential)
    throw new Refusal('upstream_denied', { note: `status ${status}` });
  if (status < 500) return;
  throw new Refusal('upstream_failed', { status, note: `status ${status}`, ...adviceOf(incoming, nowMs) });
};

/** What an upstream advises of another try, for a refusal. */
const adviceOf = (
  incoming: Pick<Incoming, 'headers'>,
  nowMs: number,
): { readonly retryAfterS?: number; readonly retry?: boolean } => {
  const after = retryAfter(incoming, nowMs)['retry-after'];
  const should = incoming.headers['x-should-retry'];
  return {
    ...(after === undefined ? {} : { retryAfterS: Number(after) }),
    ...(should === 'true' || should === 'false' ? { retry: should === 'true' } : {}),
  };
};

/**
 * When to come again, within our limit: `retry-after` in whole seconds (it is seconds or a date: RFC 9110, section 10.2.3), and
 * `retry-after-ms`, which clients of OpenAI and Anthropic ask first, where the upstream has it.
 */
export const retryAfter = (
  { headers }: Pick<Incoming, 'headers'>,
  nowMs: number,
): Readonly<Record<string, string>> => {
  const text = headers['retry-after']?.trim() ?? '';
  const exact = headers['retry-after-ms']?.trim() ?? '';
  const ms = NUMBER.test(exact) ? Math.min(Math.ceil(Number(exact)), RETRY_AFTER_LIMIT_S * 1000) : undefined;
  const asked = NUMBER.test(text)
    ? Number(text)
    : / GMT$/.test(text)
      ? (Date.parse(text) - nowMs) / 1000
      : Number.NaN;
  const seconds = Number.isNaN(asked) && ms !== undefined ? ms / 1000 : asked;
  if (Number.isNaN(seconds)) return {};
  return {
    'retry-after': String(Math.min(Math.max(Math.ceil(seconds), 0), RETRY_AFTER_LIMIT_S)),
    ...(ms === undefined ? {} : { 'retry-after-ms': String(ms) }),
  };
};

const NUMBER = /^\d+(?:\.\d+)?$/;

/** An error as an upstream tells it, whichever dialect it is in. */
export type Said = {
  readonly status: number;
  readonly message: string | null;
  readonly code: string | null;
  readonly param: string | null;
};

/** Statuses of errors that came inside a reply, by what they are called there. */
const STATUSES: ReadonlyMap<string, number> = new Map(
  Object.entries({
    invalid_request_error: 400,
    context_length_exceeded: 400,
    authentication_error: 401,
    invalid_api_key: 401,
    billing_error: 402,
    permission_error: 403,
    not_found_error: 404,
    model_not_found: 404,
    request_too_large: 413,
    rate_limit_error: 429,
    rate_limit_exceeded: 429,
    insufficient_quota: 429,
    server_error: 500,
    api_error: 500,
    timeout_error: 504,
    server_is_overloaded: 529,
    overloaded_error: 529,
  }),
);

const word = (value: Json | undefined): string | null => (typeof value === 'string' ? value : null);

/** Google tells of a key that it does not take as of a bad request. */
const isDenied = (error: Json | undefined): boolean => {
  const details = at(error, 'details');
  return isArray(details) && details.some((each) => /^API_KEY_/.test(word(at(each, 'reason')) ?? ''));
};

/**
 * Reads an error: OpenAI's, Anthropic's, Ollama's, AWS's, Google's (alone or in a list), or that of a response that failed.
 * `status`: the reply's, where it had one of its own.
 */
export const errorIn = (told: Json | undefined, status?: number): Said => {
  const body = isArray(told) ? told[0] : told;
  const error = at(body, 'error') ?? at(at(body, 'response'), 'error') ?? body;
  const message = typeof error === 'string' ? error : word(at(error, 'message'));
  const code = word(at(error, 'code'));
  const number = Number(at(error, 'code') ?? at(error, 'status'));
  const named = STATUSES.get(code ?? '') ?? STATUSES.get(word(at(error, 'type')) ?? '');
  const inside = Number.isInteger(number) && number >= 400 && number <= 599 ? number : (named ?? 502);
  return {
    status: isDenied(error) ? 401 : (status ?? inside),
    message: message === null ? null : message.slice(0, MESSAGE_CHARS),
    code,
    param: word(at(error, 'param')),
  };
};

/** Tells an upstream's refusal in the client's dialect. Throws a Refusal for what is not told in the upstream's words. */
export const told = (exchange: Exchange, said: Said, headers: Incoming['headers'], nowMs: number): Reply => {
  sortError({ status: said.status, headers }, nowMs, exchange);
  const refusal = new Refusal('upstream_refused', {
    status: said.status,
    ...(said.message === null ? {} : { detail: said.message }),
    ...(said.code === null ? {} : { upstreamCode: said.code }),
    ...(said.param === null ? {} : { param: said.param }),
    ...adviceOf({ headers }, nowMs),
  });
  exchange.verdict = { ending: 'failed', status: said.status, code: refusal.code, note: null };
  const { headers: all, body } = exchange.dialect.refusal(refusal, exchange.id);
  // A reply like any other: what an upstream says is inspected on its way to the client.
  return wholeReply(said.status, all, new TextEncoder().encode(body));
};

/** The error of a target that speaks another dialect, in the client's. */
export const refusedBy = async (exchange: Exchange, incoming: Incoming, means: Means): Promise<Reply> => {
  sortError(incoming, means.now(), exchange);
  const bytes = await bodyOf(exchange, incoming, means);
  return told(
    exchange,
    errorIn(jsonIn(new TextDecoder().decode(bytes)), incoming.status),
    incoming.headers,
    means.now(),
  );
};

/** JSON, if it is. */
export const jsonIn = (text: string | undefined): Json | undefined => {
  try {
    return text === undefined ? undefined : parseJson(text);
  } catch {
    // Not JSON: a page of something in between, which tells clients nothing.
    return undefined;
  }
};
