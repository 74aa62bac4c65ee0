// The corpus' words, from test/fixtures/dlp: names of values, sentences, look-alikes and vendors' keys.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';

const FOLDER = join(import.meta.dirname, '../../test/fixtures/dlp');

const strings = z.array(z.string());

const kindSchema = z
  .object({ id: z.string(), keys: strings, bare: z.boolean().default(false) })
  .catchall(z.union([strings, z.boolean(), z.string()]));

const proseSchema = z.object({
  names: strings,
  opens: strings,
  closes: strings,
  says: strings,
  plain: strings,
  bare: strings,
});
export type Prose = z.output<typeof proseSchema>;

const vendorSchema = z.object({
  id: z.string(),
  shape: z.union([z.string(), strings]),
  env: strings.default([]),
  say: z.string(),
});
export type Vendor = z.output<typeof vendorSchema>;

const read = (name: string): unknown => parse(readFileSync(join(FOLDER, name), 'utf8'));

/** A kind of value: what it is called, by language. */
export type Kind = {
  readonly id: string;
  readonly keys: readonly string[];
  readonly bare: boolean;
  readonly labels: ReadonlyMap<string, readonly string[]>;
};

export const KINDS: readonly Kind[] = z
  .array(kindSchema)
  .parse(read('kinds.yaml'))
  .map(({ id, keys, bare, ...rest }) => ({
    id,
    keys,
    bare,
    labels: new Map(
      Object.entries(rest).flatMap(([name, list]) => (Array.isArray(list) ? [[name, list]] : [])),
    ),
  }));

export const PROSE: ReadonlyMap<string, Prose> = new Map(
  Object.entries(z.record(z.string(), proseSchema).parse(read('prose.yaml'))),
);

export const LOOKALIKES: Readonly<Record<string, readonly string[]>> = z
  .record(z.string(), strings)
  .parse(read('lookalikes.yaml'));

const secretsSchema = z.object({
  vendor: z.array(vendorSchema),
  contextual: z.array(vendorSchema),
  generic: z.record(z.string(), strings),
  harmless: z.record(z.string(), strings),
});
export const SECRETS = secretsSchema.parse(read('secrets.yaml'));

/** Texts written by hand, one a document: `{carrier, language, text}`. */
export const BY_HAND = z
  .array(
    z.object({
      group: z.enum(['pii', 'secrets', 'hard']),
      carrier: z.string(),
      language: z.string(),
      text: z.string(),
    }),
  )
  .parse(read('by-hand.yaml'));
