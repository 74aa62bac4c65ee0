// A limit on how long something is waited for.

/** What was waited for took longer than its limit. */
export class TookTooLong extends Error {}

/** What `work` gives, or {@link TookTooLong} after `ms`. What it does later is its own affair. */
export const within = async <T>(ms: number, work: Promise<T>): Promise<T> => {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new TookTooLong('took too long')), ms);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
};
