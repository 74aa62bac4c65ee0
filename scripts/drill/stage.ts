// What a drill has started, and how each of it is ended: last first, all of it, whatever fails on the way.

/** Ends one thing. */
type End = () => unknown;

/** A drill's stage. */
export type Stage = {
  /** How to end what was just started. On a stage that was cleared meanwhile it is ended at once, and this rejects. */
  add(end: End): Promise<void>;
  clear(): Promise<void>;
};

export const newStage = (): Stage => {
  const ends: End[] = [];
  let cleared = false;
  return {
    add: async (end) => {
      if (!cleared) {
        ends.push(end);
        return;
      }
      await end();
      throw new Error('the drill is over');
    },
    clear: async () => {
      cleared = true;
      for (const end of ends.splice(0).reverse()) {
        try {
          await end();
        } catch {
          // What cannot be ended must not keep what can.
        }
      }
    },
  };
};

/** What `work` comes to; rejects when it takes longer, and the work then goes on in vain. */
export const inTime = async <T>(work: Promise<T>, limitMs: number): Promise<T> => {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`longer than ${limitMs} ms`)), limitMs);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
};
