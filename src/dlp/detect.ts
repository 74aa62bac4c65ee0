// A text's matches, at their places in the text as given: scanned as it reads, whatever it was written with.
import type { Scanned, Scanner } from './scan.ts';

/** Scans `text`; `open`: it may go on. `wanted` has SKIP, LOOK or HOLD by rule. */
export const detect = (scanner: Scanner, text: string, open: boolean, wanted: Uint8Array): Scanned =>
  scanner.scan(text, open, wanted);
