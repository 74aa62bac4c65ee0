// How a program of ours is bundled: one file to start, and beside it, in parts/, what is loaded when first asked for.
import { join } from 'node:path';
import type { BuildOptions, Plugin } from 'esbuild';

export const ROOT = join(import.meta.dirname, '../..');

/** Zod's words in forty languages are a third of its code, and ours are English. */
const englishOnly: Plugin = {
  name: 'english-only',
  setup: ({ onResolve }) => {
    onResolve({ filter: /\/locales\/index\.js$/ }, ({ importer, path, resolveDir }) =>
      importer.includes('/node_modules/zod/') ? { path: join(resolveDir, path, '../en.js') } : undefined,
    );
  },
};

/**
 * Bundles `entry` to `folder`/`name`.mjs. In one file all of it would be read, and every outside package loaded, at each
 * start. PGlite stays outside, for its WebAssembly cannot be in a script.
 */
export const bundleOptions = (entry: string, folder: string, name: string): BuildOptions => ({
  absWorkingDir: ROOT,
  entryPoints: [entry],
  outdir: folder,
  entryNames: name,
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
  plugins: [englishOnly],
  external: ['@electric-sql/pglite', 'pg-native'],
  // Some dependencies are CommonJS and call `require` for Node's own modules.
  banner: {
    js: "import { createRequire as requireFrom } from 'node:module'; const require = requireFrom(import.meta.url);",
  },
  legalComments: 'external',
  sourcemap: false,
  logLevel: 'warning',
});
