// Packs to test with.
import type { Pack, Pattern } from '../../src/dlp/pattern.ts';
import { packSchema } from '../../src/dlp/pattern.ts';
import type { Packs } from '../../src/ports.ts';

/** A pattern as a customer would write it. */
export type Written = Readonly<Record<string, unknown>>;

/** A company's own employee numbers: `EMP-` and six digits. */
export const employee: Written = {
  id: 'acme-employee',
  title: 'Employee number of Acme',
  category: 'pii',
  regex: 'EMP-\\d{6}',
  hits: ['ask «EMP-004711» about it'],
  misses: ['EMP-12345', 'TEMP-004711'],
};

/** A pack as it is written. */
export const written = (pack: string, patterns: readonly Written[], version = 1): Written => ({
  ...{ pack, title: `The pack ${pack}`, version, patterns },
});

/** The same, read. */
export const packOf = (pack: string, patterns: readonly Written[], version = 1): Pack =>
  packSchema.parse(written(pack, patterns, version));

/** Packs at hand as a port. */
export const packsPort = (...packs: readonly Pack[]): Packs => {
  const list = packs.map((pack) => ({ pack, from: 'built-in' as const }));
  return { current: () => list };
};

/** A pattern of two letters and a number: `ab-12`. */
export const simple = (id: string, letters: string): Written => ({
  ...{ id, title: id, category: 'pii', regex: `${letters}-\\d{2}`, hits: [`«${letters}-12»`] },
});

/** What patterns of a pack are called. */
export const typesOf = ({ patterns }: Pack): string[] => patterns.map(({ id }: Pattern) => id);
