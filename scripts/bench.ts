// `npm run bench`: the gateway beside nginx, a bare Hono pass-through and Portkey, on the same work in one run. CPU is what a
// subject's processes spent; ratios are taken round by round. `-- --quick` takes two minutes, without it seven. `--out FILE`: the
// JSON (default dist/bench.json). `--only a,b`: some of the subjects; `--only audit`: what the audit costs; `--only dlp`:
// what inspection does; `--only frames`: what one frame of a stream does, passed through and translated.
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import type { AuditPlan } from './bench/audit.ts';
import type { Plan } from './bench/measure.ts';
import { lines } from './bench/report.ts';
import { EVERYBODY, run } from './bench/run.ts';

const QUICK: Plan = {
  requests: [
    { bytes: 2_048, connections: 1 },
    { bytes: 2_048, connections: 16 },
    { bytes: 2_048, connections: 64 },
    { bytes: 32_768, connections: 16 },
    { bytes: 262_144, connections: 16 },
  ],
  streams: [16, 128],
  rounds: 1,
  sliceMs: 700,
  warmMs: 4_000,
  idleMs: 3_000,
};
const FULL: Plan = {
  requests: [2_048, 32_768, 262_144].flatMap((bytes) =>
    [1, 16, 64].map((connections) => ({ bytes, connections })),
  ),
  streams: [16, 128, 512],
  rounds: 3,
  sliceMs: 700,
  warmMs: 6_000,
  idleMs: 3_000,
};
/** Rounds are short and many: what the audit costs is less than what a busy moment of a machine does. */
const QUICK_AUDIT: AuditPlan = { rounds: 7, sliceMs: 700, spoolMs: 1_000, records: 50_000 };
const FULL_AUDIT: AuditPlan = { rounds: 21, sliceMs: 1_000, spoolMs: 3_000, records: 200_000 };

const { values } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    out: { type: 'string', default: join(import.meta.dirname, '../dist/bench.json') },
    only: { type: 'string' },
  },
});
const only = values.only?.split(',');
const report = await run({
  plan: values.quick ? QUICK : FULL,
  audit: values.quick ? QUICK_AUDIT : FULL_AUDIT,
  quick: values.quick,
  // Which control costs how much takes a while to tell.
  who: EVERYBODY.filter((name) => only?.includes(name) ?? !(values.quick && name === 'controls')),
  log: (line) => console.error(line),
});
const out = resolve(values.out);
await mkdir(dirname(out), { recursive: true });
await writeFile(out, `${JSON.stringify(report, undefined, 2)}\n`);
console.log([...lines(report), '', out].join('\n'));
// A subject that failed at its work was not measured, whatever the figures say.
if (
  [...report.requests, ...report.controls, ...report.streams, ...(report.audit?.rows ?? [])].some(
    ({ faults }) => faults > 0,
  )
)
  process.exitCode = 1;
