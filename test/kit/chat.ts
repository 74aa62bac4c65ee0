// One chat completion by a raw client, for tests that care about bytes.
import type { RawCall } from './clients.ts';
import { rawPost } from './clients.ts';

/** Posts a body as it is; anything but text and bytes as JSON. */
export const postChat = (
  url: string,
  key: string,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): RawCall =>
  rawPost({
    url,
    path: '/v1/chat/completions',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json', ...headers },
    body,
  });

/** The exchange a reply names. */
export const exchangeOf = (reply: { readonly headers: Readonly<Record<string, unknown>> }): string =>
  String(reply.headers['x-gatehouse-exchange'] ?? '');

/** A body that asks for `content`. */
export const asking = (content: string, more: object = {}): object => ({
  model: 'small',
  messages: [{ role: 'user', content }],
  ...more,
});
