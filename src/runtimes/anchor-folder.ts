/**
 * A folder on a disk as the anchors take it: whole files or none, synced, never written over.
 */
import {
  closeSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import type { Folder } from '../../src/anchors/folder.ts';

/** The folder at `path`, made when it is not there. */
export const diskFolder = (path: string): Folder => {
  mkdirSync(path, { recursive: true });
  return {
    list: async () => readdirSync(path),
    read: async (name) => readFileSync(join(path, name), 'utf8'),
    write: async (name, text) => {
      const draft = join(path, `.${name}.${process.pid}`);
      const file = openSync(draft, 'w', 0o644);
      writeSync(file, text);
      fsyncSync(file);
      closeSync(file);
      try {
        // Unlike a rename, a link fails where the name is taken.
        linkSync(draft, join(path, name));
      } finally {
        rmSync(draft, { force: true });
      }
      const folder = openSync(path, 'r');
      fsyncSync(folder);
      closeSync(folder);
    },
  };
};
