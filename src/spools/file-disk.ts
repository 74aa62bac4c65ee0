// The disk as the file spool uses it: files that are only ever made, written at their end, and cut back.
import {
  close,
  closeSync,
  constants,
  fdatasync,
  fsync,
  fsyncSync,
  ftruncate,
  open,
  openSync,
  readFileSync,
  unlink,
  write,
} from 'node:fs';
import { dirname } from 'node:path';
import { promisify } from 'node:util';

const opening = promisify(open);
const writing = promisify(write);
const datasyncing = promisify(fdatasync);
const syncing = promisify(fsync);
const truncating = promisify(ftruncate);
const closing = promisify(close);
const unlinking = promisify(unlink);

/** A file that is being written. */
export type DiskFile = {
  /** Writes some of the bytes at a place; returns how many. */
  write(bytes: Uint8Array, at: number): Promise<number>;
  /** What was written is on the disk when it resolves. */
  sync(): Promise<void>;
  /** Cuts the file to a length; that is on the disk when it resolves. */
  truncate(length: number): Promise<void>;
  close(): Promise<void>;
};

/** What a test may replace by a disk that fails. */
export type Disk = {
  /** Makes a file that is not there yet; its name is on the disk when it resolves. */
  create(path: string): Promise<DiskFile>;
};

/** A name is on the disk only when its folder is. */
export const syncFolder = (folder: string): void => {
  const handle = openSync(folder, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
};

const syncFolderOf = async (path: string): Promise<void> => {
  const handle = await opening(dirname(path), 'r');
  try {
    await syncing(handle);
  } finally {
    await closing(handle);
  }
};

/**
 * Whether the system writes through to the disk on this handle (O_DSYNC), which spares a call for every write. Asked of Linux,
 * since not every runtime passes the flag on; elsewhere no, and then fdatasync does it.
 */
const writesThrough = (file: number): boolean => {
  try {
    const flags = /^flags:\s*([0-7]+)/m.exec(readFileSync(`/proc/self/fdinfo/${file}`, 'utf8'))?.[1];
    return flags !== undefined && (Number.parseInt(flags, 8) & constants.O_DSYNC) === constants.O_DSYNC;
  } catch {
    return false;
  }
};

/** The disk of this machine. */
export const machineDisk: Disk = {
  create: async (path) => {
    const { O_WRONLY, O_CREAT, O_EXCL, O_DSYNC } = constants;
    const file = await opening(path, O_WRONLY | O_CREAT | O_EXCL | (O_DSYNC ?? 0), 0o600);
    try {
      await syncFolderOf(path);
    } catch (error) {
      await closing(file);
      await unlinking(path);
      throw error;
    }
    const through = writesThrough(file);
    return {
      write: async (bytes, at) => (await writing(file, bytes, 0, bytes.length, at)).bytesWritten,
      sync: () => (through ? Promise.resolve() : datasyncing(file)),
      truncate: async (length) => {
        await truncating(file, length);
        await syncing(file);
      },
      close: () => closing(file),
    };
  },
};
