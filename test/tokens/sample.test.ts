// A sample is all of a short stream, and stands for all of a long one, which it does not hold.
import { describe, expect, it } from 'vitest';
import { FRAME_BYTES, Sample } from '../../src/tokens/sample.ts';

const frame = (length: number, mark = 0): Uint8Array => new Uint8Array(length).fill(mark);
const heldBytes = (sample: Sample) => sample.runs.flat().reduce((sum, { length }) => sum + length, 0);

describe('a sample of frames', () => {
  it('is every frame of a short stream, in its order', () => {
    const sample = new Sample();
    for (let i = 0; i < 200; i++) sample.take(frame(300, i));
    expect(sample.share).toBe(1);
    expect(sample.runs.flat().map(([mark]) => mark)).toEqual(Array.from({ length: 200 }, (_, i) => i));
  });
  it.each([1, 100, 3_000, FRAME_BYTES])('of frames of %i bytes never holds more than its limit', (bytes) => {
    const sample = new Sample();
    for (let taken = 1; taken <= 5_000; taken++) {
      sample.take(frame(bytes));
      if (taken % 97 !== 0) continue;
      expect(heldBytes(sample)).toBeLessThanOrEqual(128 * 1024);
      expect(sample.share * sample.runs.flat().length).toBeCloseTo(taken, 6);
    }
    expect(sample.runs.length).toBeLessThanOrEqual(24);
  });
  it('of a long stream is spread over all of it, in whole runs', () => {
    const sample = new Sample();
    const marks: number[] = [];
    const buffer = (i: number) => new Uint8Array(new Uint32Array([i]).buffer);
    for (let i = 0; i < 100_000; i++) sample.take(buffer(i));
    for (const run of sample.runs) {
      const numbers = run.map((bytes) => new Uint32Array(bytes.slice().buffer)[0] ?? -1);
      expect(numbers.map((number) => number - (numbers[0] ?? 0))).toEqual(numbers.map((_, i) => i));
      marks.push(numbers[0] ?? -1);
    }
    expect(marks[0]).toBe(0);
    expect(marks.at(-1)).toBeGreaterThan(80_000);
    const gaps = marks.slice(1).map((mark, i) => mark - (marks[i] ?? 0));
    expect(new Set(gaps).size).toBe(1);
  });
  it('holds no chunk for the sake of a frame in it', () => {
    const sample = new Sample();
    const chunk = new Uint8Array(64 * 1024);
    sample.take(chunk.subarray(10, 60));
    sample.take(chunk.subarray(0, 32 * 1024).subarray(0, 20 * 1024));
    const [small, large] = sample.runs.flat();
    expect(small?.buffer).not.toBe(chunk.buffer);
    expect(large?.buffer).toBe(chunk.buffer);
  });
  it('that was cleared has seen nothing', () => {
    const sample = new Sample();
    for (let i = 0; i < 2_000; i++) sample.take(frame(300));
    sample.clear();
    expect([sample.share, sample.runs]).toEqual([0, []]);
    sample.take(frame(3));
    expect(sample.share).toBe(1);
  });
});
