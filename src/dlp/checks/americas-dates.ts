// Dates inside numbers of the Americas.

const DAYS = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** Whether a month (1 to 12) has such a day; February has 29, since two-digit years do not tell the century. */
export const realDay = (month: number, day: number): boolean => day >= 1 && day <= (DAYS[month - 1] ?? 0);

/** Whether six digits at `start` are a date as year, month, day. */
export const dateAt = (text: string, start: number): boolean =>
  realDay(Number(text.slice(start + 2, start + 4)), Number(text.slice(start + 4, start + 6)));

/** Whether eight digits read as a date of the years 1900 to 2099, in any of the usual orders. */
export const looksLikeDate = (digits: string): boolean => {
  if (digits.length !== 8) return false;
  const year = (text: string): boolean => text.startsWith('19') || text.startsWith('20');
  const [a, b, c] = [Number(digits.slice(0, 2)), Number(digits.slice(2, 4)), Number(digits.slice(6, 8))];
  if (year(digits)) return realDay(Number(digits.slice(4, 6)), c);
  return year(digits.slice(4)) && (realDay(a, b) || realDay(b, a));
};
