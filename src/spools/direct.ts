// The spool without a disk: an entry is durable when Postgres has it. Entries that wait together leave together, in one
// statement, so sixty-four clients cost hardly more statements than one. Postgres numbers the chain.
import { textAround } from '../audit/chain.ts';
import { mustBeKeepable } from '../audit/keepable.ts';
import type { Entry } from '../audit/record.ts';
import { sqlState } from '../stores/store.ts';
import { within } from '../within.ts';
import type { Spool, SpoolState } from './spool.ts';
import { SpoolRefuses } from './spool.ts';

/** What a direct spool needs. `grouped` is off where a runtime forbids one request to wait for another's work (Workers). */
export type DirectSpoolMeans = {
  readonly writer: string;
  readonly grouped: boolean;
  readonly now: () => number;
  /** Puts entries into Postgres; rejects when it is not known to have them. Never called again for the same entries. */
  readonly put: (writer: string, entries: readonly Entry[]) => Promise<void>;
};

/** Entries in one statement. */
const BATCH = 256;
/** For so long after Postgres refused an entry we say that we take none; then somebody may try whether it does again. */
const BROKEN_MS = 5_000;
/** Entries that may wait; beyond it the gateway refuses rather than grows. */
const QUEUE = 10_000;

type Waiting = { readonly entry: Entry; readonly kept: () => void; readonly lost: (error: unknown) => void };

const settle = (batch: readonly Waiting[], error: unknown): void => {
  for (const { kept, lost } of batch) {
    if (error === undefined) kept();
    else lost(error);
  }
};

/** SQLSTATE class 22, data exception: the statement was read and refused as a whole. */
const isDataError = (error: unknown): boolean => sqlState(error)?.startsWith('22') === true;

/** The same put, and whether it failed a moment ago. */
const remembering = (
  tryPut: DirectSpoolMeans['put'],
  now: () => number,
): { readonly put: DirectSpoolMeans['put']; readonly isBroken: () => boolean } => {
  let failedAtMs = Number.NEGATIVE_INFINITY;
  return {
    put: async (writer, entries) => {
      try {
        await tryPut(writer, entries);
        failedAtMs = Number.NEGATIVE_INFINITY;
      } catch (error) {
        if (!isDataError(error)) failedAtMs = now();
        throw error;
      }
    },
    isBroken: () => now() - failedAtMs < BROKEN_MS,
  };
};

/** A spool straight into Postgres. */
export const directSpool = ({ writer, grouped, now, put: tryPut }: DirectSpoolMeans): Spool => {
  const waiting: Waiting[] = [];
  /** Entries of the statement under way. */
  let sent: readonly Waiting[] = [];
  let shipping: Promise<void> | undefined;
  let closed = false;
  const { put, isBroken } = remembering(tryPut, now);
  /** What went wrong, or undefined. Never rejects: whoever waits would wait for ever. */
  const tried = async (batch: readonly Waiting[]): Promise<unknown> => {
    try {
      await put(
        writer,
        batch.map(({ entry }) => entry),
      );
      return undefined;
    } catch (error) {
      return error ?? new Error('the store failed');
    }
  };
  const ship = async (): Promise<void> => {
    // Entries that are made in the same moment leave together.
    await Promise.resolve();
    while (waiting.length > 0) {
      sent = waiting.splice(0, BATCH);
      const error = await tried(sent);
      // What Postgres cannot read is one entry's fault, and the others must not pay for it.
      if (isDataError(error) && sent.length > 1) for (const one of sent) settle([one], await tried([one]));
      else settle(sent, error);
      sent = [];
    }
    shipping = undefined;
  };
  const state = (): SpoolState => ({
    writer,
    waitingEntries: waiting.length + sent.length,
    // Nothing is kept here: what waits, waits for an answer, and is lost with its exchange if there is none.
    waitingBytes: 0,
    oldestAtMs: (sent[0] ?? waiting[0])?.entry.atMs ?? null,
    limitBytes: 0,
    limitAgeMs: 0,
    refuses: waiting.length >= QUEUE ? 'full' : isBroken() ? 'broken' : null,
  });
  return {
    writer,
    append: async (entry) => {
      if (closed) throw new SpoolRefuses('closed');
      if (!grouped) return put(writer, [entry]);
      if (waiting.length >= QUEUE) throw new SpoolRefuses('full');
      // Before it meets the others: an entry that Postgres would refuse must not take them with it.
      mustBeKeepable(textAround(writer, entry).before);
      return new Promise<void>((kept, lost) => {
        waiting.push({ entry, kept, lost });
        shipping ??= ship();
      });
    },
    flush: async (timeoutMs) => {
      if (shipping === undefined) return;
      await within(timeoutMs, shipping).catch(() => undefined);
    },
    state,
    close: async () => {
      closed = true;
      await shipping;
    },
  };
};
