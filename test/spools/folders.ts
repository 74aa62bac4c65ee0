// Folders of the file spool as tests find them: filled, and opened again.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { entryOf, Ledger, openSpool } from './ledger.ts';

/** The folder's segments, oldest first. */
export const segments = (folder: string): string[] =>
  readdirSync(folder)
    .filter((name) => name.endsWith('.log'))
    .sort()
    .map((name) => join(folder, name));

/** The one that was written last. */
export const newest = (folder: string): string => segments(folder).at(-1) ?? '';

/** A folder with batches of entries that Postgres has not: `ex_<batch>_<index>`. */
export const filled = async (
  folder: string,
  batches: readonly number[],
  segmentBytes = 1 << 20,
): Promise<string> => {
  const ledger = new Ledger();
  ledger.away = true;
  const spool = await openSpool(folder, ledger, { segmentBytes });
  for (const [batch, entries] of batches.entries()) {
    await Promise.all(
      Array.from({ length: entries }, (_, index) =>
        spool.append(entryOf(`ex_${batch}_${index}`, 'open', { pad: 'é'.repeat(20) })),
      ),
    );
  }
  await spool.close();
  return spool.writer;
};

/** Opens the folder, appends one entry, and gives what reaches the ledger. */
export const reopened = async (folder: string, ledger = new Ledger()) => {
  const spool = await openSpool(folder, ledger);
  const { found, writer } = spool;
  await spool.append(entryOf('ex_next'));
  await spool.flush(5_000);
  await spool.close();
  return { found, writer, exchanges: ledger.exchanges(writer), ledger };
};
