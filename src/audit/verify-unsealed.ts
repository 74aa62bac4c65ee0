// Which exchanges of an export should have been sealed by its end. Pure.
import type { Opening } from './exchanges.ts';

/** An exchange opened within this of the export's end may still be under way. */
const UNDER_WAY_MS = 2 * 60 * 60_000;

/** When the month `2026-11-01` ends, in milliseconds since 1970. */
export const monthEndMs = (month: string): number =>
  Date.UTC(Number(month.slice(0, 4)), Number(month.slice(5, 7)), 1);

/** How far an export reaches. `keptFromMs`: nothing is dropped after it. `brokenAtMs`: when the last break met was acknowledged. */
export type Reach = { readonly upToMs: number; readonly keptFromMs: number; readonly brokenAtMs: number };

/**
 * The first exchange that must have been sealed and is not; and notes on the rest. Where clocks disagreed, a seal may have been
 * dropped with the month before its opening; and one opened before a break may have been sealed by what is gone.
 */
export const unsealedIn = (
  open: readonly Opening[],
  { upToMs, keptFromMs, brokenAtMs }: Reach,
): { readonly overdue: Opening | undefined; readonly notes: readonly string[] } => {
  const late = open.filter(({ atMs }) => upToMs - atMs > UNDER_WAY_MS && atMs - keptFromMs > UNDER_WAY_MS);
  const broken = late.filter(({ atMs }) => atMs <= brokenAtMs);
  const under = open.length - late.length;
  return {
    overdue: late.find(({ atMs }) => atMs > brokenAtMs),
    notes: [
      ...(under > 0 ? [`${under} exchanges were under way when the export was made`] : []),
      ...(broken.length > 0
        ? [
            `${broken.length} exchanges, the first ${broken[0]?.exchange}, have no seal: they were opened before a break was acknowledged, which may have taken it`,
          ]
        : []),
    ],
  };
};
