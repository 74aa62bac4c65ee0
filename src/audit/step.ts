// record: opens the exchange's record, and seals it however the exchange ends.
import type { Exchange } from '../exchange.ts';
import type { Ports, Step } from '../ports.ts';
import { Refusal } from '../refusal.ts';
import { openEntry, sealEntry } from './record.ts';
import type { Strangers } from './strangers.ts';
import { countStrangers, PROBED } from './strangers.ts';

/** One count of strangers a gateway, whichever of its pipelines they come by. */
const toldOf = new WeakMap<Ports, Told>();

type Told = {
  readonly strangers: Strangers;
  /** Writes what strangers did in minutes that are over, or (`all`) in the one under way too. */
  due(all: boolean): Promise<void>[];
};

const strangersOf = (ports: Ports): Told => {
  const known = toldOf.get(ports);
  if (known !== undefined) return known;
  const strangers = countStrangers();
  const due = (all: boolean): Promise<void>[] =>
    strangers.due(ports.now(), all).map((entry) =>
      ports.spool.append(entry).catch((error: unknown) => {
        strangers.again(entry, ports.now());
        throw error;
      }),
    );
  ports.atStop(() => Promise.all(due(true)));
  const told = { strangers, due };
  toldOf.set(ports, told);
  return told;
};

/**
 * The first step. A record that cannot be opened stops the call; one that cannot be sealed stops the last frame, unless the
 * operator would rather not wait for that (`GATEHOUSE_AUDIT_STRICT`).
 */
export const record = (ports: Ports): Step => {
  const { strangers, due } = strangersOf(ports);
  return async (c, next) => {
    const { exchange } = c.var;
    let opened: Promise<void> | undefined;
    exchange.onEnd(async (outcome) => {
      const at = ports.now();
      const isProbe = exchange.endpoint === 'probe';
      const stranger = exchange.grant === undefined && (isProbe || outcome.ending === 'refused');
      const told = isProbe && outcome.ending === 'complete' ? PROBED : outcome.code;
      // Nobody waits for it.
      for (const entry of due(false)) ports.defer(entry);
      const { connection, unidentified } = exchange;
      if (stranger && !strangers.met(connection.address, told, at, unidentified)) return;
      const sealed = ports.spool.append(sealEntry(exchange, outcome, at));
      if (ports.strictAudit) await sealed.catch((error: unknown) => notSealed(error, opened));
      else ports.defer(sealed.catch((error: unknown) => tellUnsealed(ports, exchange, error)));
    });
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

const nameOf = (error: unknown): string => (error instanceof Error ? error.name : 'unknown');

const unavailable = (error: unknown): never => {
  throw new Refusal('audit_unavailable', { note: nameOf(error) });
};

/** Nobody waited for the seal. What is wrong with the spool /readyz and /metrics tell; which exchange it was is told here. */
const tellUnsealed = ({ log }: Ports, exchange: Exchange, error: unknown): void =>
  log('error', 'record_not_sealed', { exchange: exchange.id, error: nameOf(error) });

/** With its record open something may have been sent, and some of the answer given; without, nothing was. */
const notSealed = async (error: unknown, opened: Promise<void> | undefined): Promise<never> => {
  if (opened === undefined) return unavailable(error);
  await opened.catch(unavailable);
  throw new Refusal('audit_unsealed', { note: nameOf(error) });
};
