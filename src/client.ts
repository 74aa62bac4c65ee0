// The admin API, typed: the only thing the console and the CLI may call.
import { hc } from 'hono/client';
import type { AdminApi } from './admin.ts';

/** A client of the gateway at `url` with an operator token. */
export const adminClient = (url: string, token: string, fetcher: typeof fetch = fetch) =>
  hc<AdminApi>(`${url.replace(/\/+$/, '')}/admin/v1`, {
    headers: { authorization: `Bearer ${token}` },
    fetch: fetcher,
  });
