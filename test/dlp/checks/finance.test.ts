import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { cryptoAddressChecks } from '../../../src/dlp/checks/crypto-addresses.ts';
import { financeChecks } from '../../../src/dlp/checks/finance.ts';
import { sha256 } from '../../../src/dlp/checks/sha256.ts';

const checks = { ...financeChecks, ...cryptoAddressChecks };

/** Examples of the standards and registries, and of the articles that cite them. */
const PUBLISHED: Readonly<Record<string, readonly string[]>> = {
  iban: [
    'AD12 0001 2030 2003 5910 0100',
    'AT61 1904 3002 3457 3201',
    'BE68 5390 0754 7034',
    'CH93 0076 2011 6238 5295 7',
    'DE89 3704 0044 0532 0130 00',
    'ES91 2100 0418 4502 0005 1332',
    'FR14 2004 1010 0505 0001 3M02 606',
    'GB29 NWBK 6016 1331 9268 19',
    'GR16 0110 1250 0000 0001 2300 695',
    'IT60 X054 2811 1010 0000 0123 456',
    'MT84 MALT 0110 0001 2345 MTLC AST0 01S',
    'NO93 8601 1117 947',
    'SA03 8000 0000 6080 1016 7519',
    'nl91abna0417164300',
    'BR97 0036 0305 0000 1000 9795 493P 1',
  ],
  'sepa-creditor-id': ['DE98ZZZ09999999999', 'ES23ZZZ47690558N', 'AT61ZZZ01234567890'],
  'creditor-reference': ['RF18 5390 0754 7034', 'RF712348231'],
  'aba-routing': ['021000021', '322271627', '0110-0001-5'],
  cusip: ['037833100', '17275R102', '68389X105', 'DUS0421C5'],
  isin: ['US0378331005', 'GB0002634946', 'DE0007164600'],
  sedol: ['B15KXQ8', '0263494'],
  lei: ['213800KUD8LAJWSQ9D15', '529900T8BM49AURSDO55'],
  figi: ['BBG000BLNQ16', 'BBG000BLNNH6'],
  'es-ccc': ['1234-1234-16 1234567890', '2100 0418 45 0200051332'],
  'be-account': ['539-0075470-34'],
  'no-account': ['8601.11.17947'],
  'pl-account': ['61 1090 1014 0000 0712 1981 2874'],
  'fr-rib': ['20041 01005 0500013M026 06', '30006 00001 12345678901 89'],
  'cz-account': ['19-2000145399/0800'],
  'hu-account': ['11773016-11111018-00000000'],
  'bitcoin-address': ['1NEDqZPvTWRaoho48qXuLLsrYomMXPABfD', '3J98t1WpEZ73CNmQviecrnyiWrnqRhWNLy'],
};

describe('finance checks', () => {
  for (const [name, examples] of Object.entries(PUBLISHED)) {
    const check = checks[name];
    it(`${name} holds for published values, and for none with one wrong digit`, () => {
      for (const example of examples) {
        expect(check?.(example), example).toBe(true);
        const body = name === 'sepa-creditor-id' ? example.length : 0;
        for (let at = 0; at < example.length; at++) {
          const char = example[at] ?? '';
          if (
            !/\d/.test(char) ||
            (body > 0 && at >= 4 && at < 7) ||
            (name === 'cz-account' && at > example.indexOf('/'))
          )
            continue;
          const wrong = `${example.slice(0, at)}${(Number(char) + 1) % 10}${example.slice(at + 1)}`;
          expect(check?.(wrong), wrong).toBe(false);
        }
      }
    });
  }

  it('an IBAN has its country’s length and structure', () => {
    expect(checks.iban?.('DE89 3704 0044 0532 0130')).toBe(false);
    expect(checks.iban?.('ZZ89 3704 0044 0532 0130 00')).toBe(false);
    expect(checks.iban?.('GB29 1234 6016 1331 9268 19')).toBe(false);
  });

  it('a BIC has a country and is no word', () => {
    for (const code of ['COBADEFFXXX', 'NWBKGB2L', 'DEUTDEFF', 'ABNANL2A'])
      expect(checks.bic?.(code), code).toBe(true);
    for (const code of ['REQUIRED', 'CUSTOMER', 'BENEFICIARY', 'POSTBANK', 'ABCDQQ2L'])
      expect(checks.bic?.(code), code).toBe(false);
  });

  it('bech32 and bech32m hold, one wrong character does not', () => {
    const addresses = [
      'bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq',
      'bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqzk5jj0',
      'BC1QW508D6QEJXTDG4Y5R3ZARVARY0C5XW7KV8F3T4',
    ];
    for (const address of addresses) {
      expect(checks['bitcoin-address']?.(address), address).toBe(true);
      const last = address.endsWith('q') || address.endsWith('Q') ? 'p' : 'q';
      expect(checks['bitcoin-address']?.(`${address.slice(0, -1)}${last}`)).toBe(false);
    }
  });

  it('sha256 is the platform’s, of every length it takes', () => {
    for (let length = 0; length <= 55; length++) {
      const bytes = Uint8Array.from({ length }, (_, i) => (i * 37 + length) & 255);
      expect(Buffer.from(sha256(bytes)).toString('hex')).toBe(
        createHash('sha256').update(bytes).digest('hex'),
      );
    }
  });

  it('addresses of one chain are none of another', () => {
    expect(checks['tron-address']?.('1NEDqZPvTWRaoho48qXuLLsrYomMXPABfD')).toBe(false);
    expect(checks['xrp-address']?.('rHb9CJAWyB4rj91VRWn96DkukG4bwdtyTh')).toBe(true);
    expect(checks['ethereum-address']?.(`0x${'0'.repeat(40)}`)).toBe(false);
  });

  it('no text makes a check throw', () => {
    for (const check of Object.values(checks))
      for (const text of ['', '/', '1', 'bc1', 'A'.repeat(512), '9'.repeat(512), 'é'])
        expect(() => check(text)).not.toThrow();
  });
});
