// The whole app on the ports it is given: proxy, operations and the admin face, with one onError.
import { Hono } from 'hono';
import { operations } from './operations.ts';
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
  operations(app, ports);
  app.get('/.well-known/gatehouse-audit-key', async (c) => {
    const { wellKnownKeys } = await import('./signing/endpoints.ts');
    return c.json(await wellKnownKeys(ports));
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
