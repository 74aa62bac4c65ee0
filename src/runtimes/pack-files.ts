// The YAML files of packs, read. Parsing all of those that come with the program takes a second or two, so what was parsed is kept as
// JSON: beside the bundle, where it was made with it, or in the data folder. It counts for the very files it was made of, no others.
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { z } from 'zod';
import type { Fault } from '../dlp/faults.ts';
import { readPack } from '../dlp/faults.ts';
import type { Pack } from '../dlp/pattern.ts';
import { SetupFault } from '../setup/fault.ts';
import { readYaml } from '../setup/yaml.ts';

/** What a file of packs kept as JSON is called. */
export const PARSED = 'packs.json';

/** By the SHA-256 of a file's bytes: the values in it, its form not yet looked at, so that they serve every version of the program. */
const parsedSchema = z.strictObject({ files: z.record(z.string(), z.unknown()) });

/** One file, read: its pack, or what is wrong with its form. */
export type PackFile = {
  readonly path: string;
  readonly pack: Pack | undefined;
  readonly faults: readonly Fault[];
};

/** The YAML files of a folder, by name. Throws what the file system says. */
export const yamlFiles = (folder: string): readonly string[] =>
  readdirSync(folder)
    .filter((name) => /\.ya?ml$/.test(name))
    .sort()
    .map((name) => join(folder, name));

/** Reads one file; its examples are not looked at. */
export const readPackFile = (path: string): PackFile => parsedFile(path, readFileSync(path)).file;

const parsedFile = (path: string, bytes: Uint8Array): { file: PackFile; value: unknown } => {
  try {
    const { value } = readYaml(Buffer.from(bytes).toString('utf8'), basename(path));
    const { pack, faults } = readPack(value);
    return { value, file: { path, pack, faults } };
  } catch (error) {
    if (!(error instanceof SetupFault)) throw error;
    const faults = error.faults.map((fault) => ({ pattern: null, fault }));
    return { value: undefined, file: { path, pack: undefined, faults } };
  }
};

/**
 * Reads files of packs, those that are in `kept` (JSON files that may be there) without parsing them. What had to be parsed is kept
 * in `keep` for the next time, if that can be written.
 */
export const readPackFiles = (
  paths: readonly string[],
  kept: readonly string[],
  keep: string | undefined,
): readonly PackFile[] => {
  const known = new Map(kept.flatMap(keptValues));
  let isNew = false;
  const values: Record<string, unknown> = {};
  const files = paths.map((path): PackFile => {
    const bytes = readFileSync(path);
    const digest = digestOf(bytes);
    const value = known.get(digest);
    const { pack, faults } = value === undefined ? { faults: [] } : readPack(value);
    if (pack !== undefined) {
      values[digest] = value;
      return { path, pack, faults };
    }
    isNew = true;
    const parsed = parsedFile(path, bytes);
    if (parsed.file.pack !== undefined) values[digest] = parsed.value;
    return parsed.file;
  });
  if (isNew && keep !== undefined) writeParsed(keep, values);
  return files;
};

/** The values of YAML files as {@link PARSED} has them. Throws SetupFault. */
export const parsedValues = (paths: readonly string[]): Readonly<Record<string, unknown>> =>
  Object.fromEntries(
    paths.map((path) => {
      const bytes = readFileSync(path);
      return [digestOf(bytes), readYaml(bytes.toString('utf8'), path).value];
    }),
  );

const digestOf = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

const keptValues = (path: string): readonly (readonly [string, unknown])[] => {
  try {
    return Object.entries(parsedSchema.parse(JSON.parse(readFileSync(path, 'utf8'))).files);
  } catch {
    // Not there, cut, or of another version: then it is parsed anew.
    return [];
  }
};

/** Half a file is never seen under its name. */
export const writeParsed = (path: string, files: Readonly<Record<string, unknown>>): void => {
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    const half = `${path}.${process.pid}.tmp`;
    writeFileSync(half, JSON.stringify({ files }), { mode: 0o644 });
    renameSync(half, path);
  } catch {
    // A data folder that cannot be written, as on Deno: the next start parses again.
  }
};
