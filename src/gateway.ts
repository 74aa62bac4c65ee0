// The whole app on the ports it is given: proxy, operations and the admin face, with one onError.
import { Hono } from 'hono';
import { sql } from 'kysely';
import { migrations } from '../migrations/index.ts';
import type { GatehouseEnv, Ports } from './ports.ts';
import { mustBeGoverned, proxy, refuseExchange } from './proxy.ts';
import type { Db } from './stores/store.ts';
import { sqlState } from './stores/store.ts';

export type Gateway = Hono<GatehouseEnv>;

/** Builds the gateway. Throws UngovernedRoute when a path of the proxy is not bound to the pipeline. */
export const gateway = (ports: Ports): Gateway => {
  const app = new Hono<GatehouseEnv>();
  app.onError((error, c) => {
    const exchange = c.get('exchange');
    if (exchange !== undefined) {
      refuseExchange(ports, exchange, error);
      return new Response(null, { status: 500 });
    }
    ports.log('error', 'fault', { path: c.req.path, error: error.name });
    return c.json({ error: { code: 'fault', message: 'The gateway failed.' } }, 500);
  });
  app.notFound((c) => c.json({ error: { code: 'not_found', message: 'No such page here.' } }, 404));
  proxy(app, ports);
  app.get('/healthz', (c) => c.json({ status: 'ok' }));
  app.get('/readyz', async (c) => {
    const missing = await waitingFor(ports.store.db);
    return missing === undefined
      ? c.json({ status: 'ready' })
      : c.json({ status: 'not ready', ...missing }, 503);
  });
  // Loaded when first asked for: most processes serve models, and the admin face is half of the program. What is kept is
  // not the promise: on Workers one request must not wait for another's.
  let admin: { fetch(request: Request): Response | Promise<Response> } | undefined;
  app.all('/admin/*', async (c) => {
    if (admin === undefined) {
      const loaded = await import('./admin.ts');
      admin ??= loaded.admin(ports);
    }
    return admin.fetch(c.req.raw);
  });
  mustBeGoverned(app);
  return app;
};

/** What keeps the gateway from serving; undefined: nothing. */
const waitingFor = async (db: Db): Promise<{ waiting_for: string; message: string } | undefined> => {
  try {
    const { rows } = await sql<{ id: string }>`select id from gatehouse_migrations`.execute(db);
    const done = new Set(rows.map(({ id }) => id));
    return migrations.every(({ id }) => done.has(id)) ? undefined : UNMIGRATED;
  } catch (error) {
    return sqlState(error) === UNDEFINED_TABLE ? UNMIGRATED : AWAY;
  }
};

const AWAY = { waiting_for: 'database', message: 'The database does not answer.' };
const UNMIGRATED = {
  waiting_for: 'migrations',
  message: 'The database is not up to date: run "gatehouse migrate".',
};
/** SQLSTATE 42P01: there is no such table. */
const UNDEFINED_TABLE = '42P01';
