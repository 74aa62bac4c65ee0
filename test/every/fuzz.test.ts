// Whatever a client sends and whatever an upstream answers, in any dialect and on any way: it is read, or refused with a reason; no
// fault, and nothing that takes long. `GATEHOUSE_FUZZ=50000` tries as many of each.
import { describe, expect, it } from 'vitest';
import { dialects } from '../../src/dialects/index.ts';
import type { Random } from '../json/random.ts';
import { seeded } from '../json/random.ts';
import { bodiesOf, streamsOf, wholesOf } from './fuzz/begun.ts';
import { readAny, translateAny } from './fuzz/bodies.ts';
import { anyBody, anyStream, ROUNDS } from './fuzz/mutations.ts';
import { streamAny, wholeAny } from './fuzz/replies.ts';

/** Many times what the slowest takes, of this thread's own time; what grows faster than its length takes longer. */
const LIMIT_MS = 2_000;
/** For all rounds: a round takes some milliseconds on a machine that does other things. */
const TIME_MS = 60_000 + ROUNDS * 100;

const cpuMs = (): number => {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
};

/** What is tried in one round, and what it comes to. */
type Tried = {
  readonly bytes: Uint8Array;
  readonly work: () => readonly string[] | Promise<readonly string[]>;
};

/** Tries as many as there are rounds; counts what they came to. */
const rounds = async (
  seed: number,
  make: (random: Random) => Tried,
): Promise<ReadonlyMap<string, number>> => {
  const random = seeded(seed);
  const counts = new Map<string, number>();
  for (let round = 0; round < ROUNDS; round++) {
    const { bytes, work } = make(random);
    const started = cpuMs();
    try {
      for (const came of await work()) counts.set(came, (counts.get(came) ?? 0) + 1);
    } catch (error) {
      throw new Error(`round ${round}: ${Buffer.from(bytes).toString()}`, { cause: error });
    }
    expect(cpuMs() - started, `round ${round}`).toBeLessThan(LIMIT_MS);
  }
  return counts;
};

const told = (name: string, counts: ReadonlyMap<string, number>): void => {
  const sorted = [...counts].sort(([, a], [, b]) => b - a).map(([what, count]) => `${what} ${count}`);
  console.log(`${name}, ${ROUNDS} rounds: ${sorted.join(', ')}`);
};

const calls = dialects.flatMap((dialect) =>
  dialect.kind === 'call' ? [{ name: dialect.name, dialect }] : [],
);

describe.each(calls)('$name', ({ name, dialect }) => {
  it(
    'reads or refuses every body, and what is read says what it said',
    async () => {
      const bodies = bodiesOf(name);
      const counts = await rounds(1, (random) => {
        const bytes = anyBody(bodies, random);
        return { bytes, work: () => [readAny(dialect, bytes, random), ...translateAny(dialect, bytes)] };
      });
      told(`${name}: bodies`, counts);
      for (const what of ['read', 'syntax', 'bad_request'])
        expect(counts.get(what) ?? 0, what).toBeGreaterThan(ROUNDS / 100);
    },
    TIME_MS,
  );

  it(
    'makes of every whole reply a reply, or says that it is none',
    async () => {
      const wholes = wholesOf(name);
      const counts = await rounds(2, (random) => {
        const bytes = anyBody(wholes, random);
        return { bytes, work: () => wholeAny(dialect, bytes) };
      });
      told(`${name}: whole replies`, counts);
      expect(counts.get('read') ?? 0).toBeGreaterThan(ROUNDS / 10);
    },
    TIME_MS,
  );

  const streams = streamsOf(name);
  it.runIf(streams.length > 0)(
    'makes of every stream a stream that ends where it ended, or breaks off',
    async () => {
      const counts = await rounds(3, (random) => {
        const chunks = anyStream(streams, random);
        return { bytes: Buffer.concat(chunks), work: () => streamAny(dialect, chunks) };
      });
      told(`${name}: streams`, counts);
      expect(counts.get('read') ?? 0).toBeGreaterThan(ROUNDS / 10);
    },
    TIME_MS,
  );
});
