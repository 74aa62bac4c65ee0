// Dates that identity numbers carry.

const DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** Whether the Gregorian calendar has this day. */
export const isDate = (year: number, month: number, day: number): boolean => {
  if (day < 1 || month < 1 || month > 12) return false;
  const leap = month === 2 && year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  return day <= (DAYS[month - 1] ?? 0) + (leap ? 1 : 0);
};

/** Whether a year of two digits (of an unknown century) has this day: 29 February only where a leap year can be meant. */
export const isShortDate = (year: number, month: number, day: number): boolean =>
  isDate(1900 + year, month, day) || isDate(2000 + year, month, day);

/** The number that `count` digits from `from` on spell. */
export const numberAt = (digits: readonly number[], from: number, count: number): number => {
  let value = 0;
  for (let i = from; i < from + count; i++) value = value * 10 + (digits[i] ?? 0);
  return value;
};

/** The remainder of a number of any length. */
export const remainder = (digits: readonly number[], modulus: number): number =>
  digits.reduce((rest, digit) => (rest * 10 + digit) % modulus, 0);
