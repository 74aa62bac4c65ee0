// record: opens the exchange's record, and seals it however the exchange ends.
import type { Ports, Step } from '../ports.ts';
import { Refusal } from '../refusal.ts';
import { openEntry, sealEntry } from './record.ts';
import { countStrangers } from './strangers.ts';

/** The first step. A record that cannot be opened stops the call; one that cannot be sealed stops the last frame. */
export const record = (ports: Ports): Step => {
  const strangers = countStrangers();
  /** What strangers did in minutes that are over; nobody waits for it. */
  const tell = (): void => {
    for (const entry of strangers.due(ports.now(), false)) {
      const told = ports.spool.append(entry).catch((error: unknown) => {
        strangers.again(entry, ports.now());
        throw error;
      });
      ports.defer(told);
    }
  };
  return async (c, next) => {
    const { exchange } = c.var;
    exchange.onEnd(async (outcome) => {
      const at = ports.now();
      const stranger = exchange.grant === undefined && outcome.ending === 'refused';
      tell();
      if (stranger && !strangers.met(exchange.connection.address, outcome.code, at)) return;
      await ports.spool.append(sealEntry(exchange, outcome, at)).catch(unavailable);
    });
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
};

const unavailable = (error: unknown): never => {
  throw new Refusal('audit_unavailable', { note: error instanceof Error ? error.name : 'unknown' });
};
