import { describe, expect, it } from 'vitest';
import { checks } from '../../../src/dlp/checks/index.ts';

const each = (name: string, values: readonly string[], expected: boolean): void => {
  for (const value of values) expect(checks[name]?.(value), `${name} ${value}`).toBe(expected);
};

describe('checks of networks and devices', () => {
  it('tells public, private and small addresses apart', () => {
    each('ipv4-public', ['203.0.113.42', '93.184.216.34', '172.32.0.99'], true);
    each(
      'ipv4-public',
      ['10.0.0.1', '192.168.1.77', '127.0.0.1', '255.255.255.0', '1.2.3.4', '8.8.8.8', '224.0.0.251'],
      false,
    );
    each('ipv4-private', ['10.20.30.40', '172.16.0.1', '192.168.1.1', '169.254.9.9', '100.64.1.2'], true);
    each('ipv4-private', ['172.32.0.1', '100.128.0.1', '10.0.300.1'], false);
    each('ipv4-small', ['1.2.3.4', '5.9.17.21'], true);
  });

  it('takes IPv6 addresses in all their forms', () => {
    each(
      'ipv6-public',
      ['2001:db8:85a3::8a2e:370:7334', '2001:0db8:0000:0042:0000:8a2e:0370:7334', '2606:4700::1111'],
      true,
    );
    each(
      'ipv6-public',
      ['fe80::1', '2001:db8::1::2', '1:2:3', 'a::b', '2001:db8:85a3:0:0:8a2e:370', '12:34:56:78:9a:bc:de:f0'],
      false,
    );
    each('ipv6-private', ['fe80::1ff:fe23:4567:890a', 'fd12:3456:789a:1::1'], true);
  });

  it('takes IMEI and ICCID by Luhn', () => {
    each('imei', ['490154203237518', '35-209900-176148-1'], true);
    each('imei', ['490154203237519', '000000000000000'], false);
    each('iccid', ['8944581076125763092'], true);
    each('iccid', ['8944581076125763093', '7944581076125763092'], false);
  });

  it('takes hardware addresses but not empty ones', () => {
    each('mac', ['00:1a:2b:3c:4d:5e', '001a.2b3c.4d5e', '001A2B3C4D5E'], true);
    each('mac', ['00:00:00:00:00:00', 'ff:ff:ff:ff:ff:ff', '001122334455'], false);
  });
});
