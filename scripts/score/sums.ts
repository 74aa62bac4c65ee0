// Check digits as their issuers describe them, written for the corpus alone: what is scored does not bring its own measure.

const of = (text: string): readonly number[] => [...text].map(Number);

export const sum = (text: string, weights: readonly number[]): number =>
  of(text).reduce((total, digit, i) => total + digit * (weights[i % weights.length] ?? 0), 0);

const crossed = (value: number): number => (value > 9 ? value - 9 : value);

/** The digit that completes `text` by Luhn. */
export const luhn = (text: string): string => {
  const total = of(text)
    .toReversed()
    .reduce((all, digit, i) => all + (i % 2 === 0 ? crossed(digit * 2) : digit), 0);
  return String((10 - (total % 10)) % 10);
};

/** Digit sums of products with 1, 2, 1, 2 ... or other weights, from the left. */
export const crossSum = (text: string, weights: readonly number[]): number =>
  of(text).reduce((total, digit, i) => {
    const product = digit * (weights[i % weights.length] ?? 0);
    return total + Math.floor(product / 10) + (product % 10);
  }, 0);

const D5 = ['0123456789', '1234067895', '2340178956', '3401289567', '4012395678'].concat([
  '5987604321',
  '6598710432',
  '7659821043',
  '8765932104',
  '9876543210',
]);
const P8 = ['0123456789', '1576283094', '5803796142', '8916043527'].concat([
  '9453126870',
  '4286573901',
  '2793806415',
  '7046913258',
]);

export const verhoeff = (text: string): string => {
  let state = 0;
  of(text)
    .toReversed()
    .forEach((digit, i) => {
      state = Number(D5[state]?.[Number(P8[(i + 1) % 8]?.[digit])]);
    });
  return String([0, 4, 3, 2, 1, 5, 6, 7, 8, 9][state]);
};

/** ISO 7064, modulus 11 and 10. */
export const hybrid = (text: string): string => {
  let product = 10;
  for (const digit of of(text)) {
    const total = (digit + product) % 10 || 10;
    product = (total * 2) % 11;
  }
  return String((11 - product) % 10);
};

/** The remainder of a long decimal number; letters count 10 to 35. */
export const remainder = (text: string, by: number): number =>
  [...text].reduce((left, char) => {
    const value = Number.parseInt(char, 36);
    return (left * (value > 9 ? 100 : 10) + value) % by;
  }, 0);

/** The value of a letter or digit in base 36. */
export const value36 = (char: string): number => Number.parseInt(char, 36);

/** Tries what `make` gives until `check` has a digit for it: numbers whose check would be 10 are not issued. */
export const issued = (make: () => string, check: (text: string) => number | string): string => {
  for (;;) {
    const text = make();
    const digit = String(check(text));
    if (/^[0-9A-Z]{1,3}$/.test(digit) && digit !== '10') return text + digit;
  }
};
