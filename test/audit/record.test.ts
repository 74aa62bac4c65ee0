// What a record holds of texts that a caller chose.

import { describe, expect, it } from 'vitest';
import { fieldText, openEntry, sealEntry } from '../../src/audit/record.ts';
import { unknown } from '../../src/dialects/index.ts';
import type { Exchange } from '../../src/exchange.ts';
import { UNFILLED } from '../../src/exchange.ts';
import { endings } from '../../src/run.ts';

const HOSTILE = `lan/\u0000\ud800${'x'.repeat(10_000)}`;
const hangup = { gone: false, onGone: () => () => undefined };
const exchange: Exchange = {
  id: 'ex_1',
  openedAtMs: 0,
  dialect: unknown,
  endpoint: 'unknown',
  method: 'GET',
  path: `/v1/${HOSTILE}`,
  connection: {
    address: '',
    hangup,
    readBody: async () => new Uint8Array(),
    deliver: async () => undefined,
  },
  query: '',
  header: () => HOSTILE,
  headerNames: () => [],
  ...UNFILLED,
  ...endings(),
};
const backend = { name: 'lan', provider: 'compatible', url: null, zone: 'on_prem', secret: null } as const;

describe('a record', () => {
  it('holds every text of a caller cut short and as Postgres can keep it', () => {
    const target = { backend, model: HOSTILE };
    const asked = { model: HOSTILE, stream: false, usage: false };
    const full: Exchange = {
      ...exchange,
      target,
      candidates: [{ target, passedOver: null }],
      // Of a prompt the record reads no more than this.
      prompt: { asked, sha256: 'a' } as never,
    };
    const outcome = { ending: 'failed', status: 502, code: 'x', note: HOSTILE } as const;
    for (const entry of [openEntry(full, 1), sealEntry(full, outcome, 1)]) {
      const text = JSON.stringify(entry);
      expect(text).not.toMatch(/\\u0000|\\ud800/);
      expect(text.length).toBeLessThan(5_000);
    }
  });

  it('says nothing where nothing is known', () => {
    const { body } = sealEntry(
      exchange,
      { ending: 'refused', status: 404, code: 'not_found', note: null },
      7,
    );
    expect(body).toMatchObject({
      address: null,
      team: null,
      key: null,
      model: null,
      model_used: null,
      asked_in: null,
      prompt_sha256: null,
      sent_sha256: null,
      reply_sha256: null,
      delivered_sha256: null,
      usage: null,
      first_byte_ms: null,
      total_ms: 7,
      coverage: [],
    });
  });

  it.each([
    [undefined, null],
    [null, null],
    ['', ''],
    ['plain é😀', 'plain é😀'],
    ['\u0000', '\uFFFD'],
    ['\udc00x', '\uFFFDx'],
    ['x'.repeat(257), `${'x'.repeat(256)}…`],
    // Half of a pair is not kept.
    [`${'x'.repeat(255)}😀y`, `${'x'.repeat(255)}\uFFFD…`],
  ])('keeps %j as %j', (text, kept) => {
    expect(fieldText(text)).toBe(kept);
  });
});
