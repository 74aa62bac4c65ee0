/**
 * The admin API of a gateway under test, asked as a program would.
 */
import { ADMIN_TOKEN } from './gateway.ts';

/** An answer with its body read: parsed where it is JSON. */
export interface Answered {
  readonly status: number;
  readonly headers: Headers;
  readonly body: unknown;
}

/** A page of a list. */
export interface Page {
  readonly items: readonly Readonly<Record<string, unknown>>[];
  readonly next_cursor: string | null;
}

/** The header that opens everything. */
export const operator: Readonly<Record<string, string>> = { authorization: `Bearer ${ADMIN_TOKEN}` };

/** Sends one request to `url` and reads the answer. */
export const send = async (url: string, init: RequestInit = {}): Promise<Answered> => {
  const reply = await fetch(url, init);
  const text = await reply.text();
  const isJson = (reply.headers.get('content-type') ?? '').includes('json');
  return { status: reply.status, headers: reply.headers, body: isJson ? JSON.parse(text) : text };
};

/** Every route of the admin API, under `/admin/v1`. */
export const ROUTES: readonly string[] = [
  ...['GET /teams', 'GET /use_cases', 'GET /use_cases/{name}/versions', 'GET /backends', 'GET /models'],
  ...[
    'GET /policies',
    'GET /policies/{name}',
    'PUT /policies/{name}',
    'POST /dlp/try',
    'POST /injection/try',
  ],
  ...['GET /packs', 'GET /packs/{name}', 'PUT /packs/{name}', 'DELETE /packs/{name}'],
  ...[
    'GET /prices',
    'GET /prices/{name}',
    'PUT /prices/{name}',
    'DELETE /prices/{name}',
    'GET /model_prices',
  ],
  ...['GET /keys', 'POST /keys', 'POST /keys/{id}/revoke', 'POST /keys/{id}/rotate'],
  ...[
    'GET /records',
    'GET /records/export',
    'GET /records/{exchange}',
    'GET /changes',
    'POST /apply',
    'GET /export',
  ],
  ...['GET /records/{exchange}/proof', 'GET /audit/export', 'GET /checkpoints', 'POST /checkpoints'],
  ...['GET /acknowledgements', 'POST /acknowledgements'],
  ...['GET /signing_keys', 'POST /signing_keys/rotate', 'POST /records/{exchange}/content'],
  ...['GET /vault', 'POST /erasures', 'GET /holds', 'POST /holds'],
];

/** The lists among them. What a test does to each of them makes changes, so these are the first. */
export const LISTS: readonly string[] = [
  '/changes',
  '/teams',
  '/use_cases',
  '/keys',
  '/backends',
  '/models',
  '/policies',
  '/packs',
  '/prices',
  '/model_prices',
  '/records',
];
