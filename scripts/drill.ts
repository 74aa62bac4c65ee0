// `npm run drill`: load on a real gateway while it is killed, Postgres stops, its disk fills up and a second one writes beside
// it; then what clients know is held against the ledger. `-- --short` takes a quarter of a minute, without it two; `-- --seed N` repeats one.
import { parseArgs } from 'node:util';
import type { Report } from './drill/run.ts';
import { drill, FULL, SHORT } from './drill/run.ts';

const SHOWN = 5;

const linesOf = ({ claims, counts, notes, ok }: Report): string[] => [
  '',
  ...[...counts].flatMap(([phase, row]) => [
    phase,
    ...[...row]
      .sort(([, a], [, b]) => b - a)
      .map(([what, count]) => `  ${String(count).padStart(7)}  ${what}`),
  ]),
  '',
  ...claims.flatMap(({ claim, checked, breaches }) => [
    `${breaches.length === 0 ? 'holds ' : 'BROKEN'} ${String(checked).padStart(7)}  ${claim}`,
    ...breaches.slice(0, SHOWN).map((breach) => `                  ${breach}`),
    ...(breaches.length > SHOWN ? [`                  and ${breaches.length - SHOWN} more`] : []),
  ]),
  ...notes.map((note) => `note: ${note}`),
  '',
  ok ? 'Every claim holds.' : 'The ledger is not what it claims to be.',
];

const { values } = parseArgs({
  options: { short: { type: 'boolean', default: false }, seed: { type: 'string' } },
});
const seed = Number(values.seed ?? Date.now() % 1e9);
console.log(`seed ${seed}`);
const report = await drill({ ...(values.short ? SHORT : FULL), seed, log: (line) => console.log(line) });
console.log(linesOf(report).join('\n'));
process.exitCode = report.ok ? 0 : 1;
