// What a chain can hold at all. An entry that Postgres would refuse must be stopped before it is durable: once it stands in a
// chain, nothing after it could be shipped.

/** The longest entry, in characters of its canonical text. Ours are a few thousand. */
const LONGEST_CHARS = 512 * 1024;

/** A NUL as JSON writes it: an odd number of backslashes before `u0000`. Postgres' jsonb has no NUL. */
const NUL = /(?<!\\)(?:\\\\)*\\u0000/;

/** An entry that no chain can hold. Its message holds nothing of it. */
export class NotKeepable extends Error {}

/** Throws {@link NotKeepable} for a canonical text that is too long, or that Postgres would refuse. */
export const mustBeKeepable = (text: string): void => {
  if (text.length > LONGEST_CHARS) throw new NotKeepable(`an entry of ${text.length} characters`);
  // The plain search costs nothing; the expression is only asked about texts that have the letters.
  if (text.includes('\\u0000') && NUL.test(text)) throw new NotKeepable('an entry with a NUL character');
};
