// The gateway all cells share, its upstream, and what its audit was told: whichever client asks, every exchange is seen here.
import type { Entry } from '../../src/audit/record.ts';
import type { Ports } from '../../src/ports.ts';
import { startConversing } from '../kit/conversing/index.ts';
import type { Parts } from '../kit/parts.ts';
import { startParts } from '../kit/parts.ts';
import type { Upstream } from '../kit/upstream.ts';
import type { Access } from './client.ts';
import { setupOf } from './setup.ts';

/** How long an exchange may take to be sealed. */
const SEAL_MS = 5_000;

/** The body of a seal. */
export type Seal = Readonly<Record<string, unknown>>;

/** A running gateway with its upstream. */
export interface Gate {
  readonly upstream: Upstream;
  readonly parts: Parts;
  readonly key: string;
  /** Where it is, for a client that may try again so often. */
  access(retries?: number): Access;
  /** Begins to watch: gives a function for the seals since then, as soon as there are `count` and nothing is under way. */
  watch(): (count: number) => Promise<readonly Seal[]>;
  stop(): Promise<void>;
}

/** Starts both. */
export const startGate = async (): Promise<Gate> => {
  const upstream = await startConversing();
  const entries: Entry[] = [];
  const waiting = new Set<() => void>();
  const parts = await startParts(setupOf(upstream.url), ({ spool, ...rest }: Ports): Ports => {
    const append = async (entry: Entry): Promise<void> => {
      await spool.append(entry);
      entries.push(entry);
      for (const look of waiting) look();
    };
    return { ...rest, spool: { ...spool, append } };
  });
  const key = parts.keys.apps ?? '';
  const watch = () => {
    const from = entries.length;
    const seals = () => entries.slice(from).filter(({ kind }) => kind === 'seal');
    const open = () =>
      entries
        .slice(from)
        .filter(
          ({ kind, exchange }) => kind === 'open' && !seals().some((seal) => seal.exchange === exchange),
        );
    return (count: number) =>
      new Promise<readonly Seal[]>((resolve, reject) => {
        const timer = setTimeout(() => {
          waiting.delete(look);
          reject(new Error(`${count} seals were expected: ${JSON.stringify(entries.slice(from))}`));
        }, SEAL_MS);
        const look = (): void => {
          if (seals().length < count || open().length > 0) return;
          clearTimeout(timer);
          waiting.delete(look);
          resolve(seals().map(({ body }) => body));
        };
        waiting.add(look);
        look();
      });
  };
  return {
    ...{ upstream, parts, key, watch },
    access: (retries = 0) => ({ url: parts.url, key, retries }),
    stop: async () => {
      await parts.stop();
      await upstream.stop();
    },
  };
};
