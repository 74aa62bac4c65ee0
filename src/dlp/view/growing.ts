// The views of a text that grows: what is decided is read once, and what has come since is read after it. Cut where what stands before
// says nothing of what comes after: at a word of Latin letters after a space.
import type { View } from './offsets.ts';
import { following, unchanged } from './offsets.ts';

type Views = readonly [View] | readonly [View, View];

/** What was read for good, in one view: the first `length` units of `text`. */
type Read = { text: string; length: number };

export class GrowingViews {
  readonly #viewsOf: (text: string, open: boolean) => Views;
  /** Up to here the text was read for good. */
  #from = 0;
  readonly #bare: Read = { text: '', length: 0 };
  readonly #plain: Read = { text: '', length: 0 };
  /** The two views differ somewhere; and the text as it reads is another than it is. */
  #differ = false;
  #isRead = false;

  /** `viewsOf` is what gives the views of a text; see view.ts. */
  constructor(viewsOf: (text: string, open: boolean) => Views) {
    this.#viewsOf = viewsOf;
  }

  /** The views of `text`, which is the last one gone on, decided up to `decided`. Of places before that only their order is told. */
  of(text: string, decided: number): Views {
    const cut = cutBefore(text, decided, this.#from);
    if (cut > this.#from) this.#keep(text.slice(this.#from, cut), cut);
    if (this.#from === 0) return this.#viewsOf(text, true);
    const rest = text.slice(this.#from);
    const [bare, plain = bare] = this.#viewsOf(rest, true);
    this.#note(rest, bare, plain);
    if (!this.#isRead) return [unchanged(text, this.#from + bare.decided)];
    const first = this.#after(this.#bare, bare);
    return this.#differ ? [first, this.#after(this.#plain, plain)] : [first];
  }

  /** Reads what comes after what was read, up to `cut`. */
  #keep(text: string, cut: number): void {
    const [bare, plain = bare] = this.#viewsOf(text, false);
    this.#note(text, bare, plain);
    add(this.#bare, bare);
    add(this.#plain, plain);
    this.#from = cut;
  }

  #note(text: string, bare: View, plain: View): void {
    if (plain !== bare) this.#differ = true;
    if (plain !== bare || text.slice(0, bare.decided) !== bare.text) this.#isRead = true;
  }

  /** What was read, and `rest` after it. */
  #after(read: Read, rest: View): View {
    const view = following(read.text.slice(0, read.length), this.#from, rest);
    // What is scanned is made one string then, which this many are not.
    read.text = view.text;
    return view;
  }
}

const add = (read: Read, { text }: View): void => {
  read.text = read.text.slice(0, read.length) + text;
  read.length += text.length;
};

/** The last place up to `most` and after `least` where a text may be cut; `least`: there is none. */
const cutBefore = (text: string, most: number, least: number): number => {
  for (let at = most; at > least; at--) {
    const before = text.charCodeAt(at - 1);
    if ((before === SPACE || before === LINE_END) && isLatin(text.charCodeAt(at))) return at;
  }
  return least;
};

const SPACE = 32;
const LINE_END = 10;
const isLatin = (code: number): boolean => (code | 32) >= 97 && (code | 32) <= 122;
