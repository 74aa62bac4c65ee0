// The gateway on Node: its ports on a machine, undici's sockets towards upstreams, node:http towards clients.
import { gateway } from '../gateway.ts';
import type { Assembled, Env } from './assemble.ts';
import { assemble, processConfig } from './assemble.ts';
import { lineLog } from './log.ts';
import { nodeFetch } from './node-fetch.ts';
import { giveBackMemory } from './node-memory.ts';
import { listen } from './node-server.ts';

export { processConfig as nodeConfig } from './assemble.ts';

/** A gateway that listens. */
export type Running = Pick<Assembled, 'applied' | 'embedded'> & {
  readonly host: string;
  readonly port: number;
  readonly dataFolder: string;
  /** Stops taking requests, lets replies end, and closes the store. */
  stop(): Promise<void>;
};

/** Replies under way when the process is told to stop have this long to end. */
const GRACE_MS = 25_000;

/** Starts a gateway. Throws what {@link assemble} does, or that the port is taken. */
export const startNode = async (env: Env): Promise<Running> => {
  const config = processConfig(env);
  const log = lineLog(config.GATEHOUSE_LOG, (line) => process.stderr.write(`${line}\n`));
  const upstreams = nodeFetch();
  const { ports, applied, embedded, close } = await assemble(config, {
    env,
    log,
    fetch: upstreams.fetch,
    runtime: 'node',
  });
  try {
    giveBackMemory();
    const server = await listen(gateway(ports), { host: config.GATEHOUSE_HOST, port: config.GATEHOUSE_PORT });
    return {
      host: config.GATEHOUSE_HOST,
      port: server.port,
      applied,
      embedded,
      dataFolder: config.GATEHOUSE_DATA,
      stop: async () => {
        await server.close(GRACE_MS);
        await upstreams.close();
        await close();
      },
    };
  } catch (error) {
    await close().catch(() => undefined);
    throw error;
  }
};
