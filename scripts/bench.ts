// `npm run bench`: the gateway beside nginx, a bare Hono pass-through and Portkey, on the same work in one run. CPU is what a
// subject's processes spent; ratios are taken round by round. `-- --quick` takes a minute, without it five. `--out FILE`: the
// JSON (default dist/bench.json). `--only a,b`: some of the subjects.
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
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
if ([...report.requests, ...report.controls, ...report.streams].some(({ faults }) => faults > 0))
  process.exitCode = 1;
