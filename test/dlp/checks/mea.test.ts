import { describe, expect, it } from 'vitest';
import { checks } from '../../../src/dlp/checks/index.ts';

const holds = (name: string, value: string): boolean | undefined => checks[name]?.(value);

/** Examples published by the authority or in the documentation of a validator, or worked out by hand. */
const VALID: readonly (readonly [name: string, ...values: readonly string[]])[] = [
  ['il-id', '3933742-3', '039337423'],
  ['kw-civil-id', '288020122596', '227081660516', '292091998298'],
  ['ir-national-code', '0499370899'],
  ['ir-legal-code', '10380284790'],
  ['tr-tckn', '17291716060'],
  ['tr-vkn', '4540536920'],
  ['za-id', '7503305044089', '7605300675088'],
  ['za-tax-number', '0001339050'],
  ['zw-national-id', '08-2047823-Q-29', '63-1222666S70', '50-2001148W50'],
  ['gh-tin', 'C0000803561'],
  ['ma-ice', '001561191000066'],
  ['mz-nuit', '400339910'],
];

/** Fields whose dates, regions or ranges are wrong. */
const IMPOSSIBLE: readonly (readonly [name: string, ...values: readonly string[]])[] = [
  ['ae-emirates-id', '784-1785-4821093-7', '784199012345671', '785-1985-4821093-7'],
  ['kw-civil-id', '288130122596', '28802012259'],
  ['eg-national-id', '28513140148213', '28502149948213', '20201213153101'],
  ['ir-national-code', '1111111111'],
  ['tr-tckn', '07291716060', '17291716061'],
  ['qa-qid', '28599948210', '28563400000'],
  ['bh-cpr', '851348210'],
  ['za-id', '7513305044089', '7503305044889'],
  ['na-id', '85133148210'],
  ['rw-nid', '1178580048210093', '1198590048210093'],
  ['tz-nida', '19851314-48210-00001-23'],
  ['mu-nic', 'A3202854821090'],
  ['ug-nin', 'CM850210', 'CMABCDEFGHIJKL'],
  ['mixed-letters', '12345678', 'ABCDEFGH'],
];

const mistyped = (value: string): string =>
  value.replace(/\d(?=\D*$)/, (last) => String((Number(last) + 1) % 10));

describe('Checks of the Middle East and Africa', () => {
  it.each(VALID.flatMap(([name, ...values]) => values.map((value) => [name, value] as const)))(
    '%s holds for %s',
    (name, value) => expect(holds(name, value)).toBe(true),
  );

  it.each(IMPOSSIBLE.flatMap(([name, ...values]) => values.map((value) => [name, value] as const)))(
    '%s fails for %s',
    (name, value) => expect(holds(name, value)).toBe(false),
  );

  // The letter checks the digits before it; the district after it is free.
  it.each(VALID.filter(([name]) => name !== 'zw-national-id'))(
    '%s fails when the last digit of %s is wrong',
    (name, value) => expect(holds(name, mistyped(value ?? ''))).toBe(false),
  );

  it('finds a wrong letter in a number of Zimbabwe', () => {
    expect(holds('zw-national-id', '08-2047823-R-29')).toBe(false);
  });

  it('tells dates and places that fields carry', () => {
    for (const [name, value] of [
      ['ae-emirates-id', '784-1985-4821093-7'],
      ['eg-national-id', '28502140148213'],
      ['qa-qid', '28563448210'],
      ['bh-cpr', '850248210'],
      ['na-id', '85021448210'],
      ['rw-nid', '1 1985 8 0048210 0 93'],
      ['tz-nida', '19850214-48210-00001-23'],
      ['ug-nin', 'CM02112562845X'],
      ['mixed-letters', 'R48K2M1Z'],
    ] as const)
      expect(holds(name, value), `${name} ${value}`).toBe(true);
  });

  it('never throws, whatever the text', () => {
    for (const name of new Set([...VALID, ...IMPOSSIBLE].map(([first]) => first)))
      for (const text of ['', '-', 'x', '9'.repeat(400), 'الهوية', '\ud800', 'ABCDEFGHIJKLMNOPQR'])
        expect(typeof holds(name, text)).toBe('boolean');
  });
});
