import { describe, expect, it } from 'vitest';
import { FrameTooLong, ndjsonFrames } from '../../src/streams/ndjson.ts';
import { allCuts, bytesOf, cutAt, latin1, oneByOne, textsOf } from './pieces.ts';

const LIMITS = { lineBytes: 1 << 21 };
const expected = (stream: string): string[] =>
  (stream.match(/[^\n]*\n|[^\n]+$/g) ?? []).map((line) => (line.endsWith('\n') ? line : `${line}…`));

describe('ndjsonFrames', () => {
  it.each(['{"a":1}\n{"b":2}\n', '{"a":1}\r\n\n\n{"b":"\\n"}\n', '{"a":1}\n{"cut', '\n', 'a', ''])(
    'cuts %j into the same lines however it arrives',
    async (stream) => {
      const bytes = bytesOf(stream);
      for (const cuts of allCuts(bytes.length))
        expect(await textsOf(ndjsonFrames(cutAt(bytes, cuts), LIMITS)), String(cuts)).toEqual(
          expected(stream),
        );
      expect(await textsOf(ndjsonFrames(oneByOne(bytes), LIMITS))).toEqual(expected(stream));
    },
  );

  it('loses no byte, characters cut in half and invalid ones included', async () => {
    const bytes = Uint8Array.from([0x22, 0xf0, 0x9f, 0x98, 0x80, 0x0a, 0xff, 0x00, 0x0d, 0x0a, 0xc3]);
    for (const cuts of allCuts(bytes.length))
      expect((await textsOf(ndjsonFrames(cutAt(bytes, cuts), LIMITS))).join('')).toBe(`${latin1(bytes)}…`);
  });

  it('takes a line of its limit and throws FrameTooLong for one byte more, at every cut', async () => {
    const bytes = bytesOf('{}\n{"a":1}\n');
    for (const cuts of allCuts(bytes.length)) {
      expect(await textsOf(ndjsonFrames(cutAt(bytes, cuts), { lineBytes: 8 }))).toHaveLength(2);
      const frames = ndjsonFrames(cutAt(bytes, cuts), { lineBytes: 7 });
      expect((await frames.next()).value).toBeDefined();
      await expect(frames.next()).rejects.toThrow(FrameTooLong);
    }
  });

  it('throws the upstream’s own error after the lines before it', async () => {
    async function* upstream() {
      yield bytesOf('{}\n{"a"');
      throw new Error('reset');
    }
    const frames = ndjsonFrames(upstream(), LIMITS);
    expect((await frames.next()).value?.bytes).toEqual(bytesOf('{}\n'));
    await expect(frames.next()).rejects.toThrow('reset');
  });
});
