// The packs of dlp-patterns/ as a module for the Worker's bundle: `node scripts/packs.ts FILE`. Proves each of them first. What is
// written has no examples and no defaults.
import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { compilePacks } from '../src/dlp/compile.ts';
import { faultsOf } from '../src/dlp/faults.ts';
import type { Pack, Pattern } from '../src/dlp/pattern.ts';
import { patternSchema } from '../src/dlp/pattern.ts';
import { readPackFile, yamlFiles } from '../src/runtimes/pack-files.ts';

const [out] = process.argv.slice(2);
if (out === undefined) throw new Error('usage: packs.ts FILE');

const DEFAULTS = new Map<string, string>(
  Object.entries(patternSchema.parse({ id: 'x', title: 'x', category: 'pii', regex: 'x', hits: ['x'] })).map(
    ([name, value]) => [name, JSON.stringify(value)],
  ),
);
const NEEDED = new Set(['id', 'title', 'category', 'regex']);

const lean = (pattern: Pattern) =>
  Object.fromEntries(
    Object.entries(pattern).filter(
      ([name, value]) =>
        name !== 'hits' &&
        name !== 'misses' &&
        (NEEDED.has(name) || DEFAULTS.get(name) !== JSON.stringify(value)),
    ),
  );

const packs = yamlFiles(join(import.meta.dirname, '..', 'dlp-patterns')).map((path): Pack => {
  const { pack, faults } = readPackFile(path);
  const [fault] = pack === undefined ? faults : faultsOf(pack);
  if (pack === undefined || fault !== undefined) throw new Error(`${path}: ${fault?.fault}`);
  return pack;
});
compilePacks(packs);

const text = JSON.stringify(packs.map((pack) => ({ ...pack, patterns: pack.patterns.map(lean) })));
const path = resolve(out);
mkdirSync(dirname(path), { recursive: true });
// Two bundlings at once write the same; neither sees half of it.
const half = `${path}.${process.pid}.tmp`;
writeFileSync(half, `export default ${JSON.stringify(text)};\n`);
renameSync(half, path);
console.log(`${path}: ${packs.length} packs, ${Math.round(text.length / 1024)} KiB`);
