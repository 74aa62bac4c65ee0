// A text as a reader or a model takes it, for the scan: escapes decoded, characters in one form, nothing invisible, no lookalikes.
// The text itself is never changed; every place in a view leads back to it. Plain ASCII is its own view, at no cost.
import { unescaped } from './view/escapes.ts';
import { hiddenIn } from './view/hidden.ts';
import { normalised } from './view/normal.ts';
import type { View } from './view/offsets.ts';
import { through, unchanged } from './view/offsets.ts';
import { runsOf } from './view/runs.ts';

export type { View } from './view/offsets.ts';

const AS_IT_IS = /^[^%&\\\x80-\uffff]*$/;

/**
 * The views of a text: the bare one first; if it is not the same, one besides with nothing decoded or taken away, for what
 * is visible in that alone. Both are made of the text up to the same place, which `open` (it may go on) can move back.
 */
export const viewsOf = (text: string, open: boolean): readonly [View] | readonly [View, View] => {
  if (AS_IT_IS.test(text)) return [unchanged(text)];
  const decoded = unescaped(text, open);
  const { view: inner, differs } = normalised(decoded.text, 'bare', open || decoded.decided < text.length);
  const bare = through(decoded, inner);
  const made = text.slice(0, bare.decided);
  const isDecoded = decoded.text !== text.slice(0, decoded.decided);
  return differs || isDecoded ? [bare, normalised(made, 'plain', false).view] : [bare];
};

/** The bare view of a text: what is left of it when all disguise is off. */
export const viewOf = (text: string, open: boolean): View => viewsOf(text, open)[0];

/** Text that another carries in a code: what it says, where it stands, and how many codes deep. */
export type DecodedRun = {
  readonly text: string;
  readonly start: number;
  readonly end: number;
  readonly level: number;
};

/** All text that is encoded or hidden in `text`, and in what is found so, up to `levels` deep. */
export const decodedRuns = (text: string, levels: number): readonly DecodedRun[] => {
  const found: DecodedRun[] = [];
  const search = (outer: View, level: number): void => {
    const bare = through(outer, viewOf(outer.text, false));
    const encoded = runsOf(bare.text, false).runs.map(({ view }) => through(bare, view));
    const hidden = hiddenIn(outer.text, false).runs.map(({ view }) => through(outer, view));
    for (const view of [...encoded, ...hidden]) {
      found.push({ text: view.text, start: view.start(0), end: view.end(view.text.length), level });
      if (level < levels) search(view, level + 1);
    }
  };
  search(unchanged(text), 1);
  return found;
};
