import { describe, expect, it } from 'vitest';
import { paymentChecks } from '../../../src/dlp/checks/payment.ts';

const card = (text: string) => paymentChecks['payment-card']?.(text);
const track = (text: string) => paymentChecks['magnetic-track']?.(text);

describe('payment checks', () => {
  it('the networks’ published test numbers hold, however they are printed', () => {
    for (const number of [
      '4111111111111111',
      '4012888888881881',
      '5555555555554444',
      '2223003122003222',
      '378282246310005',
      '371449635398431',
      '6011111111111117',
      '30569309025904',
      '3530111333300000',
      '6200000000000005',
      '6759649826438453',
      '2200000000000004',
      '4111 1111 1111 1111',
      '4111-1111-1111-1111',
      '4111.1111.1111.1111',
      '3782 822463 10005',
      '3056-930902-5904',
    ])
      expect(card(number), number).toBe(true);
  });

  it('cards of one country or trade, and of old lengths, are told apart from those', () => {
    for (const number of ['4222222222222', '6083262123456785', '9792030394440796', '5019717010103742']) {
      expect(card(number), number).toBe(false);
      expect(paymentChecks['payment-card-regional']?.(number), number).toBe(true);
    }
  });

  it('one wrong digit, an unknown range, a wrong length and mixed separators do not hold', () => {
    const number = '4539148803436467';
    expect(card(number)).toBe(true);
    for (let at = 0; at < number.length; at++) {
      const wrong = `${number.slice(0, at)}${(Number(number[at]) + 1) % 10}${number.slice(at + 1)}`;
      expect(card(wrong), wrong).toBe(false);
    }
    for (const text of ['0000000000000000', '9999999999999995', '1234567812345670', '41111111111111'])
      expect(card(text), text).toBe(false);
    expect(card('4539-1488 0343-6467')).toBe(false);
    expect(card('453 914 880 343 646 7')).toBe(false);
  });

  it('a stripe holds with its account number and an expiry that has a month', () => {
    expect(track('B4539148803436467^DOE/JANE^29051010000000000000')).toBe(true);
    expect(track('4539148803436467=29051010000012300000')).toBe(true);
    expect(track('4539148803436468=29051010000012300000')).toBe(false);
    expect(track('4539148803436467=29991010000012300000')).toBe(false);
  });

  it('a UATP card begins with 1 and has fifteen digits', () => {
    expect(paymentChecks['uatp-card']?.('135412345678911')).toBe(true);
    expect(paymentChecks['uatp-card']?.('135412345678912')).toBe(false);
  });

  it('no text makes a check throw', () => {
    for (const check of Object.values(paymentChecks))
      for (const text of ['', '=', '^^', '9'.repeat(512), 'B'.repeat(512)])
        expect(() => check(text)).not.toThrow();
  });
});
