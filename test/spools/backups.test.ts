// A database or a folder that is older than the other: no fork, no gap, and nothing thrown away.
import { copyFileSync, cpSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { filled, reopened, segments } from './folders.ts';
import { entryOf, freshFolder, Ledger, openSpool } from './ledger.ts';

describe('a database or a folder from a backup', () => {
  it('an older database gets back what the folder still has', async () => {
    const folder = freshFolder();
    const { ledger, writer } = await reopened(folder);
    ledger.of(writer).length = 0;
    expect(await reopened(folder, ledger)).toMatchObject({ writer, exchanges: ['ex_next', 'ex_next'] });
  });

  it('a database older than what the folder has: a new chain, and the old one aside', async () => {
    const folder = freshFolder();
    const ledger = new Ledger();
    const spool = await openSpool(folder, ledger, { segmentBytes: 1 });
    for (const name of ['ex_1', 'ex_2', 'ex_3']) await spool.append(entryOf(name));
    await spool.flush(5_000);
    await spool.close();
    ledger.of(spool.writer).length = 1;
    const after = await reopened(folder, ledger);
    expect(after.writer).not.toBe(spool.writer);
    expect(after.exchanges).toEqual(['ex_next']);
    expect(after.found.set_aside).toMatchObject([
      { why: 'gap', writer: spool.writer, entries: 1, last_seq: 3 },
    ]);
    expect(readdirSync(join(folder, `aside-${spool.writer}`)).sort()).toEqual([
      'spool-000000000003.log',
      'writer',
    ]);
  });

  it('an older folder goes on where Postgres is', async () => {
    const folder = freshFolder();
    const { ledger, writer } = await reopened(folder);
    const backup = join(dirname(folder), 'backup');
    cpSync(folder, backup, { recursive: true });
    await reopened(folder, ledger);
    const after = await reopened(backup, ledger);
    expect(after).toMatchObject({
      writer,
      exchanges: ['ex_next', 'ex_next', 'ex_next'],
      found: { set_aside: [] },
    });
  });

  it('a folder with entries in places that Postgres gave to others is put aside whole', async () => {
    const folder = freshFolder();
    const { ledger } = await reopened(folder);
    const backup = join(dirname(folder), 'backup');
    cpSync(folder, backup, { recursive: true });
    await reopened(folder, ledger);
    const spool = await openSpool(backup, ledger, {
      ship: () => Promise.reject(new Error('away')),
      shippedHead: async (writer) =>
        ledger
          .of(writer)
          .slice(0, 1)
          .map(({ seq, hash }) => ({ seq, hash }))[0],
    });
    await spool.append(entryOf('ex_other'));
    await spool.close();
    const after = await reopened(backup, ledger);
    expect(after.writer).not.toBe(spool.writer);
    expect(after.found.set_aside).toMatchObject([{ why: 'forked', writer: spool.writer }]);
  });

  it('that half moved aside is moved the rest of the way', async () => {
    const folder = freshFolder();
    const ledger = new Ledger();
    const writer = await filled(folder, [1, 1, 1], 1);
    const aside = join(folder, `aside-${writer}`);
    mkdirSync(aside);
    const [first = ''] = segments(folder);
    copyFileSync(first, join(aside, 'spool-000000000001.log'));
    rmSync(first);
    const after = await reopened(folder, ledger);
    expect(after.writer).not.toBe(writer);
    expect(readdirSync(aside).sort()).toEqual([
      'spool-000000000001.log',
      'spool-000000000002.log',
      'spool-000000000003.log',
      'writer',
    ]);
  });

  it('a folder that does not say whose it is does not start', async () => {
    const folder = freshFolder();
    await filled(folder, [1]);
    writeFileSync(join(folder, 'writer'), '\0\0\0');
    await expect(openSpool(folder, new Ledger())).rejects.toThrow("holds no writer's id");
  });
});
