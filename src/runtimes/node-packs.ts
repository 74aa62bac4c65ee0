// Packs on a machine: those beside the program, and those of the operator's folder, read anew when a file changes. A pack with a
// fault is refused with its reason, and the one before it stays.
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { faultsOf } from '../dlp/faults.ts';
import { packFromYaml } from '../dlp/pack-text.ts';
import type { Pack } from '../dlp/pattern.ts';
import type { Log, Packs } from '../ports.ts';

/** The folder of the packs that come with the program. */
export const BUILT_IN = join(import.meta.dirname, '..', '..', 'dlp-patterns');

/** Files are looked at this often: a change is live well within five seconds, on any file system. */
const LOOK_MS = 2_000;

type Kept = { readonly stamp: string; readonly pack: Pack | undefined };

/** The packs in `folders`, later ones in place of earlier ones of the same name. Throws for a fault at the start. */
export const folderPacks = (folders: readonly string[], log: Log, now: () => number): Packs => {
  let files = new Map<string, Kept>();
  let packs: readonly Pack[] = [];
  let lookedAtMs = Number.NEGATIVE_INFINITY;
  const look = (first: boolean): void => {
    const found = new Map<string, Kept>();
    let changed = first;
    for (const path of folders.flatMap(yamlFiles)) {
      const stamp = stampOf(path);
      const known = files.get(path);
      if (known !== undefined && known.stamp === stamp) found.set(path, known);
      else {
        changed = true;
        found.set(path, { stamp, pack: readPackFile(path, first, log) ?? known?.pack });
      }
    }
    if (found.size !== files.size) changed = true;
    files = found;
    if (!changed) return;
    const byName = new Map<string, Pack>();
    for (const { pack } of files.values()) if (pack !== undefined) byName.set(pack.pack, pack);
    packs = [...byName.values()];
    if (!first) log('info', 'packs_read', { packs: packs.length });
  };
  look(true);
  return {
    current: () => {
      const nowMs = now();
      if (nowMs - lookedAtMs >= LOOK_MS) {
        lookedAtMs = nowMs;
        look(false);
      }
      return packs;
    },
  };
};

/** A pack whose examples hold; its faults are told. */
const readPackFile = (path: string, first: boolean, log: Log): Pack | undefined => {
  const { pack, faults } = packFromYaml(readFileSync(path, 'utf8'), basename(path));
  // What comes with the program was proved when it was built.
  const wrong = pack !== undefined && !(first && path.startsWith(BUILT_IN)) ? faultsOf(pack) : faults;
  const [fault] = wrong;
  if (fault === undefined) return pack;
  log('error', 'pack_refused', {
    file: path,
    pattern: fault.pattern,
    fault: fault.fault,
    faults: wrong.length,
  });
  if (first) throw new Error(`${path}: ${fault.fault}`);
  return undefined;
};

const yamlFiles = (folder: string): readonly string[] =>
  readdirSync(folder)
    .filter((name) => /\.ya?ml$/.test(name))
    .sort()
    .map((name) => join(folder, name));

const stampOf = (path: string): string => {
  const { mtimeMs, size } = statSync(path);
  return `${mtimeMs} ${size}`;
};
