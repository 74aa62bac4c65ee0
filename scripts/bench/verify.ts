// How many records a second `gatehouse audit verify` checks, on one core: `node scripts/bench/verify.ts [RECORDS] [FILE]`.
// Makes an export like a gateway's own, four writers and a checkpoint every 5000 entries, and verifies it as the CLI does.
import { execFileSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, rmSync, statSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Head } from '../../src/audit/chain.ts';
import { GENESIS, headOf, monthOf, nextLink } from '../../src/audit/chain.ts';
import { newSigningKey, signed } from '../../src/audit/checkpoint.ts';
import { Cover } from '../../src/audit/cover.ts';
import { checkpointLine, ExportTally, endLine, entryLine, headLine } from '../../src/audit/export-lines.ts';
import { newId } from '../../src/ids.ts';
import { hashes, NOW_MS, seeded } from '../../test/kit/ledger.ts';
import { entryOf } from './entries.ts';

const WRITERS = 4;
/** Two entries a record. */
const SECTION_RECORDS = 2500;
const TURNS = 3;

/** Whole sections. */
const records = Math.ceil(Number(process.argv[2] ?? 200_000) / SECTION_RECORDS) * SECTION_RECORDS;
const folder = mkdtempSync(join(tmpdir(), 'gatehouse-bench-'));
const path = process.argv[3] ?? join(folder, 'export.ndjson');
const random = seeded(1);
const bytes = (count: number): Uint8Array =>
  Uint8Array.from({ length: count }, () => Math.floor(random() * 256));

const make = async (): Promise<void> => {
  const key = await newSigningKey(hashes.hex);
  const file = openSync(path, 'w');
  const madeAt = new Date(NOW_MS).toISOString();
  const head = headLine({
    gatehouse: 'audit',
    v: 1,
    made_at: madeAt,
    keys: [key.public],
    rotations: [],
    after: null,
    heads: [],
    tombstones: [],
  });
  writeSync(file, head);
  const tally = new ExportTally(hashes.hex);
  const heads = new Map<string, Head>();
  const writers = Array.from({ length: WRITERS }, () => newId('wr', NOW_MS, bytes(16))).sort();
  let atMs = NOW_MS - 86_400_000;
  let previous: string | null = null;
  for (let done = 0, number = 1; done < records; number++) {
    const cover = new Cover(hashes.hex, heads);
    for (const writer of writers) {
      const lines: string[] = [];
      for (let n = 0; n < SECTION_RECORDS / WRITERS; n++, done++) {
        const exchange = newId('ex', atMs, bytes(16));
        for (const kind of ['open', 'seal'] as const) {
          atMs += 1;
          const entry = entryOf(kind, exchange, atMs);
          const link = nextLink(hashes.hex, writer, heads.get(writer) ?? GENESIS, entry);
          heads.set(writer, headOf(link));
          cover.add(writer, link);
          const row = { ...link, month: monthOf(new Date(atMs).toISOString()) };
          tally.entry(row);
          lines.push(entryLine(row));
        }
      }
      writeSync(file, lines.join(''));
    }
    const said = cover.statement({ number, at: new Date(atMs).toISOString(), previous, key: key.public.id });
    const checkpoint = await signed(key.private, said);
    previous = hashes.hex(checkpoint.text);
    tally.checkpoint();
    writeSync(file, checkpointLine(checkpoint));
  }
  writeSync(file, endLine(await signed(key.private, tally.end(head.slice(0, -1), key.public.id, madeAt))));
  closeSync(file);
};

const cli = join(import.meta.dirname, '../../src/cli/audit-verify.ts');
const script = `import { verify } from ${JSON.stringify(cli)}; await verify([${JSON.stringify(path)}, '--json'])`;
const rates: number[] = [];
try {
  await make();
  const { size } = statSync(path);
  console.log(
    `${records} records, ${Math.round(size / 1e6)} MB, ${Math.round(size / records / 2)} bytes an entry`,
  );
  for (let turn = 0; turn < TURNS; turn++) {
    const text = execFileSync(process.execPath, ['--input-type=module', '-e', script], {
      env: {},
      encoding: 'utf8',
    });
    const {
      ok,
      seconds,
      records: seen,
    }: { ok: boolean; seconds: number; records: number } = JSON.parse(text);
    if (!ok || seen !== records) throw new Error(text);
    rates.push(Math.round(records / seconds));
    console.log(`${seconds} s: ${Math.round(records / seconds)} records/s`);
  }
} finally {
  rmSync(folder, { recursive: true });
}
console.log(`told ${JSON.stringify(rates)}`);
