import { describe, expect, it } from 'vitest';
import { FrameTooLong, sseBytes, sseData, sseEvent, sseFrames } from '../../src/streams/sse.ts';
import { allCuts, bytesOf, cutAt, latin1, oneByOne, textsOf } from './pieces.ts';

const LIMITS = { eventBytes: 1 << 21 };
const BOM = '\u00ef\u00bb\u00bf';

/** The frames of a whole stream by the letter of the specification, one line after the other. */
const expected = (stream: string): string[] => {
  const frames: string[] = [];
  let frame = '';
  for (const [line] of stream.matchAll(/[^\r\n]*(?:\r\n|\n|\r|$)/g)) {
    const text = frames.length === 0 && frame === '' && line.startsWith(BOM) ? line.slice(BOM.length) : line;
    frame += line;
    if (/^[\r\n]+$/.test(text)) {
      frames.push(frame);
      frame = '';
    }
  }
  return frame === '' ? frames : [...frames, `${frame}…`];
};

const fromLatin1 = (text: string): Uint8Array => Uint8Array.from(text, (char) => char.charCodeAt(0));

const STREAMS = [
  'data: a\n\ndata: b\n\n',
  'data: a\r\n\r\ndata: b\r\n\r\n',
  'data: a\r\rdata: b\r\r',
  'a\n\r\nb\r\n\nc\r\n\rd\n\re\r\r\nf',
  ': ping\n\n\n\nid: 1\n: x\ndata\n\n',
  `${BOM}data: a\n\n`,
  `${BOM}\r\n${BOM}\n\n`,
  `\u00ef\u00bb\n\n${BOM}`,
  `${BOM}${BOM}\n\n`,
  'data: a\n\ndata: cut',
  'data: \u00c3\u00a9\u00f0\u009f\u0098\u0080\n\n',
  '',
];

describe('sseFrames', () => {
  it.each(STREAMS)('cuts %j into the same frames however it arrives', async (stream) => {
    const bytes = fromLatin1(stream);
    for (const cuts of allCuts(bytes.length))
      expect(await textsOf(sseFrames(cutAt(bytes, cuts), LIMITS)), String(cuts)).toEqual(expected(stream));
    expect(await textsOf(sseFrames(oneByOne(bytes), LIMITS))).toEqual(expected(stream));
  });

  it('cuts every stream of up to 7 line ends and letters as the specification says, at every cut', {
    timeout: 60_000,
  }, async () => {
    let streams = [''];
    for (let length = 1; length <= 7; length++) {
      streams = streams.flatMap((stream) => [`${stream}a`, `${stream}\n`, `${stream}\r`]);
      for (const stream of streams) {
        const bytes = fromLatin1(stream);
        const frames = expected(stream);
        for (let cut = 0; cut < length; cut++)
          expect(
            await textsOf(sseFrames(cutAt(bytes, [cut]), LIMITS)),
            `${JSON.stringify(stream)} at ${cut}`,
          ).toEqual(frames);
        expect(await textsOf(sseFrames(oneByOne(bytes), LIMITS)), JSON.stringify(stream)).toEqual(frames);
      }
    }
  });

  it('gives out an event as soon as its blank line is in', async () => {
    let asked = 0;
    async function* upstream() {
      for (const chunk of ['data: a\n\n', 'data: b\r\n\r\nda', 'ta: c\n\n']) {
        asked++;
        yield bytesOf(chunk);
      }
    }
    const frames = sseFrames(upstream(), LIMITS);
    for (const [text, chunks] of [
      ['data: a\n\n', 1],
      ['data: b\r\n\r\n', 2],
      ['data: c\n\n', 3],
    ]) {
      const { value } = await frames.next();
      expect([value && latin1(value.bytes), asked]).toEqual([text, chunks]);
    }
  });

  it('copies no event that lies within one chunk, and keeps no reference to chunks otherwise', async () => {
    const chunk = bytesOf('data: a\n\ndata: b\n\ndata: c');
    const rest = bytesOf('d\n\n');
    async function* upstream() {
      yield chunk;
      chunk.fill(0x78);
      yield rest;
    }
    const frames = sseFrames(upstream(), LIMITS);
    const [first, second] = [await frames.next(), await frames.next()];
    expect([first.value?.bytes.buffer, second.value?.bytes.buffer]).toEqual([chunk.buffer, chunk.buffer]);
    const third = await frames.next();
    expect(third.value && latin1(third.value.bytes)).toBe('data: cd\n\n');
  });

  it('takes an event of its limit and throws FrameTooLong for one byte more, after the events before it, at every cut', async () => {
    const bytes = bytesOf('data: a\n\ndata: 12\r\n\r\n');
    for (const cuts of allCuts(bytes.length)) {
      expect(await textsOf(sseFrames(cutAt(bytes, cuts), { eventBytes: 12 }))).toHaveLength(2);
      const frames = sseFrames(cutAt(bytes, cuts), { eventBytes: 11 });
      expect((await frames.next()).value).toBeDefined();
      await expect(frames.next()).rejects.toThrow(FrameTooLong);
    }
  });

  it('throws FrameTooLong without waiting for an end that never comes', async () => {
    async function* endless() {
      for (;;) yield bytesOf('data: xxxxxxxxxx');
    }
    await expect(textsOf(sseFrames(endless(), { eventBytes: 1000 }))).rejects.toThrow(FrameTooLong);
  });

  it('closes the upstream when its reader stops', async () => {
    let closed = false;
    async function* upstream() {
      try {
        for (;;) yield bytesOf('data: a\n\n');
      } finally {
        closed = true;
      }
    }
    for await (const _ of sseFrames(upstream(), LIMITS)) break;
    expect(closed).toBe(true);
  });

  it('takes linear time for an event of 1 MB that arrives byte by byte', async () => {
    const msFor = async (size: number): Promise<number> => {
      const bytes = bytesOf(`data: ${'x'.repeat(size)}\n\n`);
      const start = performance.now();
      expect(await textsOfLength(sseFrames(oneByOne(bytes), LIMITS))).toEqual([bytes.length]);
      return performance.now() - start;
    };
    await msFor(1 << 16);
    const [smallMs, largeMs] = [await msFor(1 << 18), await msFor(1 << 20)];
    expect(largeMs).toBeLessThan(smallMs * 10 + 100);
  });
});

const textsOfLength = async (frames: AsyncIterable<{ bytes: Uint8Array }>): Promise<number[]> => {
  const lengths: number[] = [];
  for await (const { bytes } of frames) lengths.push(bytes.length);
  return lengths;
};

describe('sseData and sseEvent', () => {
  it.each([
    ['data: a\n\n', 'a', undefined],
    ['data:a\r\ndata:  b\r\n\r\n', 'a\n b', undefined],
    ['event: x\rdata\rdata: \rdata:y\r\r', '\n\ny', 'x'],
    ['event: x\nevent:y\ndata: {"a":"data: b"}\n\n', '{"a":"data: b"}', 'y'],
    [': ping\n\n', undefined, undefined],
    ['database: a\n data: b\nDATA: c\n\n', undefined, undefined],
    ['\ufeffdata: a\n\n', 'a', undefined],
    ['data: \ufeffa\u2028b\u0085c\n\n', '\ufeffa\u2028b\u0085c', undefined],
    ['data: cut', 'cut', undefined],
    ['', undefined, undefined],
  ])('read %j as the specification does', (event, data, name) => {
    expect(sseData(bytesOf(event))).toBe(data);
    expect(sseEvent(bytesOf(event))).toBe(name);
  });
});

describe('sseBytes', () => {
  it('is one event whatever is in it', async () => {
    for (const data of [
      '',
      'a',
      'a\n\nevent: b\ndata: c',
      '\n',
      'a\r\rb',
      'a\r\n\r\nb',
      ' a',
      '\ufeff',
      'é\u2028😀',
      ':',
      'data: a',
    ]) {
      for (const event of [undefined, 'delta', 'x\n\ndata: y']) {
        const bytes = sseBytes(event === undefined ? { data } : { event, data });
        expect(await textsOf(sseFrames(oneByOne(bytes), LIMITS))).toEqual([latin1(bytes)]);
        expect(sseData(bytes)).toBe(data.replace(/\r\n|\r/g, '\n'));
        expect(sseEvent(bytes)).toBe(event?.replace('\n\n', ' '));
      }
    }
  });
});
