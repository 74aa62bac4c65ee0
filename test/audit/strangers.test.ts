// Strangers can neither hide in the ledger nor flood it.
import { expect, it } from 'vitest';
import { countStrangers } from '../../src/audit/strangers.ts';

const AT = Date.UTC(2026, 10, 1, 12, 0, 0);
const SECOND = 1_000;
const MINUTE = 60 * SECOND;

it('the first of an address in a minute is a record; the rest of that minute are one count, by code', () => {
  const strangers = countStrangers();
  expect(strangers.met('10.0.0.1', 'invalid_key', AT)).toBe(true);
  for (let second = 1; second <= 9; second++)
    expect(strangers.met('10.0.0.1', second < 4 ? 'missing_key' : 'invalid_key', AT + second * SECOND)).toBe(
      false,
    );
  expect(strangers.met('10.0.0.2', 'invalid_key', AT)).toBe(true);
  expect(strangers.due(AT + 59 * SECOND, false)).toEqual([]);
  expect(strangers.due(AT + MINUTE, false)).toEqual([
    {
      kind: 'strangers',
      exchange: null,
      atMs: AT + MINUTE,
      body: {
        address: '10.0.0.1',
        refused: 9,
        codes: { missing_key: 3, invalid_key: 6 },
        first_at: '2026-11-01T12:00:00.000Z',
        last_at: '2026-11-01T12:00:09.000Z',
      },
    },
  ]);
  expect(strangers.due(AT + 2 * MINUTE, false)).toEqual([]);
  expect(strangers.met('10.0.0.1', 'invalid_key', AT + MINUTE)).toBe(true);
});

it('every refusal is a record or in a count, whatever the addresses', () => {
  const strangers = countStrangers();
  let records = 0;
  const all = 20_000;
  for (let index = 0; index < all; index++)
    if (
      strangers.met(
        `10.${index % 200}.${Math.floor(index / 200) % 100}.1`,
        'invalid_key',
        AT + (index % 50) * SECOND,
      )
    )
      records++;
  const due = strangers.due(AT + MINUTE, false);
  const counted = due.reduce((sum, { body }) => sum + Number(body.refused), 0);
  expect(records + counted).toBe(all);
  // A minute writes no more than this, however many there are.
  expect(records).toBe(5_000);
  expect(due.length).toBeLessThanOrEqual(5_001);
  expect(due.some(({ body }) => body.address === 'others')).toBe(true);
});

it('of IPv6 a network counts as one, however the address is written', () => {
  const strangers = countStrangers();
  expect(strangers.met('2001:db8:1:2::1', 'invalid_key', AT)).toBe(true);
  for (const address of ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2:ffff::', '2001:db8:1:2::ffff:1'])
    expect(strangers.met(address, 'invalid_key', AT)).toBe(false);
  expect(strangers.met('2001:db8:1:3::1', 'invalid_key', AT)).toBe(true);
  expect(strangers.met('2001:db8::1:2:3', 'invalid_key', AT)).toBe(true);
  expect(strangers.met('::1', 'invalid_key', AT)).toBe(true);
  expect(strangers.met('::ffff:10.0.0.1', 'invalid_key', AT)).toBe(true);
  expect(strangers.due(AT, true).map(({ body }) => body.address)).toEqual(['2001:db8:1:2::/64']);
});

it('at the end all is due, a minute under way too', () => {
  const strangers = countStrangers();
  for (const at of [AT, AT + SECOND, AT + MINUTE, AT + MINUTE + SECOND]) strangers.met('', null, at);
  const due = strangers.due(AT + MINUTE + SECOND, true);
  expect(due.map(({ body }) => [body.address, body.refused, body.codes])).toEqual([
    ['', 1, { none: 1 }],
    ['', 1, { none: 1 }],
  ]);
  expect(strangers.due(AT + 5 * MINUTE, true)).toEqual([]);
});

it('what is told before its minute is over is told once, and nobody is a newcomer again for it', () => {
  const strangers = countStrangers();
  for (let second = 0; second < 3; second++) strangers.met('10.0.0.1', 'invalid_key', AT + second * SECOND);
  expect(strangers.due(AT + 20 * SECOND, true).map(({ body }) => body.refused)).toEqual([2]);
  expect(strangers.due(AT + 21 * SECOND, true)).toEqual([]);
  expect(strangers.met('10.0.0.1', 'invalid_key', AT + 22 * SECOND)).toBe(false);
  expect(strangers.due(AT + MINUTE, false).map(({ body }) => body.refused)).toEqual([1]);
});

it('of those who cannot be identified ten more of an address and minute are records, and the rest are counted', () => {
  const strangers = countStrangers();
  const met = (address: string, second: number) =>
    strangers.met(address, 'store_unavailable', AT + second * SECOND, true);
  const records = Array.from({ length: 30 }, (_, second) => met('10.0.0.1', second)).filter(Boolean);
  expect(records).toHaveLength(11);
  expect(met('10.0.0.2', 30)).toBe(true);
  expect(met('10.0.0.2', 31)).toBe(true);
  expect(strangers.met('10.0.0.2', 'invalid_key', AT + 32 * SECOND)).toBe(false);
  expect(strangers.due(AT + MINUTE, false).map(({ body }) => [body.address, body.codes])).toEqual([
    ['10.0.0.1', { store_unavailable: 19 }],
    ['10.0.0.2', { invalid_key: 1 }],
  ]);
  expect(met('10.0.0.1', 60)).toBe(true);
  expect(met('10.0.0.1', 61)).toBe(true);
});

it('random keys from everywhere make no flood while the store is away: a bounded number of records, all else counted', () => {
  const strangers = countStrangers();
  let records = 0;
  const all = 30_000;
  for (let index = 0; index < all; index++)
    if (strangers.met(`10.9.${Math.floor(index / 100) % 4}.${index % 100}`, 'store_unavailable', AT, true))
      records++;
  const counted = strangers.due(AT + MINUTE, false).reduce((sum, { body }) => sum + Number(body.refused), 0);
  expect(records + counted).toBe(all);
  // Each of the four hundred addresses once, and three hundred more.
  expect(records).toBe(400 + 300);
});

it('a count that could not be written comes again with the minute that is under way, and loses nothing', () => {
  const strangers = countStrangers();
  for (let second = 0; second < 5; second++) strangers.met('10.0.0.1', 'invalid_key', AT + second * SECOND);
  const [entry] = strangers.due(AT + MINUTE, false);
  if (entry === undefined) throw new Error('nothing was due');
  strangers.again(entry, AT + MINUTE);
  expect(strangers.due(AT + MINUTE, false)).toEqual([]);
  strangers.met('10.0.0.1', 'missing_key', AT + MINUTE + 5 * SECOND);
  expect(strangers.due(AT + 2 * MINUTE, false).map(({ body }) => body)).toEqual([
    {
      address: '10.0.0.1',
      refused: 5,
      codes: { invalid_key: 4, missing_key: 1 },
      first_at: '2026-11-01T12:00:00.000Z',
      last_at: '2026-11-01T12:01:05.000Z',
    },
  ]);
});
