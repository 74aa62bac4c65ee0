// A subject: a bare Hono pass-through with the global `fetch`, as a tutorial writes it. `node pass-through.ts UPSTREAM`.
import { serve } from '@hono/node-server';
import { Hono } from 'hono';
import { PATH } from './wire.ts';

const [upstream = ''] = process.argv.slice(2);
const app = new Hono();
app.post(PATH, async (c) =>
  fetch(`${upstream}${PATH}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    // Cheaper here than the stream that it comes as.
    body: await c.req.arrayBuffer(),
  }),
);
const server = serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' }, ({ port }) => {
  console.log(`listening on ${port}`);
});
process.once('SIGTERM', () => server.close(() => process.exit(0)));
