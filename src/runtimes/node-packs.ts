// Packs on a machine: those beside the program, and those of the operator's folder, read anew when a file changes. A pack with a
// fault is refused with its reason, and the one before it stays.
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { ConfigFault } from '../config.ts';
import { faultsOf } from '../dlp/faults.ts';
import type { Pack } from '../dlp/pattern.ts';
import type { Log, PackAtHand, Packs } from '../ports.ts';
import type { PackFile } from './pack-files.ts';
import { PARSED, readPackFile, readPackFiles, yamlFiles } from './pack-files.ts';

const HERE = import.meta.dirname;

/** The folder of the packs that come with the program: of the checkout, or beside the bundle and its parts. */
export const BUILT_IN: string =
  [join(HERE, '..', '..'), HERE, join(HERE, '..')]
    .map((folder) => join(folder, 'dlp-patterns'))
    .find((folder) => existsSync(folder)) ?? join(HERE, 'dlp-patterns');

/** A file that was written less than this long ago may be half of what it will be; it is left for the next look. */
const SETTLED_MS = 400;

/** Where packs are, and what reading them needs. */
export type Shelf = {
  readonly builtIn: string;
  /** The operator's: a pack there stands in place of a built-in one of its name. */
  readonly folder: string | undefined;
  /** Where what was parsed is kept for the next start. */
  readonly keep: string | undefined;
  readonly log: Log;
  /** Milliseconds since 1970. */
  readonly now: () => number;
};

type Kept = {
  readonly stamp: string;
  readonly from: PackAtHand['from'];
  /** Undefined: it never had a pack without a fault. */
  readonly pack: Pack | undefined;
};
type Shelves = ReadonlyMap<string, Kept>;

/** The packs on the shelf. Throws ConfigFault at the start for a pack with a fault; later it is refused and logged. */
export const folderPacks = (shelf: Shelf): Packs => {
  let files = firstFiles(shelf);
  let packs = merged(files);
  let troubled = false;
  const look = (): void => {
    try {
      const found = changedFiles(shelf, files);
      troubled = false;
      if (found === undefined) return;
      files = found;
      const next = merged(files);
      if (isSameList(packs, next)) return;
      packs = next;
      shelf.log('info', 'packs_read', { packs: packs.length });
    } catch (error) {
      // A folder that is gone, or may not be read any more, takes no pattern with it.
      if (!troubled) shelf.log('error', 'packs_unreadable', { error: wordsOf(error) });
      troubled = true;
    }
  };
  return {
    current: () => {
      look();
      return packs;
    },
  };
};

const wordsOf = (error: unknown): string => (error instanceof Error ? error.message : 'unknown');

const placesOf = ({ builtIn, folder }: Shelf): readonly (readonly [PackAtHand['from'], string])[] => [
  ['built-in', builtIn],
  ...(folder === undefined ? [] : [['folder', folder] as const]),
];

const firstFiles = (shelf: Shelf): Shelves => {
  const files = new Map<string, Kept>();
  const caches = [join(shelf.builtIn, PARSED), ...(shelf.keep === undefined ? [] : [shelf.keep])];
  for (const [from, folder] of placesOf(shelf)) {
    const paths = listed(from, folder);
    const stamps = new Map(paths.map((path) => [path, stampOf(path)]));
    for (const file of readPackFiles(paths, caches, from === 'built-in' ? shelf.keep : undefined)) {
      // What comes with the program was proved when it was built.
      const [fault] = from === 'built-in' ? file.faults : wrongIn(file);
      if (fault !== undefined) throw new ConfigFault(`${file.path}: ${fault}`);
      files.set(file.path, { stamp: stamps.get(file.path) ?? '', from, pack: file.pack });
    }
  }
  const twice = twiceIn(files);
  if (twice !== undefined) throw new ConfigFault(twice);
  return files;
};

const listed = (from: PackAtHand['from'], folder: string): readonly string[] => {
  try {
    return yamlFiles(folder);
  } catch (error) {
    const name = from === 'folder' ? 'GATEHOUSE_PACKS' : 'the packs that come with the program';
    throw new ConfigFault(`${name}: cannot be read: ${wordsOf(error)}`);
  }
};

/** The files as they are now, with the packs that hold; undefined: nothing changed. */
const changedFiles = (shelf: Shelf, before: Shelves): Shelves | undefined => {
  const now = new Map<string, Kept>();
  const changes: { readonly path: string; readonly kept: Kept }[] = [];
  let isChanged = false;
  for (const [from, folder] of placesOf(shelf)) {
    for (const path of yamlFiles(folder)) {
      const known = before.get(path);
      const stamp = settledStamp(path, shelf.now());
      if (stamp === undefined || stamp === known?.stamp) {
        if (known !== undefined) now.set(path, known);
        continue;
      }
      isChanged = true;
      const pack = provedPack(shelf, path);
      now.set(path, { stamp, from, pack: known?.pack });
      if (pack !== undefined) changes.push({ path, kept: { stamp, from, pack } });
    }
  }
  for (const path of before.keys())
    if (!now.has(path)) {
      isChanged = true;
      shelf.log('warn', 'pack_removed', { file: path });
    }
  if (!isChanged) return undefined;
  return withChanges(shelf, now, changes);
};

/** All changes if they go together; otherwise those that go with what was there, one after the other. */
const withChanges = (
  shelf: Shelf,
  files: Shelves,
  changes: readonly { readonly path: string; readonly kept: Kept }[],
): Shelves => {
  const all = new Map([...files, ...changes.map(({ path, kept }) => [path, kept] as const)]);
  if (twiceIn(all) === undefined) return all;
  let taken = files;
  for (const { path, kept } of changes) {
    const next = new Map(taken).set(path, kept);
    const twice = twiceIn(next);
    if (twice === undefined) taken = next;
    else shelf.log('error', 'pack_refused', { file: path, pattern: null, fault: twice, faults: 1 });
  }
  return taken;
};

/** The pack of a file that changed, if its form and its examples hold; otherwise its faults are told. */
const provedPack = (shelf: Shelf, path: string): Pack | undefined => {
  const file = readPackFile(path);
  const wrong = wrongIn(file);
  const [fault] = wrong;
  if (fault === undefined) return file.pack;
  shelf.log('error', 'pack_refused', { file: path, fault, faults: wrong.length });
  return undefined;
};

const wrongIn = ({ pack, faults }: PackFile): readonly string[] =>
  (pack === undefined ? faults : faultsOf(pack)).map(({ pattern, fault }) =>
    pattern === null || fault.startsWith(`${pattern}: `) ? fault : `${pattern}: ${fault}`,
  );

const merged = (files: Shelves): readonly PackAtHand[] => {
  const byName = new Map<string, PackAtHand>();
  for (const { pack, from } of files.values()) if (pack !== undefined) byName.set(pack.pack, { pack, from });
  return [...byName.values()];
};

/** Two files of one place with one pack, or two packs with one type; undefined: there are none. */
const twiceIn = (files: Shelves): string | undefined => {
  const packs = new Map<string, string>();
  for (const [path, { pack, from }] of files) {
    if (pack === undefined) continue;
    const place = `${from} ${pack.pack}`;
    const other = packs.get(place);
    if (other !== undefined) return `${path} and ${other} are both the pack ${pack.pack}`;
    packs.set(place, path);
  }
  const types = new Map<string, string>();
  for (const { pack } of merged(files)) {
    for (const { id } of pack.patterns) {
      const other = types.get(id);
      if (other !== undefined) return `${id}: packs ${other} and ${pack.pack} both have this id`;
      types.set(id, pack.pack);
    }
  }
  return undefined;
};

const isSameList = (a: readonly PackAtHand[], b: readonly PackAtHand[]): boolean =>
  a.length === b.length &&
  a.every(({ pack, from }, index) => pack === b[index]?.pack && from === b[index]?.from);

/** Undefined: it may still be being written, or is gone again. */
const settledStamp = (path: string, nowMs: number): string | undefined => {
  const mtimeMs = statSync(path, { throwIfNoEntry: false })?.mtimeMs;
  if (mtimeMs === undefined) return undefined;
  // A clock that runs ahead by hours must not keep a file from ever being read.
  return Math.abs(nowMs - mtimeMs) < SETTLED_MS ? undefined : stampOf(path);
};

const stampOf = (path: string): string => {
  const { mtimeMs, ctimeMs, size, ino } = statSync(path);
  return `${mtimeMs} ${ctimeMs} ${size} ${ino}`;
};
