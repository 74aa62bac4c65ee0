// A text's matches, at their places in the text as given: scanned as it reads, whatever it was written with.
import type { Match, Scanner } from './scan.ts';

/** Scans the whole of `text`; `wanted` has SKIP, LOOK or HOLD by rule. */
export const detect = (scanner: Scanner, text: string, wanted: Uint8Array): readonly Match[] =>
  scanner.scan(text, false, wanted).matches;
