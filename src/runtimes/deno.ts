// The gateway on Deno: `deno run --allow-net --allow-env --allow-read --allow-sys src/runtimes/deno.ts`. Its ports on a
// machine, undici's sockets towards upstreams (see fetch-port.ts), Deno.serve towards clients. It writes no files, so
// DATABASE_URL is needed.
import { gateway } from '../gateway.ts';
import { assemble, processConfig } from './assemble.ts';
import { fetchConnection } from './fetch-connection.ts';
import { lineLog } from './log.ts';
import { nodeFetch } from './node-fetch.ts';

/** What this file uses of Deno, whose types would clash with Node's. */
declare const Deno: {
  readonly env: { toObject(): Record<string, string> };
  serve(
    options: {
      readonly hostname: string;
      readonly port: number;
      onListen(address: { readonly port: number }): void;
    },
    answer: (
      request: Request,
      info: { readonly remoteAddr: { readonly hostname: string } },
    ) => Response | Promise<Response>,
  ): { shutdown(): Promise<void> };
  addSignalListener(signal: 'SIGTERM' | 'SIGINT', listener: () => void): void;
  exit(code: number): never;
};

/** Replies under way when the process is told to stop have this long to end. */
const GRACE_MS = 25_000;

const start = async (): Promise<void> => {
  const env = Deno.env.toObject();
  const config = processConfig(env);
  if (config.DATABASE_URL === undefined) throw new Error('DATABASE_URL: needed on Deno');
  const log = lineLog(config.GATEHOUSE_LOG, (line) => console.error(line));
  const upstreams = nodeFetch();
  const { ports, applied, close } = await assemble(config, {
    env,
    log,
    fetch: upstreams.fetch,
    runtime: 'deno',
  });
  const app = gateway(ports);
  const server = Deno.serve(
    {
      hostname: config.GATEHOUSE_HOST,
      port: config.GATEHOUSE_PORT,
      onListen: ({ port }) => {
        const host = config.GATEHOUSE_HOST.includes(':')
          ? `[${config.GATEHOUSE_HOST}]`
          : config.GATEHOUSE_HOST;
        console.log(`Gatehouse is ready: http://${host}:${port}/v1`);
        for (const { name, key } of applied?.minted ?? [])
          console.log(`  key "${name}", shown this once: ${key}`);
      },
    },
    (request, { remoteAddr }) => app.fetch(request, fetchConnection(request, remoteAddr.hostname)),
  );
  let isStopping = false;
  const stop = (): void => {
    if (isStopping) return;
    isStopping = true;
    setTimeout(() => Deno.exit(1), GRACE_MS);
    server
      .shutdown()
      .then(upstreams.close)
      .then(close)
      .then(
        () => Deno.exit(0),
        () => Deno.exit(1),
      );
  };
  Deno.addSignalListener('SIGTERM', stop);
  Deno.addSignalListener('SIGINT', stop);
};

try {
  await start();
} catch (error) {
  console.error(error instanceof Error ? error.message : 'the gateway did not start');
  Deno.exit(1);
}
