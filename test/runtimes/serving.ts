// A node:http server for the tests of one client's connection.
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import type { NodeConnection } from '../../src/runtimes/node-connection.ts';
import { nodeConnection } from '../../src/runtimes/node-connection.ts';
import type { Peer } from './sockets.ts';
import { peer } from './sockets.ts';

const cleanups: (() => Promise<void> | void)[] = [];
/** Undoes `cleanup` when the test is over. */
export const later = (cleanup: () => Promise<void> | void): void => {
  cleanups.push(cleanup);
};
/** Runs what `later` was given, last first. */
export const cleanUp = async (): Promise<void> => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
};

type Seen = {
  readonly connection: NodeConnection;
  readonly incoming: IncomingMessage;
  readonly outgoing: ServerResponse;
};

/** A node:http server that gives every request to `run`. */
export const serve = async (run: (connection: NodeConnection, seen: Seen) => unknown) => {
  const seen: Seen[] = [];
  const failures: unknown[] = [];
  const server: Server = createServer((incoming, outgoing) => {
    const connection = nodeConnection(incoming, outgoing);
    const one = { connection, incoming, outgoing };
    seen.push(one);
    Promise.resolve(run(connection, one)).catch((error: unknown) => failures.push(error));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  later(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  const { port } = address;
  const dial = async (): Promise<Peer> => {
    const client = await peer(port);
    later(() => void client.socket.destroy());
    return client;
  };
  return { port, seen, failures, dial };
};
