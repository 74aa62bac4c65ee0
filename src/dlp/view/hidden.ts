// Text in characters that show nothing: tag characters shadow ASCII (U+E0020..E007E), variation selectors are 256 in number and
// can be bytes. No reader sees it, models do.
import type { Coded, Decoded, Runs } from './stretches.ts';
import { addStretches } from './stretches.ts';

/** The first half of all of them but sixteen. */
const HIGH = '\udb40';
const HIDDEN = /(?:\udb40[\udc00-\udc7f])+|(?:\udb40[\udd00-\uddef]|[\ufe00-\ufe0f])+/g;

/** What is hidden in `text`, at least a few characters of it; `open`: the text may go on. */
export const hiddenIn = (text: string, open: boolean): Runs => {
  if (!text.includes(HIGH)) return { runs: [], decided: text.length };
  const runs: Decoded[] = [];
  let decided = text.length;
  for (const { 0: run, index } of text.matchAll(HIDDEN)) {
    const places: number[] = [];
    const bytes = new Uint8Array(run.length);
    let at = 0;
    for (; at < run.length; ) {
      const unit = run.charCodeAt(at);
      bytes[places.length] = unit < 0xfe00 ? byteOf(run.charCodeAt(at + 1)) : unit - 0xfe00;
      places.push(index + at);
      at += unit < 0xfe00 ? 2 : 1;
    }
    const end = index + run.length;
    const coded: Coded = {
      bytes,
      count: places.length,
      start: (i) => places[i] ?? end,
      end: (i) => places[i] ?? end,
      open: open && end === text.length - (text.endsWith(HIGH) ? 1 : 0),
    };
    decided = Math.min(decided, addStretches(coded, runs));
  }
  return { runs, decided };
};

/** The byte that the second half of a tag, or of a selector beyond the sixteenth, stands for. */
const byteOf = (low: number): number => (low < 0xdd00 ? low - 0xdc00 : low - 0xdd00 + 16);
