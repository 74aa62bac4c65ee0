// The whole app on the ports it is given: proxy, operations and the admin face, with one onError.
import { Hono } from 'hono';
import { sql } from 'kysely';
import type { GatehouseEnv, Ports } from './ports.ts';
import { mustBeGoverned, proxy, refuseExchange } from './proxy.ts';

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
    try {
      await sql`select 1`.execute(ports.store.db);
      return c.json({ status: 'ready' });
    } catch {
      return c.json({ status: 'not ready', waiting_for: 'database' }, 503);
    }
  });
  // Loaded when first asked for: most processes serve models, and the admin face is half of the program.
  let admin: Promise<{ fetch(request: Request): Response | Promise<Response> }> | undefined;
  app.all('/admin/*', async (c) => {
    admin ??= import('./admin.ts').then((module) => module.admin(ports));
    return (await admin).fetch(c.req.raw);
  });
  mustBeGoverned(app);
  return app;
};
