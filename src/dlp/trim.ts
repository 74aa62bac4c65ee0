// What of a long text can be forgotten without changing what is found in the rest: cut where a line begins, with the header of the
// table under way, because what a header says counts for every row under it.
import { CUT_LINE, headerAt, LINE_CHARS } from './columns.ts';
import type { View } from './view.ts';
import { viewOf } from './view.ts';

/** What is kept: `head`, and the text after `from`. */
export type Trimmed = { readonly head: string; readonly from: number };

/** Where `text` may be cut so that all from `keep` on is kept; undefined: not yet. */
export const trimmed = (text: string, keep: number): Trimmed | undefined => {
  // As it reads: a line's end may be written as an escape.
  const view = viewOf(text, true);
  const unit = unitAt(view, keep);
  const line = view.text.lastIndexOf('\n', unit - 1) + 1;
  // A line so long is no table's, and may be cut anywhere.
  if (unit - line > LINE_CHARS) return { head: CUT_LINE, from: view.start(unit) };
  if (line === 0) return undefined;
  const header = headerAt(view.text, line);
  const from = view.start(line);
  if (header === undefined) return { head: '', from };
  const head = text.slice(view.start(header.start), view.start(header.end));
  return head.length < from ? { head, from } : undefined;
};

/** The last unit of a view that begins at or before `place`. */
const unitAt = (view: View, place: number): number => {
  let low = 0;
  let high = view.text.length;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (view.start(middle) <= place) low = middle;
    else high = middle - 1;
  }
  return low;
};
