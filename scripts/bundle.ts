// Bundles the CLI, gateway and all: `node scripts/bundle.ts [FOLDER]` -> FOLDER/gatehouse.mjs, and FOLDER/parts/ with what
// is loaded when first asked for. In one file all of it would be read, and every outside package loaded, at each start.
// PGlite stays outside, for its WebAssembly cannot be in a script; without it DATABASE_URL must name a Postgres.
import { existsSync } from 'node:fs';
import { cp, rename, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { build } from 'esbuild';

const ROOT = join(import.meta.dirname, '..');
const folder = resolve(process.argv[2] ?? join(ROOT, 'dist'));
const outfile = join(folder, 'gatehouse.mjs');

await build({
  absWorkingDir: ROOT,
  entryPoints: ['src/cli/main.ts'],
  outdir: folder,
  entryNames: 'gatehouse',
  chunkNames: 'parts/[name]-[hash]',
  outExtension: { '.js': '.mjs' },
  splitting: true,
  bundle: true,
  platform: 'node',
  target: 'node24',
  format: 'esm',
  // Names stay: a stack in the log must say where it was.
  minifyWhitespace: true,
  minifySyntax: true,
  external: ['@electric-sql/pglite', 'pg-native'],
  // Some dependencies are CommonJS and call `require` for Node's own modules.
  banner: {
    js: "import { createRequire as requireFrom } from 'node:module'; const require = requireFrom(import.meta.url);",
  },
  legalComments: 'external',
  sourcemap: false,
  logLevel: 'warning',
});
// esbuild writes no legal file when it met no legal comment.
if (existsSync(`${outfile}.LEGAL.txt`))
  await rename(`${outfile}.LEGAL.txt`, join(folder, 'gatehouse.LEGAL.txt'));

// Packs are read from the disk, so that an administrator can see what is looked for.
const packs = join(ROOT, 'dlp-patterns');
if (existsSync(packs)) await cp(packs, join(folder, 'dlp-patterns'), { recursive: true });

const { size } = await stat(outfile);
console.log(`${outfile}: ${Math.round(size / 1024)} KiB`);
