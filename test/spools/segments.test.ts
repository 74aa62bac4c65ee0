// What a folder of the file spool is worth after a crash, a power cut, a flipped bit or a restored backup.
import { copyFileSync, cpSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { linesIn } from '../../src/spools/file-lines.ts';
import { filled, newest, reopened, segments } from './folders.ts';
import { entryOf, freshFolder, Ledger, openSpool } from './ledger.ts';

describe('a torn end', () => {
  it('at every byte of the last line is cut off, kept aside, and the chain goes on', async () => {
    const base = freshFolder();
    const writer = await filled(base, [1, 1]);
    const whole = readFileSync(newest(base));
    const last = [...linesIn(whole)].at(-1)?.start ?? 0;
    const at = async (end: number): Promise<void> => {
      const folder = join(dirname(base), `cut-${end}`);
      cpSync(base, folder, { recursive: true });
      writeFileSync(newest(folder), whole.subarray(0, end));
      const after = await reopened(folder);
      expect(after.exchanges).toEqual(['ex_0_0', 'ex_next']);
      expect(after.writer).toBe(writer);
      expect(after.found.cut?.what).toBe(end === last ? undefined : 'torn');
      if (after.found.cut === null) return;
      const kept = join(folder, after.found.cut.folder, 'spool-000000000001.log');
      expect(readFileSync(kept)).toEqual(whole.subarray(last, end));
    };
    await Promise.all(Array.from({ length: whole.length - last }, (_, index) => at(last + index)));
  });

  it('of a batch whose pages reached the disk in any order loses that batch from its first bad line on', async () => {
    const base = freshFolder();
    await filled(base, [2, 5]);
    const whole = readFileSync(newest(base));
    const lines = [...linesIn(whole)].slice(2);
    for (const [bad, line] of lines.entries()) {
      const folder = join(dirname(base), `hole-${bad}`);
      cpSync(base, folder, { recursive: true });
      // A page that never came reads as zeros.
      writeFileSync(newest(folder), Buffer.from(whole).fill(0, line.start, line.end));
      const after = await reopened(folder);
      expect(after.exchanges).toEqual([
        'ex_0_0',
        'ex_0_1',
        ...[0, 1, 2, 3, 4].slice(0, bad).map((index) => `ex_1_${index}`),
        'ex_next',
      ]);
      expect(after.found.cut).toMatchObject({ what: 'torn', after_seq: 2 + bad });
    }
  });

  it('that is the first line of all leaves an empty chain that begins', async () => {
    const folder = freshFolder();
    await filled(folder, [1]);
    writeFileSync(newest(folder), readFileSync(newest(folder)).subarray(0, 100));
    expect((await reopened(folder)).exchanges).toEqual(['ex_next']);
  });

  it('of a new, still empty segment leaves nothing behind', async () => {
    const folder = freshFolder();
    const writer = await filled(folder, [2]);
    writeFileSync(join(folder, 'spool-000000000003.log'), '');
    const after = await reopened(folder);
    expect(after).toMatchObject({ writer, exchanges: ['ex_0_0', 'ex_0_1', 'ex_next'], found: { cut: null } });
    expect((await reopened(folder, after.ledger)).exchanges).toEqual([
      'ex_0_0',
      'ex_0_1',
      'ex_next',
      'ex_next',
    ]);
  });

  it('after entries that Postgres has takes nothing from the chain', async () => {
    const folder = freshFolder();
    const { ledger, writer } = await reopened(folder);
    writeFileSync(newest(folder), Buffer.concat([readFileSync(newest(folder)), Buffer.from('0123')]));
    const after = await reopened(folder, ledger);
    expect(after).toMatchObject({
      writer,
      exchanges: ['ex_next', 'ex_next'],
      found: { cut: { what: 'torn', bytes: 4 } },
    });
  });
});

describe('lines that had been durable', () => {
  it('and are damaged end the chain there: what comes after is kept aside, told of, and never silently dropped', async () => {
    const base = freshFolder();
    const writer = await filled(base, [1, 2, 1, 1]);
    const whole = readFileSync(newest(base));
    for (const [index, line] of [...linesIn(whole)].slice(0, 4).entries()) {
      if (index === 0) continue;
      const folder = join(dirname(base), `rot-${index}`);
      cpSync(base, folder, { recursive: true });
      const bytes = Buffer.from(whole);
      bytes.writeUInt8(bytes.readUInt8(line.start + 90) ^ 1, line.start + 90);
      writeFileSync(newest(folder), bytes);
      const after = await reopened(folder);
      expect(after.writer).toBe(writer);
      expect(after.exchanges).toEqual([
        ...['ex_0_0', 'ex_1_0', 'ex_1_1', 'ex_2_0'].slice(0, index),
        'ex_next',
      ]);
      expect(after.found.cut).toMatchObject({
        what: 'damaged',
        after_seq: index,
        bytes: whole.length - line.start,
      });
      expect(readFileSync(join(folder, after.found.cut?.folder ?? '', 'spool-000000000001.log'))).toEqual(
        bytes.subarray(line.start),
      );
    }
  });

  it('in a segment before the last take the later ones aside with them', async () => {
    const folder = freshFolder();
    await filled(folder, [1, 1, 1, 1], 1);
    const [, second = ''] = segments(folder);
    writeFileSync(second, readFileSync(second).fill(0, 70, 90));
    const after = await reopened(folder);
    expect(after.exchanges).toEqual(['ex_0_0', 'ex_next']);
    expect(after.found.cut).toMatchObject({ what: 'damaged', after_seq: 1 });
    expect(readdirSync(join(folder, after.found.cut?.folder ?? '')).sort()).toEqual(
      [2, 3, 4].map((seq) => `spool-00000000000${seq}.log`),
    );
  });

  it('that Postgres has may be damaged as they like', async () => {
    const folder = freshFolder();
    const ledger = new Ledger();
    const first = await openSpool(folder, ledger);
    await first.append(entryOf('ex_1'));
    await first.append(entryOf('ex_2'));
    await first.flush(5_000);
    ledger.away = true;
    await first.append(entryOf('ex_3'));
    await first.close();
    ledger.away = false;
    const bytes = readFileSync(newest(folder));
    const lines = [...linesIn(bytes)];
    for (const line of lines.slice(0, 2)) bytes.fill(0, line.start, line.end - 1);
    writeFileSync(newest(folder), bytes);
    expect(await reopened(folder, ledger)).toMatchObject({
      exchanges: ['ex_1', 'ex_2', 'ex_3', 'ex_next'],
      found: { cut: null, set_aside: [] },
    });
  });
});

describe('segments', () => {
  it('follow one another over restarts, and go when Postgres has them, all but the newest', async () => {
    const folder = freshFolder();
    const ledger = new Ledger();
    ledger.away = true;
    const expected: string[] = [];
    for (let restart = 0; restart < 4; restart++) {
      const spool = await openSpool(folder, ledger, { segmentBytes: 600 });
      for (let index = 0; index < 7; index++) {
        expected.push(`ex_${restart}_${index}`);
        await spool.append(entryOf(`ex_${restart}_${index}`));
      }
      await spool.close();
    }
    expect(segments(folder).length).toBeGreaterThan(6);
    ledger.away = false;
    const spool = await openSpool(folder, ledger, { segmentBytes: 600 });
    await spool.flush(5_000);
    expect(ledger.exchanges(spool.writer)).toEqual(expected);
    await expect.poll(() => segments(folder).length).toBe(1);
    await spool.append(entryOf('ex_last'));
    await spool.flush(5_000);
    await spool.close();
    expect(ledger.exchanges(spool.writer)).toEqual([...expected, 'ex_last']);
  });

  it('are released while others are written, and nothing is lost between', async () => {
    const folder = freshFolder();
    const ledger = new Ledger();
    const spool = await openSpool(folder, ledger, { segmentBytes: 2_000 });
    const names = Array.from({ length: 600 }, (_, index) => `ex_${index}`);
    for (const [index, name] of names.entries()) {
      if (index % 50 === 0) ledger.away = !ledger.away;
      await spool.append(entryOf(name));
    }
    ledger.away = false;
    await spool.flush(10_000);
    expect(ledger.exchanges(spool.writer)).toEqual(names);
    await spool.close();
    expect((await reopened(folder, ledger)).exchanges).toEqual([...names, 'ex_next']);
  });

  it('that came back after they had been removed are passed over', async () => {
    const folder = freshFolder();
    const ledger = new Ledger();
    const spool = await openSpool(folder, ledger, { segmentBytes: 1 });
    await spool.append(entryOf('ex_1'));
    copyFileSync(newest(folder), `${newest(folder)}.copy`);
    for (const name of ['ex_2', 'ex_3']) await spool.append(entryOf(name));
    await spool.flush(5_000);
    await spool.close();
    // A power cut may undo a removal, and not the next one.
    const first = join(folder, 'spool-000000000001.log');
    rmSync(first, { force: true });
    copyFileSync(`${first}.copy`, first);
    expect(await reopened(folder, ledger)).toMatchObject({
      exchanges: ['ex_1', 'ex_2', 'ex_3', 'ex_next'],
      found: { cut: null, set_aside: [] },
    });
    expect(existsSync(first)).toBe(false);
  });
});
