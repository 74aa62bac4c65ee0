// A refusal in the error shape of Anthropic's API, shared by every dialect of that family.
import type { Refusal } from '../refusal.ts';
import type { Told } from './dialect.ts';

/** The error's type by its status; the rest is `api_error` from 500 on, and `invalid_request_error` below. */
const TYPES: Readonly<Record<number, string>> = {
  401: 'authentication_error',
  402: 'billing_error',
  403: 'permission_error',
  404: 'not_found_error',
  408: 'timeout_error',
  409: 'conflict_error',
  413: 'request_too_large',
  429: 'rate_limit_error',
  504: 'timeout_error',
  529: 'overloaded_error',
};

const typeOf = (status: number): string =>
  TYPES[status] ?? (status >= 500 ? 'api_error' : 'invalid_request_error');

/** Anthropic's clients replay without a thread what is refused so. */
const detailsOf = ({ code, extra }: Refusal): Readonly<Record<string, unknown>> =>
  code === 'stored_state_refused' && extra.param === 'thread'
    ? { error_code: 'thread_unsupported_request', unsupported: ['thread'] }
    : { error_code: code, ...(extra.param === undefined ? {} : { param: extra.param }) };

/** What Anthropic's clients know an exchange by. */
export const ANTHROPIC_ID_HEADER = 'request-id';
/** `anthropic-ratelimit-tokens-remaining` and the like. */
export const ANTHROPIC_LIMIT_HEADERS = /^anthropic-ratelimit-[a-z0-9-]{1,64}$/;

/** `{"type": "error", "error": {"type", "message", "details"}, "request_id"}` */
export const anthropicErrorBody = (refusal: Refusal, exchange: string): string =>
  JSON.stringify({
    type: 'error',
    error: {
      type: typeOf(refusal.status),
      message: refusal.code === 'fault' ? `${refusal.message} (${exchange})` : refusal.message,
      details: detailsOf(refusal),
    },
    request_id: exchange,
  });

/** A refusal as Anthropic's clients read it; `x-should-retry` outranks their own rules. */
export const anthropicRefusal = (refusal: Refusal, exchange: string): Told => ({
  headers: {
    'content-type': 'application/json',
    [ANTHROPIC_ID_HEADER]: exchange,
    'x-should-retry': String(refusal.retry),
    ...(refusal.extra.retryAfterS === undefined ? {} : { 'retry-after': String(refusal.extra.retryAfterS) }),
    ...(refusal.extra.allow === undefined ? {} : { allow: refusal.extra.allow }),
    ...(refusal.status === 401 ? { 'www-authenticate': 'Bearer' } : {}),
  },
  body: anthropicErrorBody(refusal, exchange),
});
