// Tokens are asked for by one at a time, used until shortly before their end, and asked for again ahead of it.
import { describe, expect, it } from 'vitest';
import type { Token } from '../../src/providers/tokens.ts';
import { keepTokens } from '../../src/providers/tokens.ts';

const MINUTE = 60_000;

const bench = () => {
  const clock = { ms: 1_000_000 };
  const deferred: Promise<unknown>[] = [];
  const tokens = keepTokens({ now: () => clock.ms, defer: (work) => void deferred.push(work) });
  const asked: PromiseWithResolvers<Token>[] = [];
  const get = (key = 'k'): Promise<string> =>
    tokens.get(key, () => {
      const one = Promise.withResolvers<Token>();
      asked.push(one);
      return one.promise;
    });
  const give = async (index: number, lifeMs: number): Promise<void> => {
    asked[index]?.resolve({ text: `t${index}`, endsAtMs: clock.ms + lifeMs });
    await new Promise(setImmediate);
  };
  return { clock, tokens, asked, get, give, deferred };
};

describe('a token', () => {
  it('is asked for once, whoever waits for it', async () => {
    const { asked, get, give } = bench();
    const all = [get(), get(), get()];
    expect(asked).toHaveLength(1);
    await give(0, 60 * MINUTE);
    expect(await Promise.all(all)).toEqual(['t0', 't0', 't0']);
    expect(await get()).toBe('t0');
    expect(asked).toHaveLength(1);
  });

  it('of another credential is another', async () => {
    const { asked, get, give } = bench();
    const both = [get('a'), get('b')];
    expect(asked).toHaveLength(2);
    await give(1, MINUTE);
    await give(0, MINUTE);
    expect(await Promise.all(both)).toEqual(['t0', 't1']);
  });

  it.each([
    [60 * MINUTE, 54.9 * MINUTE, 55.1 * MINUTE, 59.6 * MINUTE],
    [4 * MINUTE, 1.9 * MINUTE, 2.1 * MINUTE, 3.6 * MINUTE],
  ])(
    'that lasts %i ms serves, is renewed behind a reply, and does not serve at its end',
    async (life, calm, ahead, over) => {
      const { clock, asked, get, give } = bench();
      const first = get();
      await give(0, life);
      await first;
      const start = clock.ms;
      clock.ms = start + calm;
      await get();
      expect(asked).toHaveLength(1);
      clock.ms = start + ahead;
      expect(await get()).toBe('t0');
      expect(await get()).toBe('t0');
      expect(asked).toHaveLength(2);
      clock.ms = start + over;
      const late = get();
      expect(asked).toHaveLength(2);
      await give(1, life);
      expect(await late).toBe('t1');
    },
  );

  it('that cannot be renewed serves on, and nobody is asked for a while', async () => {
    const { clock, asked, get, give, deferred } = bench();
    const first = get();
    await give(0, 60 * MINUTE);
    await first;
    clock.ms += 56 * MINUTE;
    expect(await get()).toBe('t0');
    asked[1]?.reject(new Error('away'));
    await Promise.allSettled(deferred);
    expect(await get()).toBe('t0');
    expect(asked).toHaveLength(2);
    clock.ms += 11_000;
    expect(await get()).toBe('t0');
    expect(asked).toHaveLength(3);
  });

  it('that nobody gives is told to all who wait, and asked for again by the next', async () => {
    const { asked, get, give } = bench();
    const all = Promise.allSettled([get(), get()]);
    asked[0]?.reject(new Error('no'));
    expect((await all).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    const next = get();
    expect(asked).toHaveLength(2);
    await give(1, 60 * MINUTE);
    expect(await next).toBe('t1');
  });

  it('that was not accepted is not used again', async () => {
    const { asked, get, give, tokens } = bench();
    const first = get();
    await give(0, 60 * MINUTE);
    tokens.forget('another');
    expect(await get()).toBe(await first);
    tokens.forget('t0');
    const next = get();
    expect(asked).toHaveLength(2);
    await give(1, 60 * MINUTE);
    expect(await next).toBe('t1');
  });
});
