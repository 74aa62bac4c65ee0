// A refusal in the error shape of OpenAI's API, shared by every dialect of that family.
import type { Refusal, RefusalCode } from '../refusal.ts';
import type { Told } from './dialect.ts';

/** Codes that OpenAI's clients know under another name. */
const KNOWN_AS: Partial<Record<RefusalCode, string>> = {
  missing_key: 'invalid_api_key',
  invalid_key: 'invalid_api_key',
  key_expired: 'invalid_api_key',
  key_revoked: 'invalid_api_key',
};

const typeOf = (status: number): string => {
  if (status === 429) return 'rate_limit_error';
  if (status === 403) return 'permission_error';
  if (status === 503) return 'service_unavailable_error';
  return status >= 500 ? 'server_error' : 'invalid_request_error';
};

/** What OpenAI's clients know an exchange by. */
export const OPENAI_ID_HEADER = 'x-request-id';
/** `x-ratelimit-remaining-tokens` and the like. */
export const OPENAI_LIMIT_HEADERS = /^x-ratelimit-[a-z-]{1,64}$/;

/** `{"error": {"message", "type", "param", "code"}}` */
export const openaiErrorBody = (refusal: Refusal, exchange: string): string =>
  JSON.stringify({
    error: {
      message: refusal.code === 'fault' ? `${refusal.message} (${exchange})` : refusal.message,
      type: typeOf(refusal.status),
      param: refusal.extra.param ?? null,
      code: refusal.extra.upstreamCode ?? KNOWN_AS[refusal.code] ?? refusal.code,
    },
  });

/** A refusal as OpenAI's clients read it; `x-should-retry` outranks their own rules. */
export const openaiRefusal = (refusal: Refusal, exchange: string): Told => ({
  headers: {
    'content-type': 'application/json',
    [OPENAI_ID_HEADER]: exchange,
    'x-should-retry': String(refusal.retry),
    ...(refusal.extra.retryAfterS === undefined ? {} : { 'retry-after': String(refusal.extra.retryAfterS) }),
    ...(refusal.extra.allow === undefined ? {} : { allow: refusal.extra.allow }),
    ...(refusal.status === 401 ? { 'www-authenticate': 'Bearer' } : {}),
  },
  body: openaiErrorBody(refusal, exchange),
});
