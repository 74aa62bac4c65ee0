// The spool without a disk: an entry is durable when Postgres has it. Entries that wait together leave together, in one
// statement, so sixty-four clients cost hardly more statements than one.
import type { Placed } from '../audit/table.ts';
import { appendEntries } from '../audit/table.ts';
import type { Db } from '../stores/store.ts';
import { sqlState } from '../stores/store.ts';
import type { Spool } from './spool.ts';

/** Entries in one statement. */
const BATCH = 256;
/** Entries that may wait; beyond it the gateway refuses rather than grows. */
const QUEUE = 10_000;

type Waiting = Placed & { readonly kept: () => void; readonly lost: (error: unknown) => void };

/** Too many entries wait for Postgres. */
export class SpoolFull extends Error {}

const settle = (batch: readonly Waiting[], error: unknown): void => {
  for (const { kept, lost } of batch) {
    if (error === undefined) kept();
    else lost(error);
  }
};

/** SQLSTATE class 22, data exception: the statement was read and refused as a whole. */
const isDataError = (error: unknown): boolean => sqlState(error)?.startsWith('22') === true;

/**
 * A spool straight into Postgres. `grouped` joins the entries of concurrent exchanges; it is off where a runtime forbids one
 * request to wait for another's work (Workers).
 */
export const directSpool = (db: Db, writer: string, grouped: boolean): Spool => {
  let seq = 0;
  let waiting: Waiting[] = [];
  let shipping: Promise<void> | undefined;
  /** What went wrong, or undefined. Never rejects: whoever waits would wait for ever. */
  const append = async (batch: readonly Waiting[]): Promise<unknown> => {
    try {
      await db.executeQuery(appendEntries(db, writer, batch));
      return undefined;
    } catch (error) {
      return error ?? new Error('the store failed');
    }
  };
  const ship = async (): Promise<void> => {
    while (waiting.length > 0) {
      const batch = waiting.slice(0, BATCH);
      waiting = waiting.slice(BATCH);
      const error = await append(batch);
      // What Postgres cannot read is one entry's fault, and the others must not pay for it.
      if (isDataError(error) && batch.length > 1) for (const one of batch) settle([one], await append([one]));
      else settle(batch, error);
    }
    shipping = undefined;
  };
  return {
    writer,
    append: async (entry) => {
      const placed = { seq: ++seq, entry };
      if (!grouped) {
        await db.executeQuery(appendEntries(db, writer, [placed]));
        return;
      }
      if (waiting.length >= QUEUE) throw new SpoolFull();
      await new Promise<void>((kept, lost) => {
        waiting.push({ ...placed, kept, lost });
        shipping ??= Promise.resolve().then(ship);
      });
    },
    flush: async () => {
      await shipping;
    },
  };
};
