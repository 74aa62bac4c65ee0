// Sealed content opens with its own key, in its own place, under its own root, and nowhere else; a copy keeps what fits.
import { describe, expect, it } from 'vitest';
import type { Sealed } from '../../src/vault/sealing.ts';
import { open, seal } from '../../src/vault/sealing.ts';
import type { Contents } from '../../src/vault/vault.ts';
import { cutOf, newCopy, PART_BYTES, textOf } from '../../src/vault/vault.ts';
import { DoesNotOpen } from '../../src/vault/wrapping.ts';
import { sealing, sealingUnder } from '../kit/vault.ts';

const bytes = (text: string) => new TextEncoder().encode(text);
const content = (text: string) => ({ bytes: bytes(text), wholeBytes: bytes(text).length });
const CONTENTS: Contents = { prompt: content('the prompt'), reply: content('the reply') };

const opened = async (exchange: string, sealed: Sealed, means = sealing): Promise<unknown> => {
  const { prompt, reply } = await open(means, exchange, sealed);
  const text = (part: Uint8Array | null) => part && new TextDecoder().decode(part);
  return { prompt: text(prompt), reply: text(reply) };
};

/** The same base 64 with one bit of its byte `at` another. */
const flipped = (sealed: string | null, at: number): string => {
  const raw = Buffer.from(sealed ?? '', 'base64');
  raw[at] = (raw[at] ?? 0) ^ 1;
  return raw.toString('base64');
};

describe('sealed content', () => {
  it('opens under the root and in the place it was sealed for', async () => {
    const sealed = await seal(sealing, 'ex_1', CONTENTS);
    expect(await opened('ex_1', sealed)).toEqual({ prompt: 'the prompt', reply: 'the reply' });
  });

  it('shows nothing of what it holds but its length', async () => {
    const sealed = await seal(sealing, 'ex_1', CONTENTS);
    const raw = [sealed.prompt, sealed.reply].map((text) => Buffer.from(text ?? '', 'base64'));
    expect(raw.map((part) => part.length)).toEqual([10, 9].map((length) => 12 + length + 16));
    expect(raw.map((part) => part.toString('latin1')).join()).not.toMatch(/prompt|reply/);
  });

  it('has a key and nonces of its own, however often the same is sealed', async () => {
    const all = await Promise.all(Array.from({ length: 20 }, () => seal(sealing, 'ex_1', CONTENTS)));
    const texts = all.flatMap(({ prompt, reply, wrapped_key }) => [prompt, reply, wrapped_key]);
    expect(new Set(texts.map((text) => text?.slice(0, 16))).size).toBe(60);
    const [one, other] = all;
    if (one === undefined || other === undefined) throw new Error('there are twenty');
    await expect(opened('ex_1', { ...one, wrapped_key: other.wrapped_key })).rejects.toThrow(DoesNotOpen);
  });

  it('opens for no other exchange, as no other part, and under no other root', async () => {
    const sealed = await seal(sealing, 'ex_1', CONTENTS);
    const swapped = { ...sealed, prompt: sealed.reply, reply: sealed.prompt };
    await expect(opened('ex_2', sealed)).rejects.toThrow(DoesNotOpen);
    await expect(opened('ex_1', swapped)).rejects.toThrow(DoesNotOpen);
    const elsewhere = sealingUnder('another-root-secret-0123456789-01234567');
    await expect(opened('ex_1', sealed, elsewhere)).rejects.toThrow(DoesNotOpen);
  });

  it('does not open when any byte of it or of its key was changed, or it was cut short', async () => {
    const sealed = await seal(sealing, 'ex_1', { prompt: content('x'), reply: null });
    const changed: Sealed[] = [];
    for (let at = 0; at < 12 + 1 + 16; at++) changed.push({ ...sealed, prompt: flipped(sealed.prompt, at) });
    for (let at = 0; at < 12 + 32 + 16; at++)
      changed.push({ ...sealed, wrapped_key: flipped(sealed.wrapped_key, at) });
    changed.push({ ...sealed, prompt: '' }, { ...sealed, wrapped_key: 'AAAA' }, { ...sealed, prompt: '%' });
    for (const one of changed) await expect(opened('ex_1', one)).rejects.toThrow(DoesNotOpen);
  });

  it('may be one part without the other, or none', async () => {
    const one = await seal(sealing, 'ex_1', { prompt: content('alone'), reply: null });
    expect(await opened('ex_1', one)).toEqual({ prompt: 'alone', reply: null });
    const none = await seal(sealing, 'ex_1', { prompt: null, reply: null });
    expect(await opened('ex_1', none)).toEqual({ prompt: null, reply: null });
  });

  it('may be as long as a part may be', async () => {
    const long = { bytes: new Uint8Array(PART_BYTES).fill(97), wholeBytes: PART_BYTES };
    const sealed = await seal(sealing, 'ex_1', { prompt: long, reply: null });
    const { prompt } = await open(sealing, 'ex_1', sealed);
    expect(Buffer.from(prompt ?? []).equals(Buffer.from(long.bytes))).toBe(true);
  });
});

describe('a copy', () => {
  it('keeps what came, piece by piece, and nothing of nothing', () => {
    const copy = newCopy();
    expect(copy.content()).toBeNull();
    copy.add('');
    expect(copy.content()).toBeNull();
    copy.add('Grü');
    copy.add(bytes('ße'));
    const kept = copy.content();
    expect(kept && textOf(kept)).toBe('Grüße');
    expect(cutOf({ prompt: kept, reply: null })).toEqual({});
  });

  it('is cut at its limit wherever the pieces end, and says how long the whole was', () => {
    for (let length = 1; length <= 7; length++) {
      const copy = newCopy(10);
      for (let i = 0; i < 3; i++) copy.add('abcdefg'.slice(0, length));
      const kept = copy.content();
      const whole = 'abcdefg'.slice(0, length).repeat(3);
      expect(kept && textOf(kept)).toBe(whole.slice(0, 10));
      expect(cutOf({ prompt: null, reply: kept })).toEqual(whole.length > 10 ? { reply: whole.length } : {});
    }
  });

  it('never shows half a character where it was cut', () => {
    for (let limit = 1; limit <= 8; limit++) {
      const copy = newCopy(limit);
      copy.add('👋👋');
      const kept = copy.content();
      expect(kept && textOf(kept)).toBe('👋'.repeat(Math.floor(limit / 4)));
    }
  });

  it('is read as it was sent: a byte order mark stays, and what is no UTF-8 shows as such', () => {
    expect(textOf({ bytes: new Uint8Array([0xef, 0xbb, 0xbf, 0x61]), wholeBytes: 4 })).toBe('\uFEFFa');
    expect(textOf({ bytes: new Uint8Array([0x61, 0xff]), wholeBytes: 2 })).toBe('a\uFFFD');
  });
});
