// A refusal in the error shape of Ollama's API, shared by every dialect of that family.
import type { Refusal } from '../refusal.ts';
import type { Told } from './dialect.ts';

/** `{"error": "text"}` */
export const ollamaErrorBody = (refusal: Refusal, exchange: string): string =>
  JSON.stringify({ error: wordsOf(refusal, exchange) });

/** Its clients know this one by its words, as it has no code. */
const wordsOf = ({ code, extra, message }: Refusal, exchange: string): string => {
  if (code === 'model_not_found' && extra.model !== undefined) return `model '${extra.model}' not found`;
  return code === 'fault' ? `${message} (${exchange})` : message;
};

/** A refusal as Ollama's clients read it. They look at no header; what stands between may. */
export const ollamaRefusal = (refusal: Refusal, exchange: string): Told => ({
  headers: {
    'content-type': 'application/json',
    'x-should-retry': String(refusal.retry),
    ...(refusal.extra.retryAfterS === undefined ? {} : { 'retry-after': String(refusal.extra.retryAfterS) }),
    ...(refusal.extra.allow === undefined ? {} : { allow: refusal.extra.allow }),
    ...(refusal.status === 401 ? { 'www-authenticate': 'Bearer' } : {}),
  },
  body: ollamaErrorBody(refusal, exchange),
});
