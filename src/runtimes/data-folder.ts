// Secrets that the gateway makes for itself and keeps in its data folder, readable by its own user alone.
import { closeSync, fsyncSync, openSync, readFileSync, renameSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';

/** 256 bits: 43 characters of base64url. */
const SECRET_BYTES = 32;
/** A file with less in it is not one of ours. */
const SECRET_CHARS = 24;

/** The folder's secret of this name; made (mode 0600) when there is none. Callers hold the folder's lock. */
export const keptSecret = (folder: string, name: string, random: (bytes: number) => Uint8Array): string => {
  const path = join(folder, name);
  const kept = textOf(path);
  if (kept !== undefined) {
    // Emptied or cut by hand: everything would be derived from, or open to, a text that anybody can guess.
    if (kept.length < SECRET_CHARS)
      throw new Error(
        `${path} holds less than ${SECRET_CHARS} characters; put back what it held, or remove it`,
      );
    return kept;
  }
  const text = Buffer.from(random(SECRET_BYTES)).toString('base64url');
  rmSync(`${path}.tmp`, { force: true });
  const file = openSync(`${path}.tmp`, 'wx', 0o600);
  writeSync(file, `${text}\n`);
  fsyncSync(file);
  closeSync(file);
  renameSync(`${path}.tmp`, path);
  return text;
};

const textOf = (path: string): string | undefined => {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
};
