// `npm run score`: what the detectors find and what they flag for nothing, on a corpus made from a seed. `-- --only pii|secrets|injection`
// scores one, `--json` prints the figures as data, `--slips WORD` shows what went wrong in rows named so, `--seed N` makes another corpus.
import { parseArgs } from 'node:util';
import { corpusOf } from './score/corpus.ts';
import { injectionLines, injectionTable } from './score/injection.ts';
import type { Slip } from './score/measure.ts';
import { finder, halfOf, measured } from './score/measure.ts';
import { figuresOf, holds, linesOf } from './score/report.ts';

const SEED = 20_250_611;

const { values } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    only: { type: 'string' },
    seed: { type: 'string' },
    share: { type: 'string' },
    slips: { type: 'string' },
  },
});

/** What was missed or flagged for nothing in one text; those of the held-out half are not shown, so that nobody mends by them. */
const slipLines = ({ sample, missed, wrong }: Slip, word: string): readonly string[] => {
  const cut = (start: number, end: number): string =>
    JSON.stringify(
      `${sample.text.slice(Math.max(0, start - 60), start)}«${sample.text.slice(start, end)}»${sample.text.slice(end, end + 30)}`,
    );
  const place = `${sample.group}/${sample.part} ${sample.carrier} ${sample.language}`;
  return [
    ...missed.map(({ type, start, end }) => `MISSED ${type} [${place}] ${cut(start, end)}`),
    ...wrong.map(({ type, start, end }) => `WRONG ${type} [${place}] ${cut(start, end)}`),
  ].filter((line) => new RegExp(word).test(line));
};

const scored = (only: 'pii' | 'secrets' | undefined): boolean => {
  const corpus = corpusOf(Number(values.seed ?? SEED), Number(values.share ?? 1), only);
  const result = measured(finder(), corpus);
  const figures = figuresOf(result, only);
  const { slips } = values;
  if (slips !== undefined)
    for (const slip of result.slips.filter(({ sample }) => halfOf(sample) === 'tune'))
      for (const line of slipLines(slip, slips)) console.log(line);
  else if (values.json) console.log(JSON.stringify({ texts: corpus.length, figures }));
  else for (const line of [...linesOf(result, figures), '', `${corpus.length} texts`]) console.log(line);
  return figures.every(holds);
};

/** Floors of what is told from what, in percent: attempts at injection found, and other texts taken for one. */
const INJECTION_FOUND = 90;
const INJECTION_FALSE = 1;

const scoredInjection = (): boolean => {
  const table = injectionTable(true);
  if (values.json) console.log(JSON.stringify({ injection: table }));
  else for (const line of injectionLines(true)) console.log(line);
  return table
    .filter((row) => row.class === 'all')
    .every(({ attack, rate }) => (attack ? rate * 100 >= INJECTION_FOUND : rate * 100 <= INJECTION_FALSE));
};

const { only } = values;
if (only !== undefined && !['pii', 'secrets', 'injection'].includes(only))
  throw new Error('--only is one of pii, secrets, injection');
const isGood = only === 'injection' || scored(only === 'pii' || only === 'secrets' ? only : undefined);
const isFirm = only === undefined || only === 'injection' ? scoredInjection() : true;
process.exitCode = isGood && isFirm ? 0 : 1;
