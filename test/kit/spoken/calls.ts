/**
 * Calls of a gateway in any dialect, and a setup with one backend that speaks them all and one that speaks none.
 */
import type { RawCall } from '../clients.ts';
import { rawPost } from '../clients.ts';
import type { Started } from '../gateway.ts';
import type { Scripted, Seen, Upstream } from '../upstream.ts';
import { SPOKEN } from './index.ts';
import type { Spoken } from './spoken.ts';

/** The headers that a client of that dialect sends with a key. */
export function headersOf(
  spoken: Spoken,
  key: string | undefined,
  more: Readonly<Record<string, string>> = {},
): Record<string, string> {
  const credential = spoken.keyHeader === 'x-api-key' ? key : `Bearer ${key}`;
  return {
    'content-type': 'application/json',
    ...(key === undefined || credential === undefined ? {} : { [spoken.keyHeader]: credential }),
    ...spoken.headers,
    ...more,
  };
}

/** Posts a body in that dialect with the key of that name. */
export function call(gateway: Started, spoken: Spoken, key: string, body: unknown): RawCall {
  const headers = headersOf(spoken, gateway.keys[key]);
  return rawPost({ url: gateway.url, path: spoken.path, headers, body });
}

/** Posts one, and gives what the upstream saw of it besides. */
export async function answered(
  gateway: Started,
  upstream: Upstream,
  spoken: Spoken,
  sending: { readonly key: string; readonly body: unknown; readonly reply?: Scripted },
) {
  const before = upstream.requests.length;
  if (sending.reply !== undefined) upstream.next(sending.reply);
  const reply = await call(gateway, spoken, sending.key, sending.body).done;
  const seen: Seen | undefined = upstream.requests[before];
  if (seen === undefined && sending.reply !== undefined) upstream.forget();
  return { reply, seen };
}

/** A stream as an upstream that speaks the dialect gives it. */
export function asStream(spoken: Spoken, pieces: readonly string[], more: object = {}): Scripted {
  return { sse: spoken.stream?.(pieces) ?? [], headers: { 'content-type': spoken.streamType }, ...more };
}

/** What use cases may be for. */
export const ALL = ['chat', 'completions', 'embeddings'] as const;

export const SECRET = 'upstream-secret-0123456789';

/** A setup with an upstream that speaks all of SPOKEN: keys `plain`, `narrow` (no model) and one for each endpoint. */
export function setupOfAll(url: string): string {
  const dialects = SPOKEN.map(({ dialect }) => dialect);
  const useCases = [
    { name: 'plain', endpoints: ALL },
    { name: 'narrow', endpoints: ALL, models: ['other'] },
    ...ALL.map((endpoint) => ({ name: endpoint, endpoints: [endpoint] })),
  ];
  const backend = { url, zone: 'on_prem' };
  const small = { backend: 'lan', model: 'upstream-small' };
  const mute = { backend: 'mute', model: 'm' };
  return JSON.stringify({
    teams: [{ name: 'crew' }],
    backends: [
      { ...backend, name: 'lan', provider: 'compatible', secret: SECRET, dialects },
      { ...backend, name: 'mute', provider: 'azure', dialects: [] },
    ],
    models: [
      { name: 'small', targets: [small] },
      { name: 'later', targets: [mute, small] },
      { name: 'none', targets: [mute] },
    ],
    use_cases: useCases.map((useCase) => ({ team: 'crew', models: ['*'], ...useCase })),
    keys: useCases.map(({ name }) => ({ name, use_case: name })),
  });
}
