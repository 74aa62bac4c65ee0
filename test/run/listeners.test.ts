// The endings of an exchange by themselves: who is told, in which order, how often.
import { describe, expect, it } from 'vitest';
import type { Outcome } from '../../src/exchange.ts';
import { Refusal } from '../../src/refusal.ts';
import { abandoned, endings, refusalOf } from '../../src/run.ts';

const COMPLETE: Outcome = { ending: 'complete', status: 200, code: null, note: null };

describe('the end of an exchange', () => {
  it('is told last-in first-out, each listener waiting for the one before, exactly once', async () => {
    const { onEnd, end, outcome } = endings();
    const told: string[] = [];
    for (const name of ['first', 'second', 'third']) {
      onEnd(async ({ ending }) => {
        told.push(`${name} begins`);
        await new Promise((resolve) => setTimeout(resolve, 1));
        told.push(`${name} ${ending}`);
      });
    }
    expect(outcome()).toBeUndefined();
    await Promise.all([end(COMPLETE), end(abandoned(200)), end(COMPLETE)]);
    await end(abandoned(undefined));
    expect(outcome()).toEqual(COMPLETE);
    expect(told).toEqual(
      ['third', 'second', 'first'].flatMap((name) => [`${name} begins`, `${name} complete`]),
    );
  });

  it('is decided by the first who says it, also when a listener says another', async () => {
    const { onEnd, end, outcome } = endings();
    const told: string[] = [];
    onEnd(({ ending }) => void told.push(ending));
    onEnd(() => void end(abandoned(undefined)));
    await end(COMPLETE);
    expect(outcome()).toEqual(COMPLETE);
    expect(told).toEqual(['complete']);
  });

  it('reaches every listener when one throws, and whoever ends it is told', async () => {
    const { onEnd, end } = endings();
    const told: string[] = [];
    onEnd(() => void told.push('settled'));
    onEnd(() => {
      throw new Error('sync');
    });
    onEnd(async () => Promise.reject(new Error('async')));
    onEnd(() => void told.push('watched'));
    await expect(end(COMPLETE)).rejects.toThrow('async');
    await expect(end(COMPLETE)).rejects.toThrow('async');
    expect(told).toEqual(['watched', 'settled']);
  });

  it('reaches a listener that comes during it or after it', async () => {
    const { onEnd, end } = endings();
    const told: string[] = [];
    onEnd(() => {
      told.push('outer');
      onEnd(() => void told.push('during'));
    });
    onEnd(async () => Promise.reject(new Error('lost')));
    await expect(end(COMPLETE)).rejects.toThrow('lost');
    onEnd(({ ending }) => void told.push(`late ${ending}`));
    onEnd(() => {
      throw new Error('later');
    });
    await expect(end(COMPLETE)).rejects.toThrow('lost');
    expect(told).toEqual(['outer', 'during', 'late complete']);
  });
});

describe('a fault in the log', () => {
  const logged = (error: unknown): string => {
    const lines: string[] = [];
    const refusal = refusalOf(error, 'ex_1', (...line) => void lines.push(JSON.stringify(line)));
    expect(refusal).toMatchObject({ code: 'fault', status: 500 });
    return lines.join('\n');
  };

  it('names its class and place but none of its words, even words that look like a place', () => {
    const line = logged(new SyntaxError('bad text\n    at SECRET prompt (a:1:1)'));
    expect(line).toContain('SyntaxError');
    expect(line).toContain('listeners.test');
    expect(line).not.toContain('SECRET');
  });

  it('is written for whatever was thrown, and for a refusal not at all', () => {
    for (const thrown of ['SECRET', null, undefined, { SECRET: 1 }]) {
      expect(logged(thrown)).not.toContain('SECRET');
      expect(logged(thrown)).toContain('"fault"');
    }
    const lines: unknown[] = [];
    refusalOf(new Refusal('invalid_key'), 'ex_1', (...line) => void lines.push(line));
    expect(lines).toEqual([]);
  });
});
