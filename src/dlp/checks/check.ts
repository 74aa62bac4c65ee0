// The contract of a check: what a matched text must hold besides its shape.

/** Whether `match` (as the normalised view shows it: printed form, separators included) can be a real value. Pure, linear, never throws. */
export type Check = (match: string) => boolean;

/** Checks by the names patterns use. */
export type Checks = Readonly<Record<string, Check>>;

/** The ASCII digits of `text`, as numbers. */
export const digitsOf = (text: string): readonly number[] => {
  const digits: number[] = [];
  for (let i = 0; i < text.length; i++) {
    const digit = text.charCodeAt(i) - 48;
    if (digit >= 0 && digit <= 9) digits.push(digit);
  }
  return digits;
};

/** The ASCII letters and digits of `text`, upper case: a printed form without its separators. */
export const compact = (text: string): string => text.replace(/[^0-9A-Za-z]+/g, '').toUpperCase();
