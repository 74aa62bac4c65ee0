import { describe, expect, it } from 'vitest';
import { issuedToken } from '../../../src/dlp/checks/secrets-saas.ts';

describe('a token of a vendor', () => {
  it.each([
    '110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw1',
    `pat${'q3Vx8ZpLm2Rt7Y'}.${'9f8e7d6c5b4a3928'.repeat(4)}`,
    'APP_USR-1234567890123456-031122-9f8e7d6c5b4a39281706f5e4d3c2b1a0-123456789',
    'A21AAFEpH4PsADK7qSS7pSRsgzfENtu-Q1ysgEDVDESseMHBYXVJYE8ovjj68elIDy8nF26A',
  ])('is issued when drawn at random: %s', (token) => {
    expect(issuedToken(token)).toBe(true);
  });

  it.each([
    'xkeysib-your-api-key-goes-here',
    'tfp_EXAMPLEq3Vx8ZpLm2Rt7YwKc5NbHd1GfJs9QaUe',
    `shpat_${'x'.repeat(32)}`,
    `shpat_${'f'.repeat(32)}`,
    'lin_api_abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMN',
    'pat-na1-00000000-0000-0000-0000-000000000000',
    'SG.***.***',
  ])('is a stand-in when a manual wrote it: %s', (token) => {
    expect(issuedToken(token)).toBe(false);
  });

  it('is answered for any text, in time that grows with its length', () => {
    expect(issuedToken('')).toBe(true);
    expect(issuedToken(`${'a1'.repeat(50_000)}`)).toBe(true);
  });
});
