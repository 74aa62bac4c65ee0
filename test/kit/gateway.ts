// A whole gateway as Node starts it, in this process, on a database of its own.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inject } from 'vitest';
import { startNode } from '../../src/runtimes/node.ts';
import { freshDatabase } from './postgres.ts';

export const ADMIN_TOKEN = 'test-admin-token-0123456789';
export const ROOT_SECRET = 'test-root-secret-0123456789-0123456789';

/** What a test says of its gateway. `setup` is the text of its gatehouse.yaml. */
export type Wanted = {
  readonly setup: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly databaseUrl?: string;
};

/** A gateway under test. */
export type Started = {
  readonly url: string;
  readonly databaseUrl: string;
  /** The keys its setup minted, by name. */
  readonly keys: Readonly<Record<string, string>>;
  /** GET on the admin API as an operator. */
  admin(path: string): Promise<unknown>;
  /** POST on the admin API as an operator. */
  post(path: string, body: unknown): Promise<{ status: number; body: unknown }>;
  /** The record of an exchange, once it is sealed. */
  record(exchange: string): Promise<Record<string, unknown>>;
  stop(): Promise<void>;
};

/** How long a seal may take to be seen. */
const SEAL_MS = 5_000;

/** Starts a gateway on a fresh database of the run's Postgres. */
export const startGateway = async (wanted: Wanted): Promise<Started> => {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-'));
  const config = join(folder, 'gatehouse.yaml');
  writeFileSync(config, wanted.setup);
  const databaseUrl = wanted.databaseUrl ?? (await freshDatabase(inject('postgresUrl')));
  const running = await startNode({
    DATABASE_URL: databaseUrl,
    GATEHOUSE_SECRET: ROOT_SECRET,
    GATEHOUSE_ADMIN_TOKEN: ADMIN_TOKEN,
    GATEHOUSE_CONFIG: config,
    GATEHOUSE_PORT: '0',
    GATEHOUSE_DATA: join(folder, 'data'),
    GATEHOUSE_LOG: 'error',
    ...wanted.env,
  });
  const url = `http://127.0.0.1:${running.port}`;
  const headers = { authorization: `Bearer ${ADMIN_TOKEN}`, 'content-type': 'application/json' };
  const admin = async (path: string): Promise<unknown> =>
    (await fetch(`${url}/admin/v1${path}`, { headers })).json();
  return {
    url,
    databaseUrl,
    keys: Object.fromEntries((running.applied?.minted ?? []).map(({ name, key }) => [name, key])),
    admin,
    post: async (path, body) => {
      const reply = await fetch(`${url}/admin/v1${path}`, {
        method: 'POST',
        headers,
        body: JSON.stringify(body),
      });
      return { status: reply.status, body: await reply.json() };
    },
    record: async (exchange) => {
      for (const until = Date.now() + SEAL_MS; ; ) {
        const found = (await admin(`/records/${exchange}`)) as Record<string, unknown>; // records are plain JSON objects
        if (found['sealed_at'] !== null && found['sealed_at'] !== undefined) return found;
        if (Date.now() > until) throw new Error(`no sealed record of ${exchange}: ${JSON.stringify(found)}`);
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    },
    stop: async () => {
      await running.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
};

/** A gatehouse.yaml with one team, one `compatible` backend at `url`, models that reach it, and use cases with keys. */
export const setupFor = (
  url: string,
  useCases: readonly Readonly<Record<string, unknown>>[] = [{ name: 'plain' }],
): string =>
  JSON.stringify({
    teams: [{ name: 'crew' }],
    backends: [{ name: 'lan', provider: 'compatible', url, zone: 'on_prem' }],
    models: [{ name: 'small', targets: [{ backend: 'lan', model: 'upstream-small' }] }],
    use_cases: useCases.map((useCase) => ({ team: 'crew', models: ['*'], ...useCase })),
    keys: useCases.map(({ name }) => ({ name, use_case: name })),
  });
