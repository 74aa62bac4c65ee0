// One chain, said three times: by a writer that hashes, by Postgres that numbers, and by whoever reads a place out of a text.
import { describe, expect, it } from 'vitest';
import {
  canonicalText,
  GENESIS,
  headsDigest,
  linkHash,
  monthOf,
  nextLink,
  placeIn,
  textAround,
} from '../../src/audit/chain.ts';
import { Exchanges } from '../../src/audit/exchanges.ts';
import { entryLine, readEntryLine } from '../../src/audit/export-lines.ts';
import { entryOf } from '../kit/audit-store.ts';
import { hashes, seeded, upTo } from '../kit/ledger.ts';

/** Texts that look like our own fields, or are hard to write. */
const HARD = [
  '"seq":0,"v":1,"writer":"x"}',
  ',"exchange":"ex_X","kind":"seal","seq":9,"v":1,"writer":"w"}',
  '{"at":"',
  '\\',
  '"',
  '\u2028\u0000\uFFFD',
  '的é😀',
  '',
  '\\"',
];
const AT_MS = Date.UTC(2026, 10, 21, 9, 30);

const bodies = Array.from({ length: 200 }, (_, seed) => {
  const random = seeded(seed);
  const text = () => HARD[upTo(random, HARD.length)] ?? '';
  return {
    [text()]: text(),
    [`z${text()}`]: [text(), { [text()]: seed / 7 }],
    writer: text(),
    seq: seed,
    exchange: text(),
    nested: { exchange: null, v: 1 },
  };
});

describe('an entry', () => {
  it('has one text, whether its writer numbers it or Postgres does', () => {
    for (const body of bodies) {
      const entry = entryOf('seal', 'ex_01JD00000000000000000000AB', AT_MS, body);
      const link = nextLink(hashes.hex, 'wr_x', { seq: 41, hash: GENESIS.hash }, entry);
      const { before, after } = textAround('wr_x', entry);
      expect(`${before}42${after}`).toBe(link.text);
      expect(link.hash).toBe(linkHash(hashes.hex, GENESIS.hash, link.text));
    }
  });

  it('tells its place without its body being read, whatever the body says', () => {
    for (const body of bodies) {
      for (const exchange of [null, 'ex_01JD00000000000000000000AB']) {
        const { text } = nextLink(
          hashes.hex,
          'wr_x',
          { seq: 6, hash: GENESIS.hash },
          entryOf('open', exchange, AT_MS, body),
        );
        expect(placeIn(text)).toEqual({
          at: '2026-11-21T09:30:00.000Z',
          exchange,
          kind: 'open',
          seq: 7,
          writer: 'wr_x',
        });
        const { at, kind, seq, writer } = JSON.parse(text);
        expect(placeIn(text)).toMatchObject({ at, kind, seq, writer });
      }
    }
  });

  it('has no place in a text that is built otherwise', () => {
    const { text } = nextLink(hashes.hex, 'wr_x', GENESIS, entryOf('open', null, AT_MS));
    for (const wrong of [
      '',
      '{}',
      text.slice(1),
      text.slice(0, -1),
      `${text} `,
      text.replace('"v":1', '"v":2'),
      text.replace('Z"', '"'),
      text.replace('"body"', '"Body"'),
      ` ${text}`,
    ]) {
      expect(placeIn(wrong), wrong).toBeUndefined();
    }
  });

  it('comes back from a line of an export as it was, also a text that is no JSON', () => {
    for (const [seq, body] of bodies.entries()) {
      for (const text of [canonicalText(body), 'no JSON', '{"a":1,\n"b":2}', '', '"']) {
        const row = { writer: `wr_${seq}"\\`, seq, month: '2026-11-01', hash: 'x', text };
        const line = entryLine(row);
        expect(line.indexOf('\n')).toBe(line.length - 1);
        expect(readEntryLine(line.slice(0, -1))).toEqual(row);
      }
    }
  });

  it('is kept under the month of its time', () => {
    expect(monthOf('2026-11-30T23:59:59.999Z')).toBe('2026-11-01');
  });
});

it('the digest of heads depends on each writer, number and hash, and not on the order they came in', () => {
  const heads = new Map([
    ['b', { seq: 1, hash: 'x' }],
    ['a', { seq: 2, hash: 'y' }],
  ]);
  const digest = headsDigest(hashes.hex, heads);
  expect(headsDigest(hashes.hex, new Map([...heads].reverse()))).toBe(digest);
  for (const other of [
    new Map([...heads, ['c', GENESIS] as const]),
    new Map([...heads, ['a', { seq: 3, hash: 'y' }] as const]),
    new Map([...heads, ['a', { seq: 2, hash: 'z' }] as const]),
  ]) {
    expect(headsDigest(hashes.hex, other)).not.toBe(digest);
  }
});

it('a set of exchanges knows each one of a hundred thousand, its marks and where it was opened', () => {
  const random = seeded(5);
  const id = (): string =>
    `ex_0${Array.from({ length: 25 }, () => '0123456789ABCDEFGHJKMNPQRSTVWXYZ'.charAt(upTo(random, 32))).join('')}`;
  const ids = [...new Set(Array.from({ length: 100_000 }, (_, i) => (i % 1000 === 0 ? `other-${i}` : id())))];
  const exchanges = new Exchanges();
  const sealed = ids.filter((_, line) => line % 100 !== 7);
  expect(ids.every((exchange, line) => exchanges.open(exchange, line, AT_MS))).toBe(true);
  expect(sealed.every((exchange) => exchanges.seal(exchange))).toBe(true);
  expect(sealed.some((exchange) => exchanges.seal(exchange))).toBe(false);
  expect(exchanges.unsealed()).toEqual(
    ids.flatMap((exchange, line) => (line % 100 === 7 ? [{ exchange, line, atMs: AT_MS }] : [])),
  );
  expect(ids.some((exchange) => exchanges.open(exchange, 0, AT_MS))).toBe(false);
});
