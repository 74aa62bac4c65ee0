// Makes src/dlp/view/lookalikes.ts of Unicode's confusables (UTS #39), as the package unhomoglyph has them:
// `node scripts/lookalikes.ts [data.json]`.
import { readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { z } from 'zod';

const OUT = join(import.meta.dirname, '../src/dlp/view/lookalikes.ts');

/** Alphabets whose letters pass for Latin ones in a word. Scripts without capital letters are left out: theirs are mere strokes. */
const SCRIPTS =
  /^[\p{Script=Latin}\p{Script=Cyrillic}\p{Script=Greek}\p{Script=Armenian}\p{Script=Cherokee}\p{Script=Lisu}\p{Script=Coptic}\p{Script=Canadian_Aboriginal}\p{Script=Deseret}\p{Script=Warang_Citi}]$/u;

/** Small capitals and small Cyrillic letters: UTS #39 has them look like small capitals, readers take them for the letter. */
const BESIDES: Readonly<Record<string, string>> = {
  a: 'ᴀ',
  b: 'ʙв',
  d: 'ᴅ',
  e: 'ᴇ',
  f: 'ꜰ',
  g: 'ɢ',
  h: 'ʜн',
  j: 'ᴊ',
  k: 'ᴋкκ',
  l: 'ʟ',
  m: 'ᴍм',
  n: 'ɴ',
  p: 'ᴘ',
  r: 'ʀ',
  t: 'ᴛтτ',
};

const path = process.argv[2] ?? createRequire(import.meta.url).resolve('unhomoglyph/data.json');
const data = z.record(z.string(), z.string()).parse(JSON.parse(await readFile(path, 'utf8')));

const table = new Map<string, string>();
const add = (latin: string, like: string): void => {
  table.set(latin, (table.get(latin) ?? '') + like);
};
for (const [like, plain] of Object.entries(data)) {
  if (!/^[A-Za-z0-9]$/.test(plain) || !/^\p{L}$/u.test(like) || !SCRIPTS.test(like)) continue;
  // Compatibility forms are NFKC's.
  if (like.charCodeAt(0) < 128 || like.normalize('NFKC') !== like) continue;
  // Capital i and small l are one shape there.
  add(plain === 'l' && /\p{Lu}/u.test(like) ? 'I' : plain, like);
}
for (const [plain, likes] of Object.entries(BESIDES)) for (const like of likes) add(plain, like);

const rows = [...table]
  .sort(([left], [right]) => (left < right ? -1 : 1))
  .map(([plain, likes]) => `  [${JSON.stringify(plain)}, ${JSON.stringify(likes)}],\n`.replaceAll('"', "'"));
await writeFile(
  OUT,
  `// Letters of other alphabets that look like Latin ones. Made by scripts/lookalikes.ts of Unicode's confusables (UTS #39,
// version 13, from the package unhomoglyph); not to be edited.

/** A letter or digit, and what looks like it. */
export const LOOKALIKES: readonly (readonly [string, string])[] = [
${rows.join('')}];
`,
);
