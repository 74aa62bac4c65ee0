// A door in front of a server: it can be shut for a while, and it can swallow what the server answers.
import type { AddressInfo, Socket } from 'node:net';
import { connect, createServer } from 'node:net';

/** A running door. */
export type Door = {
  readonly port: number;
  /** `shut`: connections are broken off. `mute`: the server hears, and whoever asked hears nothing. */
  turn(to: 'open' | 'shut' | 'mute'): void;
  /** How often the server answered and was not heard. */
  swallowed(): number;
  stop(): Promise<void>;
};

/** A door to a port of this machine, open. */
export const openDoor = async (behind: number): Promise<Door> => {
  let state: 'open' | 'shut' | 'mute' = 'open';
  let swallowed = 0;
  const inside = new Set<Socket>();
  const server = createServer((client) => {
    if (state === 'shut') {
      client.destroy();
      return;
    }
    const upstream = connect(behind, '127.0.0.1');
    for (const socket of [client, upstream]) {
      inside.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        inside.delete(socket);
        client.destroy();
        upstream.destroy();
      });
    }
    client.pipe(upstream);
    upstream.on('data', (bytes) => {
      if (state === 'open') {
        client.write(bytes);
        return;
      }
      swallowed++;
      client.destroy();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    turn: (to) => {
      state = to;
      if (to === 'shut') for (const socket of inside) socket.destroy();
    },
    swallowed: () => swallowed,
    stop: async () => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      for (const socket of inside) socket.destroy();
      await closed;
    },
  };
};
