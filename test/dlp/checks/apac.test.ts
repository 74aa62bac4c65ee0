import { describe, expect, it } from 'vitest';
import { checks } from '../../../src/dlp/checks/index.ts';

const holds = (name: string, value: string): boolean | undefined => checks[name]?.(value);

/** Examples published by the authority or in the documentation of a validator, or worked out by hand. */
const VALID: readonly (readonly [name: string, ...values: readonly string[]])[] = [
  ['in-aadhaar', '234123412346', '2341 2341 2346'],
  ['in-gstin', '27AAPFU0939F1ZV'],
  ['pk-cnic', '34201-0891231-8'],
  ['cn-resident-id', '11010519491231002X', '360426199101010071', '440524 18800101 001 4'],
  ['cn-uscc', '91110000600037341L'],
  ['hk-hkid', 'CA182361(1)', 'A123456(3)'],
  ['tw-national-id', 'A123456789', 'A800000014'],
  ['tw-ubn', '00501503', '10458575'],
  ['jp-my-number', '123456789018', '1234-5678-9018'],
  ['jp-corporate-number', '5-8356-7825-6246'],
  ['kr-business-number', '116-82-00276'],
  ['kr-corporate-number', '130111-0006246'],
  ['sg-nric', 'S1234567D', 'T1234567J', 'F1234567N', 'G1234567X', 'M1234567K'],
  ['sg-uen', '00192200M', '197401143C', 'S16FC0121D', 'T01FC6132D'],
  ['id-npwp', '01.312.166.0-091.000'],
  ['th-national-id', '1-2345-45678-78-1'],
  ['vn-mst', '0100233488', '0314409058-002'],
  ['kz-iin', '061211600012'],
  ['au-tfn', '123 456 782', '37 118 629'],
  ['au-abn', '83 914 571 673', '51 824 753 556'],
  ['au-acn', '004 085 616'],
  ['au-medicare', '2123 45670 1'],
  ['au-ihi', '8003608166690503'],
  ['nz-ird', '49-091-850', '136410132'],
  ['nz-nhi', 'WLD9413', 'ZSC21TN', 'ZAC5361', 'ZBN77VL', 'ZVB97XQ'],
  ['nz-nzbn', '9429032389470'],
];

/** Fields whose dates, regions or ranges are wrong. */
const IMPOSSIBLE: readonly (readonly [name: string, ...values: readonly string[]])[] = [
  ['in-aadhaar', '123412341234', '222222222222', ''],
  ['in-gstin', '39AAPFU0939F1ZV', '27AAPFU0939F1Z'],
  ['pk-cnic', '84201-0891231-8', '34201-0891231-0'],
  ['bd-nid', '17852694821093739', '0821093739'],
  ['lk-nic', '853991093V', '85234109', '185023401093'],
  ['lk-nic-old', '080442957X'],
  ['cn-resident-id', '99010519491231002X', '110105194913310021', '110105491331002'],
  ['kr-rrn', '851314-1482109', '8502141'],
  ['kr-birth-date', '850230-1482109', '190214-1482109'],
  ['my-nric', '851314-14-4821', '850214-00-4821'],
  ['id-nik', '3171049902850003', '9971041402850003', '3171041402850000'],
  ['vn-cccd', '099085014821', '001985014821'],
  ['uz-pinfl', '71402850482109', '33202850482109'],
  ['kg-pin', '23202198500482', '21402178500482'],
  ['am-psn', '2413850048', '0102850048'],
  ['az-fin', '4821093', 'INVOICE'],
  ['mn-register', 'УБ85132148', 'УБ01340248'],
  ['nz-nhi', 'ZZZ0044', 'ZZZ00AA'],
  ['au-medicare', '1123 45670 1'],
];

/** The last digit or letter changed to another of its kind. */
const mistyped = (value: string): string =>
  value.replace(/[0-9A-Z](?=[^0-9A-Z]*$)/, (last) =>
    /\d/.test(last)
      ? String((Number(last) + 1) % 10)
      : last === 'Z'
        ? 'A'
        : String.fromCharCode(last.charCodeAt(0) + 1),
  );

describe('Checks of Asia and the Pacific', () => {
  it.each(VALID.flatMap(([name, ...values]) => values.map((value) => [name, value] as const)))(
    '%s holds for %s',
    (name, value) => expect(holds(name, value)).toBe(true),
  );

  it.each(IMPOSSIBLE.flatMap(([name, ...values]) => values.map((value) => [name, value] as const)))(
    '%s fails for %s',
    (name, value) => expect(holds(name, value)).toBe(false),
  );

  // What follows the check digit, or has none: a change there is another valid number.
  const open = new Set(['pk-cnic', 'id-npwp', 'au-medicare']);
  it.each(VALID.filter(([name]) => !open.has(name)))(
    '%s fails when the last digit of %s is wrong',
    (name, value) => expect(holds(name, mistyped(value ?? ''))).toBe(false),
  );

  it('finds a wrong digit inside, too', () => {
    expect(holds('id-npwp', '01.312.167.0-091.000')).toBe(false);
    expect(holds('au-medicare', '2123 45671 1')).toBe(false);
    expect(holds('vn-mst', '0314409059-002')).toBe(false);
  });

  it('tells dates that fields carry', () => {
    for (const [name, value] of [
      ['lk-nic', '198523401093'],
      ['my-nric', '850214-14-4821'],
      ['id-nik', '3273054703900012'],
      ['vn-cccd', '001085014821'],
      ['kr-birth-date', '850214-1482109'],
      ['kg-pin', '21402198500482'],
      ['am-psn', '2402850048'],
      ['mn-register', 'ТА01321125'],
    ] as const)
      expect(holds(name, value), `${name} ${value}`).toBe(true);
  });

  it('never throws, whatever the text', () => {
    for (const name of new Set([...VALID, ...IMPOSSIBLE].map(([first]) => first)))
      for (const text of ['', '-', 'x', '9'.repeat(400), '身份证', '\ud800', 'ABCDEFGHIJKLMNOPQR'])
        expect(typeof holds(name, text)).toBe('boolean');
  });
});
