// A subject: the gateway as it is, with its audit or with a spool that keeps nothing. `node audit-gateway.ts on|off`; settings as
// for the gateway. The product has no such switch, and gets none.
import { gateway } from '../../src/gateway.ts';
import { assemble, processConfig } from '../../src/runtimes/assemble.ts';
import { lineLog } from '../../src/runtimes/log.ts';
import { nodeFetch } from '../../src/runtimes/node-fetch.ts';
import { listen } from '../../src/runtimes/node-server.ts';
import { forgetful } from './forgetful.ts';

const { env } = process;
const upstreams = nodeFetch();
const { ports, applied, close } = await assemble(processConfig(env), {
  env,
  log: lineLog('error', (line) => process.stderr.write(`${line}\n`)),
  fetch: upstreams.fetch,
  runtime: 'node',
});
const spool = process.argv[2] === 'off' ? forgetful(ports.spool) : ports.spool;
const server = await listen(gateway({ ...ports, spool }), { host: '127.0.0.1', port: 0 });
for (const { key } of applied?.minted ?? []) console.log(`key ${key}`);
console.log(`listening on ${server.port}`);
process.once('SIGTERM', () => {
  void server
    .close(1_000)
    .then(() => upstreams.close())
    .then(() => close())
    .finally(() => process.exit(0));
});
