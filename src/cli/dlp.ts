// gatehouse dlp: proves packs, and scans texts. Needs no gateway: the engine is in the command.
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Fault } from '../dlp/faults.ts';
import { faultsOf } from '../dlp/faults.ts';
import { packFromYaml } from '../dlp/pack-text.ts';
import type { Pack } from '../dlp/pattern.ts';
import type { Command } from './command.ts';
import { Answer, print, WrongUse } from './command.ts';

/** Where packs are when none are named. */
const PACKS = join(import.meta.dirname, '..', '..', 'dlp-patterns');

export const dlp: Command = {
  lines: [['dlp faults [FILE ...]', 'prove packs: form, own examples, no type twice']],
  run: async (args) => {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { json: { type: 'boolean', default: false } },
    });
    const [verb, ...rest] = positionals;
    if (verb === 'faults') return proveFiles(rest.length === 0 ? [PACKS] : rest, values.json);
    throw new WrongUse('gatehouse dlp faults [FILE ...]');
  },
};

const filesIn = (path: string): readonly string[] =>
  statSync(path).isDirectory()
    ? readdirSync(path)
        .filter((name) => /\.ya?ml$/.test(name))
        .sort()
        .map((name) => join(path, name))
    : [path];

const proveFiles = (paths: readonly string[], json: boolean): void => {
  const faults: (Fault & { file: string })[] = [];
  const packs: Pack[] = [];
  const types = new Map<string, string>();
  for (const file of paths.flatMap(filesIn)) {
    const { pack, faults: unread } = packFromYaml(readFileSync(file, 'utf8'), file);
    if (pack !== undefined) packs.push(pack);
    const twice = (pack?.patterns ?? []).flatMap(({ id }) => {
      const other = types.get(id);
      types.set(id, file);
      return other === undefined ? [] : [{ pattern: id, fault: `its type is claimed in ${other} too` }];
    });
    for (const fault of [...unread, ...twice, ...(pack === undefined ? [] : faultsOf(pack))])
      faults.push({ file, ...fault });
  }
  const patterns = packs.reduce((sum, pack) => sum + pack.patterns.length, 0);
  print(json, { packs: packs.length, patterns, faults }, [
    ...faults.map(({ file, pattern, fault }) => `${file}: ${pattern === null ? '' : `${pattern}: `}${fault}`),
    `${packs.length} packs, ${patterns} patterns, ${faults.length} faults`,
  ]);
  if (faults.length > 0) throw new Answer('the packs have faults');
};
