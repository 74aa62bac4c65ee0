// A disk that can be filled: a tmpfs of a few MB, which only root may mount.
import { execFileSync } from 'node:child_process';
import { closeSync, mkdirSync, openSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { watchdog } from '../../test/kit/process.ts';

/** A disk of its own, mounted at `folder`. */
export type SmallDisk = {
  readonly folder: string;
  /** Leaves not a byte. */
  fill(): void;
  empty(): void;
  remove(): void;
};

const BYTES = 24 * 1024 * 1024;

/** Mounts one; a reason why there is none, where that may not be done. */
export const smallDisk = (folder: string): SmallDisk | string => {
  if (process.getuid?.() !== 0) return 'only root may mount a small disk';
  mkdirSync(folder, { recursive: true });
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${BYTES},mode=700`, 'tmpfs', folder], {
      stdio: 'pipe',
    });
  } catch {
    return 'a tmpfs cannot be mounted here';
  }
  // However this process ends, its mount goes.
  const guard = watchdog('umount -l "$1"; rmdir "$1"', folder);
  const ballast = join(folder, 'ballast');
  return {
    folder,
    fill: () => {
      const file = openSync(ballast, 'w');
      const block = Buffer.alloc(64 * 1024, 1);
      try {
        for (let size = block.length; size >= 1; ) {
          try {
            if (writeSync(file, block, 0, size) < size) size = Math.floor(size / 2);
          } catch {
            size = Math.floor(size / 2);
          }
        }
      } finally {
        closeSync(file);
      }
    },
    empty: () => rmSync(ballast, { force: true }),
    remove: () => {
      execFileSync('umount', ['-l', folder], { stdio: 'pipe' });
      guard.release();
    },
  };
};
