// How well attempts at injection are told from everything else, by class, on the held-out half of the corpus. What is held out of it,
// and how far, is said in test/fixtures/injection/corpus.ts.
import { score } from '../../src/injection/score.ts';
import type { Sample } from '../../test/fixtures/injection/corpus.ts';
import { corpus } from '../../test/fixtures/injection/corpus.ts';

/** A class: how many samples, and how many of them are called an attack. */
export type Row = {
  readonly class: string;
  readonly attack: boolean;
  readonly n: number;
  readonly flagged: number;
  readonly rate: number;
};

const rowOf = (name: string, attack: boolean, samples: readonly Sample[]): Row => {
  const flagged = samples.filter(({ text, source }) => score(text, source).verdict === 'attack').length;
  return {
    class: name,
    attack,
    n: samples.length,
    flagged,
    rate: samples.length === 0 ? 0 : flagged / samples.length,
  };
};

/** The table: recall of every class of attacks, share of false alarms of every class of other texts, and of all of each. */
export const injectionTable = (held: boolean): readonly Row[] =>
  [true, false].flatMap((attack) => {
    const samples = corpus.filter((sample) => sample.attack === attack && sample.held === held);
    const classes = [...new Set(samples.map((sample) => sample.class))];
    return [
      ...classes.map((name) =>
        rowOf(
          name,
          attack,
          samples.filter((sample) => sample.class === name),
        ),
      ),
      rowOf('all', attack, samples),
    ];
  });

/** The table as text. */
export const injectionLines = (held = true): readonly string[] =>
  injectionTable(held).map(
    ({ class: name, attack, n, rate }) =>
      `${(attack ? `found: ${name}` : `false alarms: ${name}`).padEnd(34)} ${String(n).padStart(5)} ${(rate * 100).toFixed(1).padStart(6)} %`,
  );
