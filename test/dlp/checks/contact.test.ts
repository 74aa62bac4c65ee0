import { describe, expect, it } from 'vitest';
import { checks } from '../../../src/dlp/checks/index.ts';

const each = (name: string, values: readonly string[], expected: boolean): void => {
  for (const value of values) expect(checks[name]?.(value), `${name} ${value}`).toBe(expected);
};

describe('checks of contact details', () => {
  it('takes e-mail addresses, also of domains that are only for examples', () => {
    each(
      'email',
      ['ada+x@example.com', 'a@b.test', 'x%40example.org', '"a b"@example.com', 'иван@пример.рф'],
      true,
    );
  });

  it('refuses what has an at sign and is no address', () => {
    each(
      'email',
      ['icon@2x.png', 'git@github.com', 'vite@5.0.0-next.latest', 'a..b@example.com', 'lodash@4.17.rc'],
      false,
    );
    each('email', [`${'a'.repeat(65)}@example.com`], false);
  });

  it('takes international telephone numbers of as many digits as their country has', () => {
    each(
      'phone-international',
      [
        '+1 (212) 555-0123',
        '+44 7700 900123',
        '+49 (0)30 901820',
        '+86 138 1234 5678',
        '(+34) 91 123 45 67',
        '0049 30 901820',
      ],
      true,
    );
    each(
      'phone-international',
      ['+999 123456789', '+1 500 000', '+49 30', '+44 1', '+1 2125550123456'],
      false,
    );
  });

  it('takes numbers of North America as its plan has them', () => {
    each('phone-nanp', ['(212) 555-0123', '1-800-555-0199', '(555) 123-4567'], true);
    each(
      'phone-nanp',
      ['123-456-7890', '911-555-0123', '212-911-0123', '212-155-0123', '222-222-2222'],
      false,
    );
  });

  it('takes national numbers of many countries', () => {
    each(
      'phone-national',
      [
        '020 7946 0958',
        '07700 900123',
        '030 901820',
        '06 12 34 56 78',
        '612 345 678',
        '333 1234567',
        '(11) 91234-5678',
        '090-1234-5678',
        '010-1234-5678',
        '138 1234 5678',
        '98765 43210',
        '0412 345 678',
        '06-12345678',
        '044 668 18 00',
        '0664 1234567',
        '0470 12 34 56',
        '912 345 678',
        '601 234 567',
        '601 123 456',
        '20 12 34 56',
        '412 34 567',
        '070-123 45 67',
        '050 123 4567',
        '6912345678',
        '8 (495) 123-45-67',
        '0532 123 45 67',
        '050-123-4567',
        '0501234567',
        '082 123 4567',
        '0812-3456-7890',
        '0912 345 678',
        '081 234 5678',
        '9123 4567',
        '9 8765 4321',
        '55 1234 5678',
        '300 1234567',
        '0991234567',
        '0300 1234567',
        '0803 123 4567',
        '0722 123456',
      ],
      true,
    );
  });

  it('refuses dates, prices, ranges, addresses and runs', () => {
    each(
      'phone-national',
      [
        '2024-01-15',
        '15.01.2024',
        '20240115',
        '1.234,56',
        '1,234,567',
        '2023/2024',
        '192.168.100.20',
        '1111111',
        '12345',
        '1234567890',
      ],
      false,
    );
  });

  it('takes coordinates on the globe', () => {
    each('coordinates', ['40.712776, -74.005974', '-89.9999 179.9999'], true);
    each('coordinates', ['95.1234, 10.1234', '45.1234, 190.1234', '0.0000, 0.0000'], false);
  });
});
