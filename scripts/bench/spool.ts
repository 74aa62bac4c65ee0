// How many entries a second the file spool makes durable, and how long one waits for the disk: `node scripts/bench/spool.ts
// [FOLDER] [MS]`. What it ships goes nowhere: Postgres's part is seen in the gateway's rows.
import { closeSync, fdatasyncSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { newId } from '../../src/ids.ts';
import { hashes as fast } from '../../src/runtimes/hashes.ts';
import { fileSpool } from '../../src/spools/file.ts';
import { seeded } from '../../test/kit/ledger.ts';
import { entryOf } from './entries.ts';

/** Exchanges at once; each waits for its entry before it writes the next. */
const AT_ONCE = [1, 64, 512];
const SYNCS = 200;

const folder = mkdtempSync(join(process.argv[2] ?? tmpdir(), 'spool-'));
const forMs = Number(process.argv[3] ?? 2_000);
const random = seeded(1);
const bytes = (count: number): Uint8Array =>
  Uint8Array.from({ length: count }, () => Math.floor(random() * 256));
const p50 = (times: number[]): number => times.sort((a, b) => a - b)[Math.floor(times.length / 2)] ?? 0;

/** What the disk itself takes for a line of an entry's length: the floor of all that waits for it. */
const syncMs = (): number => {
  const file = openSync(join(folder, 'sync'), 'w');
  const line = Buffer.alloc(1_000, 'x');
  const times = Array.from({ length: SYNCS }, () => {
    const begun = performance.now();
    writeSync(file, line);
    fdatasyncSync(file);
    return performance.now() - begun;
  });
  closeSync(file);
  return p50(times);
};

const measured = async (atOnce: number) => {
  const spool = await fileSpool({
    folder: join(folder, `spool-${atOnce}`),
    newWriter: () => newId('wr', Date.now(), bytes(16)),
    sha256: fast.sha256Hex,
    now: Date.now,
    log: (event, words) => console.error(event, words),
    shippedHead: () => Promise.resolve(undefined),
    ship: () => Promise.resolve(),
    limitBytes: 256 * 1024 * 1024,
    limitAgeMs: 3_600_000,
  });
  const times: number[] = [];
  const begun = performance.now();
  const cpu = process.cpuUsage();
  const one = async (): Promise<void> => {
    while (performance.now() - begun < forMs) {
      const exchange = newId('ex', Date.now(), bytes(16));
      for (const kind of ['open', 'seal'] as const) {
        const asked = performance.now();
        await spool.append(entryOf(kind, exchange, Date.now()));
        times.push(performance.now() - asked);
      }
    }
  };
  await Promise.all(Array.from({ length: atOnce }, one));
  const seconds = (performance.now() - begun) / 1_000;
  const { user, system } = process.cpuUsage(cpu);
  await spool.close();
  const entries = times.length;
  return { atOnce, perSecond: entries / seconds, p50: p50(times), cpuUs: (user + system) / entries };
};

try {
  const disk = syncMs();
  const rows = [];
  // The first is for the compiler.
  await measured(64);
  rmSync(join(folder, 'spool-64'), { recursive: true });
  for (const atOnce of AT_ONCE) rows.push(await measured(atOnce));
  console.log(`told ${JSON.stringify({ syncMs: disk, rows })}`);
} finally {
  rmSync(folder, { recursive: true });
}
