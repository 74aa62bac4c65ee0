// One process per data folder: an embedded Postgres does not see a second one on the same files, and would lose its rows.
import { linkSync, readFileSync, renameSync, rmSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** The folder belongs to a process that runs. */
export class FolderInUse extends Error {}

const NAME = 'gatehouse.lock';

/** When a process started, in clock ticks since boot (Linux); '' where that cannot be told. */
const startOf = (pid: number): string => {
  try {
    // The second field is the command in brackets and may hold spaces; the start time is the 20th after it.
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
  } catch {
    return '';
  }
};

const runs = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
};

/** Whether the process that wrote this lock is still the one that runs under its pid. */
const holds = (lock: string): boolean => {
  const [pid = '', start = ''] = lock.trim().split(' ');
  const number = Number(pid);
  if (!Number.isSafeInteger(number) || number <= 0) return false;
  return runs(number) && (start === '' || startOf(number) === start);
};

const read = (path: string): string | undefined => {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
};

/**
 * Takes the folder's lock; returns what gives it back. A lock left by a process that no longer runs is taken over. Throws
 * {@link FolderInUse}.
 */
export const lockFolder = (folder: string): (() => void) => {
  const path = join(folder, NAME);
  const own = `${process.pid} ${startOf(process.pid)}`;
  const draft = `${path}.${process.pid}`;
  writeFileSync(draft, own, { mode: 0o600 });
  try {
    for (let tries = 0; tries < 10; tries++) {
      try {
        linkSync(draft, path);
        return () => {
          if (read(path) === own) unlinkSync(path);
        };
      } catch (error) {
        if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
      }
      const held = read(path);
      if (held === undefined) continue;
      if (holds(held)) {
        throw new FolderInUse(
          `the data folder ${folder} is in use by process ${held.split(' ')[0]}; stop it, or set GATEHOUSE_DATA to another folder`,
        );
      }
      setAside(path, held);
    }
    throw new FolderInUse(`the data folder ${folder} is being started by several processes at once`);
  } finally {
    rmSync(draft, { force: true });
  }
};

/** Moves a dead lock away; if another process took the folder in between, its lock is put back. */
const setAside = (path: string, dead: string): void => {
  const aside = `${path}.dead.${process.pid}`;
  try {
    renameSync(path, aside);
    if (read(aside) !== dead) linkSync(aside, path);
  } catch {
    // Somebody else was faster; the next try sees what is there now.
  } finally {
    rmSync(aside, { force: true });
  }
};
