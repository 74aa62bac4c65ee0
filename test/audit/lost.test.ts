// What is written about those who could not write it themselves.
import { expect, it } from 'vitest';
import { lateSeal, lostSeal, startEntry, stopEntry } from '../../src/audit/lost.ts';
import type { Entry } from '../../src/audit/record.ts';

const AT = Date.UTC(2026, 10, 1, 12);
const opened = {
  exchange: 'ex_1',
  opened_at: '2026-11-01T11:59:00.000Z',
  team: 'crew',
  key: 'key_1',
  prompt_sha256: 'a'.repeat(64),
};

it('a lost exchange keeps what its opening said, is failed, and claims nothing that nobody knows', () => {
  const { kind, exchange, atMs, body } = lostSeal('ex_1', opened, AT);
  expect([kind, exchange, atMs]).toEqual(['seal', 'ex_1', AT]);
  expect(body).toMatchObject({
    ...opened,
    sealed_at: '2026-11-01T12:00:00.000Z',
    ending: 'failed',
    code: 'lost',
    status: null,
  });
  for (const field of [
    'backend',
    'zone',
    'model_used',
    'asked_in',
    'usage',
    'cost_micros',
    'sent_sha256',
    'reply_sha256',
    'delivered_sha256',
    'first_byte_ms',
    'total_ms',
  ])
    expect(body).toHaveProperty(field, null);
  for (const field of ['findings', 'coverage', 'route']) expect(body).toHaveProperty(field, []);
});

it('a seal that comes late says that it failed, and keeps what it knew of the way to the end', () => {
  const seal: Entry = {
    kind: 'seal',
    exchange: 'ex_1',
    atMs: AT - 5_000,
    body: {
      ...opened,
      ending: 'complete',
      status: 200,
      code: null,
      sent_sha256: 'b',
      reply_sha256: 'c',
      delivered_sha256: 'd',
    },
  };
  const late = lateSeal(seal, AT);
  expect(late).toMatchObject({ kind: 'seal', exchange: 'ex_1', atMs: AT });
  expect(late.body).toMatchObject({
    ending: 'failed',
    code: 'audit_unsealed',
    status: 200,
    sealed_at: '2026-11-01T12:00:00.000Z',
    sent_sha256: 'b',
    reply_sha256: 'c',
    delivered_sha256: null,
  });
});

it('a seal that comes late where nobody waits for seals says what happened: the client had its answer', () => {
  const seal: Entry = {
    kind: 'seal',
    exchange: 'ex_1',
    atMs: AT - 5_000,
    body: { ...opened, ending: 'complete', status: 200, code: null, delivered_sha256: 'd' },
  };
  expect(lateSeal(seal, AT, false)).toEqual({
    ...seal,
    atMs: AT,
    body: { ...seal.body, sealed_at: '2026-11-01T12:00:00.000Z' },
  });
});

it('a process says who it is first, what it found where the last one left off, and that it ends', () => {
  const cut = { what: 'torn', after_seq: 3, bytes: 70, folder: 'aside-wr_1-3' };
  const about = { runtime: 'node', spool: 'file', version: '0.1.0', set_aside: [], cut };
  expect(startEntry(AT, about)).toEqual({ kind: 'start', exchange: null, atMs: AT, body: about });
  expect(stopEntry(AT)).toEqual({ kind: 'stop', exchange: null, atMs: AT, body: {} });
});
