// A spool that keeps nothing, for the bench alone: what the audit costs is seen against a gateway whose entries cost nothing.
// No product may be built with it: it says yes to what was never written.
import type { Spool } from '../../src/spools/spool.ts';

const KEPT = Promise.resolve();

/** Stands in for `real`, which stays as it is. */
export const forgetful = (real: Spool): Spool => ({
  writer: real.writer,
  append: () => KEPT,
  flush: () => KEPT,
  state: () => ({
    writer: real.writer,
    waitingEntries: 0,
    waitingBytes: 0,
    oldestAtMs: null,
    limitBytes: 0,
    limitAgeMs: 0,
    refuses: null,
  }),
  close: () => KEPT,
});
