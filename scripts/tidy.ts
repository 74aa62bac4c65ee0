// Holds the tree to its shape: `npm run tidy`. What is checked stands in tidy/rules.ts.
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { faults } from './tidy/faults.ts';

const ROOT = join(import.meta.dirname, '..');
/** A list of this size is of a tree that forgot its .gitignore. */
const MAX_LIST_BYTES = 16 * 1024 * 1024;
const SKIPPED = /^(\.git|node_modules|dist|coverage|\.wrangler|\.gatehouse)$/;

/** What is, or could be, committed. Without git (in an unpacked archive) it is every file that is not a product. */
const paths = (): readonly string[] => {
  try {
    const args = ['ls-files', '-z', '--cached', '--others', '--exclude-standard'];
    const list = execFileSync('git', args, {
      cwd: ROOT,
      stdio: ['ignore', 'pipe', 'ignore'],
      maxBuffer: MAX_LIST_BYTES,
    });
    return list
      .toString('utf8')
      .split('\0')
      .filter((path) => path !== '');
  } catch {
    const walk = (folder: string): readonly string[] =>
      readdirSync(join(ROOT, folder), { withFileTypes: true }).flatMap((entry) => {
        const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
        if (SKIPPED.test(entry.name)) return [];
        return entry.isDirectory() ? walk(path) : [path];
      });
    return walk('');
  }
};

/** A file's text; nothing for a binary file or for one that git knows but the disk has no more. */
const textOf = (path: string): string | undefined => {
  try {
    const bytes = readFileSync(join(ROOT, path));
    return bytes.includes(0) ? undefined : bytes.toString('utf8');
  } catch {
    return undefined;
  }
};

const files = new Map<string, string>();
for (const path of paths()) {
  if (path.split('/').some((name) => SKIPPED.test(name))) continue;
  const text = textOf(path);
  if (text !== undefined) files.set(path, text);
}
const found = faults(files);
for (const { path, line, rule, words } of found) console.log(`${path}:${line} ${rule}: ${words}`);
if (found.length > 0) process.exitCode = 1;
else console.log(`tidy: ${files.size} files, no fault`);
