/**
 * A TCP relay in front of a server that can freeze: it takes connections and bytes as ever, and nothing comes back. What a
 * machine that hangs, or a firewall that forgot a connection, looks like from here.
 */
import type { AddressInfo, Socket } from 'node:net';
import { connect, createServer } from 'node:net';

/** A relay. */
export interface Relay {
  /** The address of the server behind it, with the relay's port. */
  readonly url: string;
  /** From now on nothing is passed on, on old connections and new ones. */
  freeze(): void;
  /** From now on new connections are passed on; the frozen ones are cut. */
  thaw(): void;
  stop(): Promise<void>;
}

/** Starts a relay to the host and port of `to`. */
export async function startRelay(to: string): Promise<Relay> {
  const { hostname, port } = new URL(to);
  const sockets = new Set<Socket>();
  let frozen = false;
  const server = createServer((near) => {
    const own = [near];
    if (!frozen) {
      const far = connect(Number(port), hostname);
      own.push(far);
      near.on('data', (bytes) => void (frozen || far.write(bytes)));
      far.on('data', (bytes) => void (frozen || near.write(bytes)));
    } else near.resume();
    for (const socket of own) {
      sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        sockets.delete(socket);
        for (const other of own) other.destroy();
      });
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = new URL(to);
  url.hostname = '127.0.0.1';
  url.port = String((server.address() as AddressInfo).port); // it listens on a port
  const cut = (): void => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    url: url.href,
    freeze: () => {
      frozen = true;
    },
    thaw: () => {
      frozen = false;
      cut();
    },
    stop: async () => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      cut();
      await closed;
    },
  };
}
