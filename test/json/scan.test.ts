import { describe, expect, it } from 'vitest';
import { endOfString, endOfValue, outline } from '../../src/json/scan.ts';
import { countKeys } from '../../src/json/value.ts';
import { randomObject, render, saidBy, seeded } from './random.ts';

const depthOf = (value: unknown): number =>
  typeof value === 'object' && value !== null
    ? 1 + Object.values(value).reduce((deepest: number, member) => Math.max(deepest, depthOf(member)), 0)
    : 0;

const msOf = (run: () => void): number => {
  let best = Infinity;
  for (let round = 0; round < 3; round++) {
    const start = performance.now();
    run();
    best = Math.min(best, performance.now() - start);
  }
  return best;
};

describe('outline', () => {
  it.each([
    ['{}', 0, 1, false],
    ['7', 0, 0, false],
    ['"a:{["', 0, 0, false],
    ['{"a":1,"a":2}', 2, 1, false],
    ['{"a\\":{":[{"b":"}:"}]}', 2, 3, true],
    ['{"a":"\\\\","b":"\\\\\\":"}', 2, 1, false],
    ['{"a":"\\n","b\\n":"\\n"}', 2, 1, true],
    ['{"\\u0061" : 1}', 1, 1, true],
    [' { "a" : [ [ ] , { } ] } ', 1, 3, false],
  ])('of %s is exact', (text, keys, depth, escapedKeys) =>
    expect(outline(text)).toEqual({ keys, depth, escapedKeys }),
  );

  it('agrees with what random documents say', () => {
    const random = seeded(1);
    for (let round = 0; round < 3000; round++) {
      const tree = randomObject(random, 4);
      const text = render(tree, () => random.pick(['', '', ' ', '\n\t', '\r\n']));
      const value = saidBy(tree);
      expect(outline(text), text).toMatchObject({ keys: countKeys(value), depth: depthOf(value) });
    }
  });

  it.each([
    ['backslashes', (size: number) => `{"a":"${'\\'.repeat(size)}"}`],
    ['escaped quotes', (size: number) => `{"a":"${'\\"'.repeat(size / 2)}"}`],
    [
      'runs of backslashes before quotes',
      (size: number) => `{"a":"${`${'\\'.repeat(99)}"`.repeat(size / 100)}"}`,
    ],
    ['escaped keys', (size: number) => `{${'"\\\\":0,'.repeat(size / 7)}"a":0}`],
    ['empty strings', (size: number) => `{"a":[${'"",'.repeat(size / 3)}""]}`],
    ['brackets', (size: number) => `{"a":${'['.repeat(size / 2)}${']'.repeat(size / 2)}}`],
  ])('takes linear time for 1 MB of %s', (_, make) => {
    const [small, large] = [make(1 << 20), make(1 << 22)];
    const [smallMs, largeMs] = [msOf(() => outline(small)), msOf(() => outline(large))];
    // Four times the text: quadratic would be sixteen times. The slack is for a busy machine.
    expect(largeMs).toBeLessThan(smallMs * 10 + 20);
    expect(smallMs).toBeLessThan(250);
  });
});

describe('endOfString and endOfValue', () => {
  it('stop at the very end of any value', () => {
    const random = seeded(2);
    for (let round = 0; round < 2000; round++) {
      const text = render(randomObject(random, 3), () => random.pick(['', ' '])).trim();
      expect(endOfValue(`[${text} ]`, 1)).toBe(text.length + 1);
    }
    for (const text of ['""', '"\\""', '"\\\\"', '"\\\\\\""', '"a"'])
      expect(endOfString(`${text}"`, 0)).toBe(text.length);
    for (const text of ['-1.5e3', 'true', 'null'])
      for (const end of ['', ' ', ',', ']', '}']) expect(endOfValue(text + end, 0)).toBe(text.length);
  });
});
