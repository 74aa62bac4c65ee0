// Globs of a model allowlist: `*` stands for any run of characters, `?` for one UTF-16 unit. At most glob times text steps: a
// star once passed is never taken up again.

/** Whether `text` matches `glob` as a whole; letters count as they are written. */
export const globMatches = (glob: string, text: string): boolean => {
  let g = 0;
  let t = 0;
  let star = -1;
  let resume = 0;
  while (t < text.length) {
    const wanted = glob[g];
    if (wanted === '*') {
      star = g++;
      resume = t;
    } else if (wanted === '?' || (wanted !== undefined && wanted === text[t])) {
      g++;
      t++;
    } else if (star >= 0) {
      g = star + 1;
      t = ++resume;
    } else return false;
  }
  while (glob[g] === '*') g++;
  return g === glob.length;
};
