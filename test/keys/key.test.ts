// What a key looks like, when it counts, and which header wins.
import { describe, expect, it } from 'vitest';
import type { Grant } from '../../src/keys/key.ts';
import { keyHint, keyText, keyTextFault, mustCount, presentedKey, sameText } from '../../src/keys/key.ts';
import { DEFAULT_POLICY } from '../../src/policies/policy.ts';
import { Refusal } from '../../src/refusal.ts';

const codeOf = (work: () => unknown): string => {
  try {
    work();
  } catch (error) {
    if (error instanceof Refusal) return error.code;
    throw error;
  }
  return 'counts';
};
const headers = (given: Readonly<Record<string, string>>) => (name: string) => given[name];
const T = Date.UTC(2026, 0);
const grant = (expiresAtMs: number | null, revokedAtMs: number | null): Grant => ({
  ...{ keyId: 'key_1', keyName: 'k', team: 't', useCase: 'u', useCaseVersion: 1, systemPrompt: null },
  ...{
    callerSystem: 'allow',
    callerCredential: 'refuse',
    models: [],
    endpoints: [],
    dataClass: 'sensitive',
    policy: 'default',
    policyVersion: 1,
    policyBody: DEFAULT_POLICY,
    capture: 'none',
    captureDays: 30,
  },
  ...{ expiresAtMs, revokedAtMs },
});

describe('a key', () => {
  it('is 47 characters of which every one of 256 bits matters', () => {
    const text = keyText(new Uint8Array(32));
    expect(text).toBe(`gtk_${'0'.repeat(43)}`);
    expect(keyText(new Uint8Array(32).fill(255))).toMatch(/^gtk_[0-9A-Za-z]{43}$/);
    const seen = new Set(
      Array.from({ length: 256 }, (_, bit) =>
        keyText(new Uint8Array(32).map((__, i) => (i === bit >> 3 ? 1 << (bit & 7) : 0))),
      ),
    );
    expect(seen.size).toBe(256);
    expect(seen.has(text)).toBe(false);
  });
  it('shows its last four characters and no more', () => {
    expect(keyHint('gtk_abcdefgh')).toBe('efgh');
  });
  it('counts until the very millisecond of its end', () => {
    expect(codeOf(() => mustCount(grant(T, null), T - 1))).toBe('counts');
    expect(codeOf(() => mustCount(grant(T, null), T))).toBe('key_expired');
    expect(codeOf(() => mustCount(grant(null, T), T - 1))).toBe('counts');
    expect(codeOf(() => mustCount(grant(null, T), T))).toBe('key_revoked');
    expect(codeOf(() => mustCount(grant(T, T), T))).toBe('key_revoked');
    expect(codeOf(() => mustCount(grant(null, null), Number.MAX_SAFE_INTEGER))).toBe('counts');
  });
  it.each([
    ['x'.repeat(23), /at least 24/],
    ['x'.repeat(513), /at most 512/],
    [`${'x'.repeat(24)} `, /printable ASCII/],
    [`${'x'.repeat(24)}é`, /printable ASCII/],
    [`${'x'.repeat(24)}\n`, /printable ASCII/],
    ['x'.repeat(24), undefined],
    ['~!"#$%&/()=?`+*^_-.:,;<>|x', undefined],
  ])('of an operator, %j, is taken or not', (text, fault) => {
    if (fault === undefined) expect(keyTextFault(text)).toBeUndefined();
    else expect(keyTextFault(text)).toMatch(fault);
  });
});

describe('the key of a request', () => {
  it.each([
    [{ 'x-gatehouse-key': 'own', authorization: 'Bearer oauth', 'x-api-key': 'other' }, 'own'],
    [{ authorization: 'Bearer one', 'x-api-key': 'other' }, 'one'],
    [{ 'x-api-key': 'other' }, 'other'],
    [{ authorization: 'bearer   spaced  ' }, 'spaced'],
    [{ authorization: 'Basic dXNlcjpwYXNz', 'x-api-key': 'other' }, 'other'],
    [{ 'x-gatehouse-key': '', authorization: 'Bearer one' }, 'one'],
    [{ authorization: 'Bearer ', 'x-api-key': 'other' }, 'other'],
  ])('%j is %s', (given, key) => {
    expect(presentedKey(headers(given))).toBe(key);
  });
  it.each([
    {},
    { authorization: '' },
    { authorization: 'Bearer' },
    { authorization: 'Bearer ' },
    { authorization: 'Basic x' },
    { 'x-api-key': '' },
  ])('%j is missing', (given) => {
    expect(codeOf(() => presentedKey(headers(given as Record<string, string>)))).toBe('missing_key');
  });
  it('of more than 512 characters is no key, and is not hashed', () => {
    expect(codeOf(() => presentedKey(headers({ 'x-api-key': 'x'.repeat(513) })))).toBe('invalid_key');
    expect(presentedKey(headers({ 'x-api-key': 'x'.repeat(512) }))).toHaveLength(512);
  });
});

it('texts are the same only when every character is', () => {
  for (const [a, b] of [
    ['', 'a'],
    ['a', ''],
    ['ab', 'aab'],
    ['ab', 'abab'],
    ['abc', 'abd'],
    ['bbc', 'abc'],
  ] as const)
    expect([a, b, sameText(a, b)]).toEqual([a, b, false]);
  for (const text of ['', 'a', 'gtk_é漢']) expect(sameText(text, text)).toBe(true);
});
