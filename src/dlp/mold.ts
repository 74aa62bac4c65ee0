// Most frames of a stream say what the one before said but for a word. What was read of that one, keys and paths and all, holds for them:
// they are neither parsed nor looked through again. What differs must be plain strings, so that every reader makes the same of them.
import type { FrameText, FrameTexts } from '../dialects/lens.ts';
import { withTexts } from '../dialects/lens.ts';
import { findSpans } from '../json/spans.ts';
import type { Json, Name, Path } from '../json/value.ts';
import { uninspectable } from './uninspectable.ts';

/** A frame's texts, and what stands around them: one piece more than there are texts. */
type Mold = { readonly shown: FrameTexts; readonly pieces: readonly string[] };

/** Pieces that take turns: choices of a reply, a call of a tool and what is said beside it. */
const MOLDS = 4;
/** Frames with more texts than this are no words of a reply. */
const TEXTS = 4;

/** What ends a string, or stands for something else in it. */
const NOT_PLAIN = /["\\\p{Cc}]/u;

/** Frames for which a mold was made in vain; a stream whose frames differ in more than words has no use for any. */
const IN_VAIN = 16;

/** The molds of one stream, the last ones that frames were read for. */
export class Molds {
  #molds: readonly Mold[] = [];
  /** Molds made less frames read by one. */
  #inVain = 0;

  /** What a frame shows that says `data`, if it is of a known mold and all its texts can be inspected. */
  read(data: string): FrameTexts | undefined {
    for (const { shown, pieces } of this.#molds) {
      const said = saidIn(data, pieces);
      if (said === undefined) continue;
      const texts = shown.texts.map((text, i) => ({ ...text, text: said[i] ?? '' }));
      if (!texts.every((text) => isInspectable(shown.value, text))) return undefined;
      this.#inVain -= 1;
      return new Molded(shown, texts);
    }
    return undefined;
  }

  /** Keeps the mold of a frame, if it has one: no key of its `data` is doubled or may be a value. */
  keep(data: string, shown: FrameTexts): void {
    if (this.#inVain >= IN_VAIN || data.includes('\\')) return;
    const { isStructure, texts, value } = shown;
    if (isStructure === undefined || texts.length === 0 || texts.length > TEXTS) return;
    if (texts.some((text) => isStructure(text.path, 'x') || !isInspectable(value, text))) return;
    this.#inVain += 1;
    const pieces = piecesOf(data, texts);
    if (pieces !== undefined) this.#molds = [{ shown, pieces }, ...this.#molds.slice(0, MOLDS - 1)];
  }
}

const isInspectable = (value: Json, { path, text }: FrameText): boolean =>
  uninspectable(value, { path, text, key: false }) === undefined;

/** What a frame of a mold shows. */
class Molded implements FrameTexts {
  readonly texts: readonly FrameText[];
  readonly #shown: FrameTexts;

  constructor(shown: FrameTexts, texts: readonly FrameText[]) {
    this.#shown = shown;
    this.texts = texts;
  }

  /** Made when it is asked for: few frames are rewritten. */
  get value(): Json {
    return withTexts(this.#shown.value, this.texts);
  }

  get closes(): readonly string[] {
    return this.#shown.closes;
  }

  get owners(): readonly string[] {
    return this.#shown.owners ?? [''];
  }
}

/** What stands between the pieces; undefined: they are not all of the rest, or something is no plain string, or empty. */
const saidIn = (data: string, pieces: readonly string[]): readonly string[] | undefined => {
  const said: string[] = [];
  let at = 0;
  for (const [i, piece] of pieces.entries()) {
    if (!data.startsWith(piece, at)) return undefined;
    at += piece.length;
    if (i === pieces.length - 1) break;
    const end = data.indexOf('"', at);
    const text = data.slice(at, end);
    if (end <= at || NOT_PLAIN.test(text)) return undefined;
    said.push(text);
    at = end;
  }
  return at === data.length ? said : undefined;
};

/** What stands around the strings of these texts, which come in the order of `data`; undefined: one of them is written with escapes. */
const piecesOf = (data: string, texts: readonly FrameText[]): readonly string[] | undefined => {
  const top: Inside = { inside: new Map() };
  for (const { path } of texts) want(top, path.slice(0, -1));
  const spans = findSpans(data, top);
  const pieces: string[] = [];
  let from = 0;
  for (const { path, text } of texts) {
    const member = spans.get(at(top, path.slice(0, -1)))?.members.find(({ name }) => name === path.at(-1));
    if (member === undefined || data.slice(member.value, member.end) !== `"${text}"`) return undefined;
    pieces.push(data.slice(from, member.value + 1));
    from = member.end - 1;
  }
  return [...pieces, data.slice(from)];
};

type Inside = { readonly inside: Map<Name, Inside> };

const want = (top: Inside, path: Path): void => {
  let here = top;
  for (const name of path) {
    const next: Inside = here.inside.get(name) ?? { inside: new Map() };
    here.inside.set(name, next);
    here = next;
  }
};

const at = (top: Inside, path: Path): Inside => {
  let here = top;
  for (const name of path) here = here.inside.get(name) ?? here;
  return here;
};
