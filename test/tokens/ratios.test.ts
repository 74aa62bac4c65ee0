// What is learned of a model is the mean of what it counted, within bounds, and what was something else is not learned.
import { describe, expect, it } from 'vitest';
import { Ratios, ratiosOf } from '../../src/tokens/ratios.ts';

describe('what was learned of a model', () => {
  it('corrects its estimates, and those of no other', () => {
    const ratios = new Ratios();
    expect(ratios.corrected('a', 1_000)).toBe(1_000);
    ratios.learn('a', 1_000, 1_300);
    expect(ratios.corrected('a', 500)).toBe(650);
    expect(ratios.corrected('b', 500)).toBe(500);
  });
  it('is the mean at first, and follows slowly from then on', () => {
    const ratios = new Ratios();
    for (const counted of [1_000, 1_200]) ratios.learn('a', 1_000, counted);
    expect(ratios.corrected('a', 1_000)).toBe(1_100);
    for (let i = 0; i < 100; i++) ratios.learn('a', 1_000, 1_500);
    expect(ratios.corrected('a', 1_000)).toBe(1_500);
    // One that is far off moves it by a tenth.
    ratios.learn('a', 1_000, 2_500);
    expect(ratios.corrected('a', 1_000)).toBe(1_600);
  });
  it.each([
    ['a short prompt, which a server adds to', 50, 150],
    ['a count of nothing', 1_000, 0],
    ['a count of what was not cached', 1_000, 90],
    ['a count of much else besides', 1_000, 9_000],
    ['an estimate of nothing', 0, 1_000],
    ['what is no number', Number.NaN, 1_000],
  ])('is nothing from %s', (_, estimated, counted) => {
    const ratios = new Ratios();
    ratios.learn('a', estimated, counted);
    expect(ratios.corrected('a', 1_000)).toBe(1_000);
  });
  it('is asked for at first, and then for one exchange in thirty-two', () => {
    const ratios = new Ratios();
    const due = Array.from({ length: 8 + 32 * 4 }, () => ratios.isDue('a'));
    expect(due.slice(0, 8)).toEqual(Array(8).fill(true));
    expect(due.slice(8).filter(Boolean)).toHaveLength(4);
    expect(ratios.isDue('b')).toBe(true);
  });
  it('is kept of five hundred models, the latest', () => {
    const ratios = new Ratios();
    for (let i = 0; i < 600; i++) ratios.learn(`m${i}`, 1_000, 2_000);
    expect(ratios.corrected('m99', 100)).toBe(100);
    expect(ratios.corrected('m100', 100)).toBe(200);
    expect(ratios.corrected('m599', 100)).toBe(200);
  });
  it('is shared by all of one gateway, and by no other', () => {
    const [one, other] = [{}, {}];
    ratiosOf(one).learn('a', 1_000, 2_000);
    expect(ratiosOf(one).corrected('a', 10)).toBe(20);
    expect(ratiosOf(other).corrected('a', 10)).toBe(10);
  });
});
