// Keys that another parser would take for a name we look at: upstreams written in Go match keys whatever their case (encoding/json).

/**
 * UTF-16 units of the longest key that is folded. The names looked for are far shorter, and NFKC takes quadratic time on a run of
 * combining marks. A key cannot fold to less than half its length, because no character, and so no surrogate pair, folds to nothing.
 */
const FOLDED_KEY_CHARS = 128;

/** What `key` may be taken for: NFKC, then upper and lower case, so that `Meſſages`, `ROLE` and `ｒｏｌｅ` fold to the plain name. */
export const foldKey = (key: string): string => {
  const trimmed = key.trim();
  if (trimmed.length > FOLDED_KEY_CHARS) return trimmed;
  return trimmed.normalize('NFKC').toUpperCase().toLowerCase().trim();
};

/** Printable ASCII without spaces and capitals: folds to itself. */
const PLAIN = /^[!-@[-~]*$/;

/** The folded names of each set asked for. */
const folds = new WeakMap<ReadonlySet<string>, ReadonlySet<string>>();

const foldedNames = (names: ReadonlySet<string>): ReadonlySet<string> => {
  const known = folds.get(names);
  if (known) return known;
  const folded = new Set([...names].map(foldKey));
  folds.set(names, folded);
  return folded;
};

/** A key of `object` that folds to one of `names` without being spelled as any of them. `names` are short, and must not change. */
export const ambiguousKey = (object: object, names: ReadonlySet<string>): string | undefined => {
  const folded = foldedNames(names);
  for (const key of Object.keys(object)) {
    if (!names.has(key) && folded.has(PLAIN.test(key) ? key : foldKey(key))) return key;
  }
  return undefined;
};
