// What the Dockerfile says, for the tests that hold it to it and the one that starts what it starts.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';

export const ROOT = join(import.meta.dirname, '../..');

/** The Dockerfile's instructions, continued lines joined and comments left out. */
export const instructions: readonly { readonly name: string; readonly rest: string }[] = readFileSync(
  join(ROOT, 'docker/Dockerfile'),
  'utf8',
)
  .replace(/^\s*#.*\n/gm, '')
  .replace(/\\\n\s*/g, '')
  .split('\n')
  .flatMap((line) => {
    const [, name, rest] = /^([A-Z]+)\s+(.*)$/.exec(line) ?? [];
    return name === undefined || rest === undefined ? [] : [{ name, rest }];
  });

/** The image's entry point: `node`, its flags and the bundle. */
export const entrypoint: readonly string[] = z
  .array(z.string())
  .parse(JSON.parse(instructions.find(({ name }) => name === 'ENTRYPOINT')?.rest ?? '[]'));
