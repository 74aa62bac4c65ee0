// The short form of `npm run drill`: kills, a Postgres that is away, a full disk, two replicas; then the ledger is held against
// what clients and the upstream know.
import { expect, it } from 'vitest';
import { drill, SHORT } from '../../scripts/drill/run.ts';

/** A quarter of a minute on a machine of its own; the drill gives up before that, and ends what it started. */
const LONGEST_MS = 170_000;

it(
  'whatever is killed, away, full or doubled, every answer has its one sealed record and every chain holds',
  async () => {
    const seed = Date.now() % 1e9;
    const report = await drill({ ...SHORT, seed, log: () => undefined });
    const broken = report.claims.filter(({ breaches }) => breaches.length > 0);
    expect(broken, `seed ${seed}`).toEqual([]);
    expect(report.claims[0]?.checked).toBeGreaterThan(100);
  },
  LONGEST_MS,
);
