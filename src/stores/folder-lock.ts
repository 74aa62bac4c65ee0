// One process per data folder: an embedded Postgres does not see a second one on the same files, and would lose its rows.
import { hash } from 'node:crypto';
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

/** Looks at a lock that others take at the same moment; each look is a few system calls of theirs. */
const LOOKS = 20;

/**
 * Takes the lock at `path` by making it a link to `draft`; returns undefined, or what it holds when somebody has it. A dead
 * lock is replaced only by whoever holds the lock on replacing that very one, and who then sees it still there: two that
 * found it dead cannot both have it.
 */
const take = (path: string, draft: string): string | undefined => {
  let held: string | undefined;
  for (let looks = 0; looks < LOOKS; looks++) {
    if (linked(draft, path)) return undefined;
    held = read(path);
    if (held === undefined) continue;
    if (holds(held)) return held;
    const claim = `${path}.${hash('sha256', held).slice(0, 16)}`;
    if (take(claim, draft) !== undefined) continue;
    try {
      if (read(path) !== held) continue;
      linked(draft, `${draft}.new`);
      renameSync(`${draft}.new`, path);
      return undefined;
    } finally {
      unlinkSync(claim);
    }
  }
  return held ?? '';
};

const linked = (file: string, name: string): boolean => {
  try {
    linkSync(file, name);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
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
  const drafts = [draft, `${draft}.new`];
  // One left by a process that died under our pid may be the very file that is the lock: it is never written into.
  for (const left of drafts) rmSync(left, { force: true });
  writeFileSync(draft, own, { mode: 0o600, flag: 'wx' });
  try {
    const held = take(path, draft);
    if (held !== undefined) {
      throw new FolderInUse(
        `the data folder ${folder} is in use by process ${held.split(' ')[0]}; stop it, or set GATEHOUSE_DATA to another folder`,
      );
    }
    return () => {
      if (read(path) === own) unlinkSync(path);
    };
  } finally {
    for (const left of drafts) rmSync(left, { force: true });
  }
};
