// Where a secret's reference may lead on a machine: the environment, and files that are not the gateway's own.
import { realpathSync, statSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { resolve, sep } from 'node:path';
import type { References } from './secrets.ts';

/** A credential file is read whole; a larger one is none. */
const FILE_BYTES = 64 * 1024;
/** What the kernel shows there of processes and devices is no credential, and may be the gateway's own environment. */
const KERNEL = ['/proc', '/sys', '/dev'];
const OWN_FILES = [
  'DATABASE_URL_FILE',
  'GATEHOUSE_SECRET_FILE',
  'GATEHOUSE_ADMIN_TOKEN_FILE',
  'GATEHOUSE_ANCHOR_URL_FILE',
];

/** References of a process with these variables, whose data folder is `dataFolder`. Links are followed before they are judged. */
export const machineReferences = (
  env: Readonly<Record<string, string | undefined>>,
  dataFolder: string,
): References => {
  const own = [dataFolder, ...OWN_FILES.flatMap((name) => env[name] ?? [])].filter((path) => path !== '');
  return {
    env: (name) => env[name],
    file: async (path) => {
      const real = realpathSync(path);
      // Asked anew each time: what is a link today may be a folder tomorrow.
      const kept = [...own.flatMap((name) => [resolve(name), realOr(name)]), ...KERNEL];
      if (kept.some((name) => real === name || real.startsWith(name + sep)))
        throw new Error('not a file for references');
      return readSmall(real);
    },
  };
};

const realOr = (path: string): string => {
  try {
    return realpathSync(path);
  } catch {
    return resolve(path);
  }
};

/** Reads a regular file; a pipe would keep its reader waiting for ever. */
const readSmall = async (path: string): Promise<string> => {
  if (!statSync(path).isFile()) throw new Error('not a regular file');
  const file = await open(path, 'r');
  try {
    const { size } = await file.stat();
    if (size > FILE_BYTES) throw new Error('too large for a credential');
    return await file.readFile('utf8');
  } finally {
    await file.close();
  }
};
