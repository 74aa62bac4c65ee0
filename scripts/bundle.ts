// Bundles the CLI, gateway and all: `node scripts/bundle.ts [FOLDER]` -> FOLDER/gatehouse.mjs and FOLDER/parts/.
// PGlite stays outside; without it DATABASE_URL must name a Postgres.
import { existsSync } from 'node:fs';
import { rename, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { build } from 'esbuild';
import { bundleOptions, ROOT } from './bundle/options.ts';
import { packsBeside } from './bundle/packs.ts';

const folder = resolve(process.argv[2] ?? join(ROOT, 'dist'));
const outfile = join(folder, 'gatehouse.mjs');

await build(bundleOptions('src/cli/main.ts', folder, 'gatehouse'));
// esbuild writes no legal file when it met no legal comment.
if (existsSync(`${outfile}.LEGAL.txt`))
  await rename(`${outfile}.LEGAL.txt`, join(folder, 'gatehouse.LEGAL.txt'));

await packsBeside(folder);

const { size } = await stat(outfile);
console.log(`${outfile}: ${Math.round(size / 1024)} KiB`);
