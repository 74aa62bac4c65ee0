// Messages of AWS's event stream are the same however they are cut, and none is taken that its checksums do not prove.
import { describe, expect, it } from 'vitest';
import { awsFrames, awsMessage, NoAwsMessage } from '../../src/streams/aws-events.ts';
import { FrameTooLong } from '../../src/streams/frames.ts';
import { awsEvent, awsException } from '../kit/cloud/aws-stream.ts';
import { seeded, upTo } from '../kit/ledger.ts';

const MESSAGES = [
  awsEvent('messageStart', { role: 'assistant' }),
  awsEvent('contentBlockDelta', { contentBlockIndex: 0, delta: { text: 'äöü 的 🦉' } }),
  awsException('throttlingException', 'slow down'),
  awsEvent('metadata', {}),
];
const WHOLE = Buffer.concat(MESSAGES);

async function* pieces(...cuts: readonly number[]): AsyncGenerator<Uint8Array> {
  let from = 0;
  for (const to of [...cuts, WHOLE.length]) {
    yield WHOLE.subarray(from, to);
    from = to;
  }
}

const read = async (chunks: AsyncIterable<Uint8Array>, messageBytes = 4096): Promise<string[]> => {
  const found: string[] = [];
  for await (const { bytes, partial } of awsFrames(chunks, { messageBytes }))
    found.push(partial === true ? 'partial' : Buffer.from(bytes).toString('hex'));
  return found;
};
const hex = MESSAGES.map((message) => Buffer.from(message).toString('hex'));

describe('an event stream of AWS', () => {
  it('is the same messages at every cut, and byte by byte', async () => {
    for (let cut = 0; cut <= WHOLE.length; cut++) expect(await read(pieces(cut))).toEqual(hex);
    expect(await read(pieces(...WHOLE.keys()))).toEqual(hex);
  });

  it('that ends within a message ends with what is none', async () => {
    for (let end = 1; end < WHOLE.length; end++) {
      const found = await read(
        (async function* () {
          yield WHOLE.subarray(0, end);
        })(),
      );
      const whole = hex.filter((_, i) => MESSAGES.slice(0, i + 1).reduce((n, m) => n + m.length, 0) <= end);
      expect(found.filter((each) => each !== 'partial')).toEqual(whole);
      expect(found.includes('partial')).toBe(Buffer.from(whole.join(''), 'hex').length < end);
    }
  });

  it('with a message beyond the limit is refused at its length, unread', async () => {
    await expect(read(pieces(), 100)).rejects.toThrow(FrameTooLong);
    const endless = async function* (): AsyncGenerator<Uint8Array> {
      yield Buffer.from([0x7f, 0xff, 0xff, 0xff]);
      throw new Error('it was read on');
    };
    await expect(read(endless())).rejects.toThrow(FrameTooLong);
    const tiny = async function* (): AsyncGenerator<Uint8Array> {
      yield Buffer.from([0, 0, 0, 15]);
    };
    await expect(read(tiny())).rejects.toThrow(NoAwsMessage);
  });

  it('has headers and a payload, as AWS wrote them', () => {
    const { headers, payload } = awsMessage(MESSAGES[2] ?? new Uint8Array());
    expect(Object.fromEntries(headers)).toEqual({
      ':exception-type': 'throttlingException',
      ':content-type': 'application/json',
      ':message-type': 'exception',
    });
    expect(JSON.parse(Buffer.from(payload).toString())).toEqual({ message: 'slow down' });
  });

  it('with any byte of a message changed has no such message', () => {
    for (const message of MESSAGES)
      for (let at = 0; at < message.length; at++)
        for (const flip of [0x01, 0x80]) {
          const changed = Uint8Array.from(message);
          changed[at] = (changed[at] ?? 0) ^ flip;
          expect(() => awsMessage(changed)).toThrow(NoAwsMessage);
        }
  });

  it('of noise ends in a fault of its own, never in another', async () => {
    const random = seeded(20261121);
    for (let round = 0; round < 20_000; round++) {
      const noise = Uint8Array.from({ length: upTo(random, 80) }, () => upTo(random, 256));
      // Lengths that can be, so that what comes after them is read too.
      if (noise.length > 16) new DataView(noise.buffer).setUint32(0, noise.length);
      if (noise.length > 16) new DataView(noise.buffer).setUint32(4, upTo(random, noise.length));
      try {
        awsMessage(noise);
      } catch (error) {
        if (!(error instanceof NoAwsMessage)) throw error;
      }
    }
  });
});
