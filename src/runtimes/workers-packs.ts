// The packs that come with the program, on Workers: in the bundle as text, which is read when the first request asks for it. Their
// examples stay behind: they were proved when the bundle was made.
import { z } from 'zod';
// Made by scripts/packs.ts before the Worker is bundled; see wrangler.jsonc.
import bundled from '../../dist/packs.mjs';
import { packSchema, patternSchema } from '../dlp/pattern.ts';
import type { PackAtHand, Packs } from '../ports.ts';

const bundledSchema = z.array(
  packSchema.extend({
    patterns: z.array(patternSchema.extend({ hits: z.array(z.string()).default([]) })),
  }),
);

/** The bundled packs. */
export const bundledPacks = (): Packs => {
  let packs: readonly PackAtHand[] | undefined;
  return {
    current: () => {
      packs ??= bundledSchema.parse(JSON.parse(bundled)).map((pack) => ({ pack, from: 'built-in' }));
      return packs;
    },
  };
};
