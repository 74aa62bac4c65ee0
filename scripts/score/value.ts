// What makes a value: a day somebody was born on, digits in a printed form.
import type { Random } from './random.ts';
import { pad, pick, whole } from './random.ts';

/** Makes one value. */
export type Make = (random: Random) => string;
export type Makes = Readonly<Record<string, Make>>;

export type Day = { readonly y: number; readonly m: number; readonly d: number };
export const birthday = (random: Random): Day => ({
  y: whole(random, 1942, 2005),
  m: whole(random, 1, 12),
  d: whole(random, 1, 28),
});
export const yy = ({ y }: Day): string => pad(y % 100, 2);
export const mm = ({ m }: Day): string => pad(m, 2);
export const dd = ({ d }: Day): string => pad(d, 2);

/** Writes digits into `#` of one of several printed forms. */
export const printed = (random: Random, value: string, ...forms: readonly string[]): string => {
  const form = pick(random, forms);
  if (!form.includes('#')) return value;
  let at = 0;
  return form.replace(/#/g, () => value[at++] ?? '');
};
