// The operator's file of prices: YAML or JSON, a list of stated prices, each with a name of its own.
import { z } from 'zod';
import { policyName } from '../policies/policy.ts';
import { faultOf, SetupFault } from '../setup/fault.ts';
import { readYaml } from '../setup/yaml.ts';
import type { Named } from './find.ts';
import { DIGEST_CHARS } from './find.ts';
import type { Stated } from './price.ts';
import { statedSchema } from './price.ts';

/** More than any vendor has models. */
const PRICES = 10_000;

const listed = z.looseObject({ name: policyName });
const fileSchema = z.strictObject({ prices: z.array(listed).max(PRICES) });

/**
 * Reads `prices: [{ name, backend? or provider?, model, input_usd_per_mtok, output_usd_per_mtok, ... }]`. `file` is the name faults are
 * told under, `sha256` the digest of the text, by which records name it. Throws {@link SetupFault} with every fault and its line.
 */
export const readPriceFile = (text: string, file: string, sha256: string): readonly Named[] => {
  const { value, places } = readYaml(text, file);
  const outline = fileSchema.safeParse(value ?? {});
  if (!outline.success)
    throw faultOf(
      outline.error.issues.map(({ path, message }) => ({ path, words: message })),
      places,
    );
  const seen = new Set<string>();
  const faults: string[] = [];
  const prices = outline.data.prices.flatMap(({ name, ...body }, index): Named[] => {
    if (seen.has(name)) faults.push(places.at(['prices', index, 'name'], `"${name}" stands twice`));
    seen.add(name);
    const stated = statedSchema.safeParse(body);
    if (stated.success) return [namedIn(name, stated.data, sha256)];
    for (const { path, message } of stated.error.issues)
      faults.push(places.at(['prices', index, ...path], message));
    return [];
  });
  if (faults.length > 0) throw new SetupFault(faults);
  return prices;
};

const namedIn = (name: string, stated: Stated, sha256: string): Named => ({
  name,
  version: `file/${name}#${sha256.slice(0, DIGEST_CHARS)}`,
  stated,
});
