import { describe, expect, it } from 'vitest';
import { checks } from '../../../src/dlp/checks/index.ts';

const each = (name: string, values: readonly string[], expected: boolean): void => {
  for (const value of values) expect(checks[name]?.(value), `${name} ${value}`).toBe(expected);
};

describe('checks of health care', () => {
  it('takes a birth date in the forms people write, and refuses days that are none', () => {
    each(
      'birth-date',
      [
        '04/12/1985',
        '12.04.1985',
        '1985-04-12',
        '19850412',
        '7 août 1990',
        '12 de abril de 1985',
        'March 3rd, 1979',
        '1985年4月12日',
        '3.7.62',
      ],
      true,
    );
    each(
      'birth-date',
      ['31/31/1985', '1985-13-01', '30.02.1985', '12 foo 1985', '01/01/2099', '1.2.3'],
      false,
    );
  });

  it('takes a device by the check digit of its GTIN', () => {
    each('udi', ['(01)05343518663967(17)270131', '(01)04006381333931'], true);
    each('udi', ['(01)05343518663968', '(01)04006381333932'], false);
  });

  it('refuses a date as the number of a record', () => {
    each('record-number', ['00482913', 'A-204519'], true);
    each('record-number', ['20240115', '0000000', '123'], false);
  });

  it('takes diagnosis codes', () => {
    each('icd10', ['E11.9', 'I10', 'U07.1'], true);
    each('icd10', ['U50.1'], false);
  });
});
