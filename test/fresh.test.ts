// What the store said is remembered for a moment: live within five seconds, and there while the store is away.
import { beforeEach, describe, expect, it } from 'vitest';
import { remember } from '../src/fresh.ts';

const MINUTE = 60_000;
let nowMs: number;
let asked: string[];
let behind: Promise<unknown>[];
let store: (key: string) => Promise<string | undefined>;
let kept: { get(key: string): string | undefined | Promise<string | undefined> };
beforeEach(() => {
  nowMs = 1_000_000;
  asked = [];
  behind = [];
  store = async () => 'first';
  kept = remember<string, string | undefined>({
    ask: (key) => {
      asked.push(key);
      return store(key);
    },
    now: () => nowMs,
    defer: (work) => behind.push(work),
    most: 3,
    worth: (value) => value !== undefined,
  });
});

const away = () => {
  store = async () => {
    throw new Error('away');
  };
};
/** Lets what was asked behind a reply end. */
const settle = () => Promise.allSettled(behind.splice(0));

describe('an answer', () => {
  it('is asked for once, and then there without waiting', async () => {
    expect(await kept.get('a')).toBe('first');
    nowMs += 999;
    expect(kept.get('a')).toBe('first');
    expect(asked).toEqual(['a']);
  });
  it('of a second and more is served and asked for again behind the reply, once for all who ask meanwhile', async () => {
    await kept.get('a');
    nowMs += 1_000;
    store = async () => 'second';
    expect([kept.get('a'), kept.get('a'), kept.get('a')]).toEqual(['first', 'first', 'first']);
    expect(asked).toEqual(['a', 'a']);
    await settle();
    expect(kept.get('a')).toBe('second');
  });
  it('of five seconds is not served any more: a change is live within them, on every replica', async () => {
    await kept.get('a');
    store = async () => 'revoked';
    nowMs += 4_999;
    expect(kept.get('a')).toBe('first');
    nowMs += 1;
    behind.splice(0);
    expect(await kept.get('a')).toBe('revoked');
  });
  it('is as old as its question: a slow store does not make it younger', async () => {
    let answer = (_: string): void => undefined;
    store = () => new Promise((resolve) => (answer = resolve));
    const first = kept.get('a');
    nowMs += 4_000;
    answer('first');
    await first;
    store = async () => 'revoked';
    nowMs += 1_000;
    expect(await kept.get('a')).toBe('revoked');
  });
  it('to an older question does not take the place of one to a newer', async () => {
    await kept.get('a');
    let late = (_: string): void => undefined;
    store = () => new Promise((resolve) => (late = resolve));
    nowMs += 2_000;
    void kept.get('a');
    store = async () => 'revoked';
    nowMs += 3_000;
    expect(await kept.get('a')).toBe('revoked');
    late('first');
    await settle();
    expect(kept.get('a')).toBe('revoked');
  });
  it('that is worth nothing takes no place: it is asked for each time', async () => {
    store = async () => undefined;
    expect([await kept.get('x'), await kept.get('x')]).toEqual([undefined, undefined]);
    store = async () => 'now there';
    expect(await kept.get('x')).toBe('now there');
    expect(asked).toEqual(['x', 'x', 'x']);
  });
  it('asked for longest ago goes first when there are too many', async () => {
    for (const key of ['a', 'b', 'c', 'd']) await kept.get(key);
    asked = [];
    for (const key of ['b', 'c', 'd']) expect(kept.get(key)).toBe('first');
    await kept.get('a');
    expect(asked).toEqual(['a']);
  });
});

describe('while the store is away', () => {
  beforeEach(async () => {
    await kept.get('a');
    away();
  });
  it('what was known is served for an hour, and then the request is refused', async () => {
    for (let passed = 0; passed < 59 * MINUTE; passed += MINUTE) {
      nowMs += MINUTE;
      expect(await kept.get('a')).toBe('first');
    }
    nowMs += MINUTE;
    await expect(Promise.resolve(kept.get('a'))).rejects.toThrow('away');
  });
  it('with a request every second, too: refused at the hour, not before', async () => {
    for (let passed = 0; passed < 3_599_000; passed += 1_000) {
      nowMs += 1_000;
      expect(await kept.get('a')).toBe('first');
      await settle();
    }
    nowMs += 1_000;
    await expect(Promise.resolve(kept.get('a'))).rejects.toThrow('away');
  });
  it('what was never known is refused', async () => {
    await expect(Promise.resolve(kept.get('b'))).rejects.toThrow('away');
  });
  it('one request waits for it, and those after do not: it is asked again behind them once a second', async () => {
    nowMs += 10_000;
    await kept.get('a');
    asked = [];
    for (let i = 0; i < 100; i++) {
      nowMs += 100;
      expect(kept.get('a')).toBe('first');
      await settle();
    }
    expect(asked.length).toBeGreaterThanOrEqual(9);
    expect(asked.length).toBeLessThanOrEqual(10);
  });
  it('a revocation is noticed within a second of traffic when it is back', async () => {
    nowMs += 30_000;
    await kept.get('a');
    store = async () => 'revoked';
    nowMs += 1_000;
    expect(kept.get('a')).toBe('first');
    await settle();
    expect(kept.get('a')).toBe('revoked');
  });
  it('nobody is served what is old without asking once the last failure is old as well', async () => {
    nowMs += 30_000;
    await kept.get('a');
    store = async () => 'revoked';
    nowMs += 15_000;
    expect(await kept.get('a')).toBe('revoked');
  });
});
