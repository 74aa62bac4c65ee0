// The spool of a machine: a folder on its disk, or none. Takes up the chain where the last process left it, and closes what
// that process could not.

import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { lostSeal, startEntry } from '../audit/lost.ts';
import {
  advanceSealed,
  appendLinks,
  appendShared,
  headInStore,
  listInherited,
  listUnsealed,
  sealLost,
} from '../audit/table.ts';
import type { Config } from '../config.ts';
import { newId } from '../ids.ts';
import type { Hashes, Log } from '../ports.ts';
import { directSpool } from '../spools/direct.ts';
import type { FileSpool } from '../spools/file.ts';
import { fileSpool } from '../spools/file.ts';
import type { Spool } from '../spools/spool.ts';
import { lockFolder } from '../stores/folder-lock.ts';
import type { Store } from '../stores/store.ts';
import { within } from '../within.ts';

type Means = {
  readonly now: () => number;
  readonly random: (bytes: number) => Uint8Array;
  readonly hashes: Hashes;
  readonly log: Log;
  readonly runtime: string;
  readonly version: string;
};

/** What the last process left must be in Postgres before it can be told what it never sealed. */
const CATCH_UP_MS = 30_000;

/** What nobody will end any more is looked for this often. */
const SWEEP_EVERY_MS = 5 * 60_000;
/** Stretches of a thousand entries that one pass reads: what eight hundred exchanges a second write meanwhile. */
const SWEPT_STRETCHES = 500;
/** A pass under way when we stop; what it did not come to is found by the next one, whoever makes it. */
const STOP_MS = 5_000;

/** Opens the spool that the configuration asks for; its `start` is durable when this resolves. */
export const openSpool = async (config: Config, store: Store, means: Means): Promise<Spool> => {
  const kind = config.GATEHOUSE_SPOOL;
  const { runtime, version } = means;
  if (kind === 'direct') {
    const spool = direct(store, means);
    await spool.append(startEntry(means.now(), { runtime, spool: kind, version }));
    return swept(store, spool, undefined, means);
  }
  const spool = await onDisk(config, store, means);
  const { set_aside, cut } = spool.found;
  await spool.append(startEntry(means.now(), { runtime, spool: kind, version, set_aside, cut }));
  await sealOwnLost(store, spool, means);
  return swept(store, spool, spool.writer, means);
};

/**
 * The same spool, and beside it, now and again: what processes without a disk left open is closed, whoever they were; and of
 * our `own` chain on a disk the place is moved on up to which all is sealed, so that the next start has little to read.
 */
const swept = (store: Store, spool: Spool, own: string | undefined, { now, log }: Means): Spool => {
  const pass = async (): Promise<void> => {
    const count = await sealLost(store.db, now(), SWEPT_STRETCHES);
    if (count > 0) log('warn', 'exchanges_lost', { count });
    if (own !== undefined) await advanceSealed(store.db, own, SWEPT_STRETCHES);
  };
  let running = Promise.resolve();
  const sweep = (): void => {
    running = running.then(pass).catch((error: unknown) => {
      log('warn', 'sweep_failed', { error: error instanceof Error ? error.name : 'unknown' });
    });
  };
  sweep();
  const timer = setInterval(sweep, SWEEP_EVERY_MS);
  return {
    ...spool,
    close: async () => {
      clearInterval(timer);
      await within(STOP_MS, running).catch(() => undefined);
      await spool.close();
    },
  };
};

const direct = (store: Store, { now, random }: Means): Spool =>
  directSpool({
    writer: newId('wr', now(), random(16)),
    grouped: true,
    now,
    put: async (writer, entries) => {
      await store.db.executeQuery(appendShared(store.db, writer, entries));
    },
  });

const onDisk = async (
  config: Config,
  store: Store,
  { now, random, hashes, log }: Means,
): Promise<FileSpool> => {
  const folder = join(config.GATEHOUSE_DATA, 'spool');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const unlock = lockFolder(folder);
  try {
    const spool = await fileSpool({
      folder,
      newWriter: () => newId('wr', now(), random(16)),
      sha256: hashes.sha256Hex,
      now,
      log: (event, words) => log('error', event, { words }),
      shippedHead: (writer) => headInStore(store.db, writer),
      ship: async (writer, links) => {
        await store.db.executeQuery(appendLinks(store.db, writer, links));
      },
      limitBytes: config.GATEHOUSE_SPOOL_BYTES,
      limitAgeMs: config.GATEHOUSE_SPOOL_AGE_S * 1000,
      strict: config.GATEHOUSE_AUDIT_STRICT,
    });
    return {
      ...spool,
      close: async () => {
        await spool.close();
        unlock();
      },
    };
  } catch (error) {
    unlock();
    throw error;
  }
};

/** Nothing of this process is under way yet, so whatever of its chain is open was lost with the one before. */
const sealOwnLost = async (store: Store, spool: FileSpool, { now, log }: Means): Promise<void> => {
  await spool.flush(CATCH_UP_MS);
  // A seal that still waits here would be written a second time.
  while (spool.state().waitingEntries > 0) {
    log('warn', 'spool_catching_up', { entries: spool.state().waitingEntries });
    await spool.flush(CATCH_UP_MS);
  }
  // A chain that was put aside is closed by the one that follows it: by its starts, for a start before this one may have been
  // killed before it came to that.
  for (const writer of await listInherited(store.db, spool.writer)) {
    const lost = await listUnsealed(store.db, writer);
    for (const { exchange, body } of lost) await spool.append(lostSeal(exchange, body, now()));
    if (lost.length > 0) log('warn', 'exchanges_lost', { count: lost.length, writer });
  }
};
