// Checkpoints in a folder, one file each; a file that is there is never written over.
import type { Anchor } from './anchor.ts';
import { AnchorConflict, anchoredText } from './anchor.ts';

/** A folder as a runtime gives it. `write` leaves a whole file or none, and makes no other of its name. */
export type Folder = {
  list(): Promise<readonly string[]>;
  /** Rejects when there is no such file. */
  read(name: string): Promise<string>;
  write(name: string, text: string): Promise<void>;
};

const NAME = /^checkpoint-(\d{6,})\.json$/;

const nameOf = (number: number): string => `checkpoint-${String(number).padStart(6, '0')}.json`;

/** An anchor that is a folder: best on a disk of its own, write-once, or of somebody else's. */
export const folderAnchor = (folder: Folder): Anchor => {
  const numbers = async (): Promise<ReadonlySet<number>> => {
    const names = await folder.list();
    return new Set(names.flatMap((name) => NAME.exec(name)?.[1] ?? []).map(Number));
  };
  return {
    name: 'folder',
    known: numbers,
    send: async (number, checkpoint) => {
      const text = anchoredText(checkpoint);
      const name = nameOf(number);
      if (!(await numbers()).has(number)) return folder.write(name, text);
      if ((await folder.read(name)) !== text) throw new AnchorConflict(`${name} is another checkpoint`);
    },
  };
};
