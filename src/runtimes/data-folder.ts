// Secrets that the gateway makes for itself and keeps in its data folder, readable by its own user alone.
import { closeSync, fsyncSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs';
import { join } from 'node:path';

/** Characters of base64url in a secret made here: 256 bits. */
const SECRET_BYTES = 32;

/** The folder's secret of this name; made (mode 0600) when there is none. Callers hold the folder's lock. */
export const keptSecret = (folder: string, name: string, random: (bytes: number) => Uint8Array): string => {
  const path = join(folder, name);
  try {
    return readFileSync(path, 'utf8').trim();
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
  }
  const text = Buffer.from(random(SECRET_BYTES)).toString('base64url');
  const file = openSync(`${path}.tmp`, 'w', 0o600);
  writeSync(file, `${text}\n`);
  fsyncSync(file);
  closeSync(file);
  renameSync(`${path}.tmp`, path);
  return text;
};
