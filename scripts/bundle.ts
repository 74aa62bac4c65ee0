// Bundles the CLI, gateway and all: `node scripts/bundle.ts [FOLDER]` -> FOLDER/gatehouse.mjs and FOLDER/parts/.
// PGlite stays outside; without it DATABASE_URL must name a Postgres.
import { existsSync } from 'node:fs';
import { cp, rename, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { build } from 'esbuild';
import { PARSED, parsedValues, writeParsed, yamlFiles } from '../src/runtimes/pack-files.ts';
import { bundleOptions, ROOT } from './bundle/options.ts';

const folder = resolve(process.argv[2] ?? join(ROOT, 'dist'));
const outfile = join(folder, 'gatehouse.mjs');

await build(bundleOptions('src/cli/main.ts', folder, 'gatehouse'));
// esbuild writes no legal file when it met no legal comment.
if (existsSync(`${outfile}.LEGAL.txt`))
  await rename(`${outfile}.LEGAL.txt`, join(folder, 'gatehouse.LEGAL.txt'));

// Packs are read from the disk, so that an administrator can see what is looked for.
const packs = join(ROOT, 'dlp-patterns');
await cp(packs, join(folder, 'dlp-patterns'), { recursive: true });
// Parsed besides: it counts for these very files, and spares every start a second or two.
writeParsed(join(folder, 'dlp-patterns', PARSED), parsedValues(yamlFiles(packs)));

const { size } = await stat(outfile);
console.log(`${outfile}: ${Math.round(size / 1024)} KiB`);
