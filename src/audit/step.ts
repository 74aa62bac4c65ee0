// record: opens the exchange's record, and seals it however the exchange ends.
import type { Ports, Step } from '../ports.ts';
import { Refusal } from '../refusal.ts';
import { openEntry, sealEntry } from './record.ts';

/** The first step. A record that cannot be opened stops the call; one that cannot be sealed stops the last frame. */
export const record =
  (ports: Ports): Step =>
  async (c, next) => {
    const { exchange } = c.var;
    exchange.onEnd((outcome) =>
      ports.spool.append(sealEntry(exchange, outcome, ports.now())).catch(unavailable),
    );
    let opened: Promise<void> | undefined;
    exchange.ledger = {
      open: () => {
        opened ??= ports.spool.append(openEntry(exchange, ports.now()));
        // `opened()` is what waits for it; until then a failure must not count as unhandled.
        opened.catch(() => undefined);
      },
      opened: async () => {
        if (opened === undefined) throw new Error('the record was never opened');
        await opened.catch(unavailable);
      },
    };
    await next();
  };

const unavailable = (error: unknown): never => {
  throw new Refusal('audit_unavailable', { note: error instanceof Error ? error.name : 'unknown' });
};
