// Which of several matches that overlap is the finding: what is hidden stays hidden, then severity, then length, then confidence.
import type { Action } from './pattern.ts';
import { SEVERITIES } from './pattern.ts';
import type { Match } from './scan.ts';

/** A match and what is done about it. */
export type Settled = Match & { readonly action: Action };

/** What a match is weighed by, the first that differs deciding. */
type Ranked = { readonly match: Settled; readonly hidden: number; readonly severity: number };

const ranked = (match: Settled): Ranked => ({
  match,
  hidden: match.action === 'alert' ? 0 : 1,
  severity: SEVERITIES.indexOf(match.rule.pattern.severity),
});

const byRank = (a: Ranked, b: Ranked): number =>
  b.hidden - a.hidden ||
  b.severity - a.severity ||
  b.match.end - b.match.start - (a.match.end - a.match.start) ||
  b.match.confidence - a.match.confidence ||
  a.match.start - b.match.start ||
  a.match.rule.index - b.match.rule.index;

/**
 * The findings among `matches`, apart from each other and in order. Of a match that loses, what the winners leave open is still a
 * finding if it is to be hidden: half a value is a value.
 */
export const resolve = (matches: readonly Settled[]): readonly Settled[] => {
  if (matches.length < 2) return matches;
  const ground = new Ground(matches);
  const taken: Settled[] = [];
  for (const { match } of matches.map(ranked).sort(byRank)) {
    const open = ground.openIn(match.start, match.end);
    const [only] = open;
    const whole = only !== undefined && only.start === match.start && only.end === match.end;
    if (match.action === 'alert' && !whole) continue;
    for (const piece of open) {
      ground.take(piece.start, piece.end);
      taken.push(whole ? match : { ...match, ...piece });
    }
  }
  return taken.sort((a, b) => a.start - b.start);
};

type Piece = { readonly start: number; readonly end: number };

/** What is taken of a text, in stretches between the places where matches begin and end: however many overlap, each is taken once. */
class Ground {
  readonly #points: Int32Array;
  /** By stretch: the first one from it on that is open, or nearer to that. */
  readonly #open: Int32Array;

  constructor(matches: readonly Piece[]) {
    const points = Int32Array.from(matches.flatMap(({ start, end }) => [start, end])).sort();
    this.#points = points.filter((point, i) => i === 0 || point !== points[i - 1]);
    this.#open = Int32Array.from({ length: this.#points.length + 1 }, (_, i) => i);
  }

  /** What is open between two places, as long pieces. */
  openIn(start: number, end: number): readonly Piece[] {
    const pieces: Piece[] = [];
    const last = this.#stretch(end);
    for (let from = this.#openFrom(this.#stretch(start)); from < last; ) {
      let to = from + 1;
      while (to < last && this.#open[to] === to) to += 1;
      pieces.push({ start: this.#points[from] ?? 0, end: this.#points[to] ?? 0 });
      from = this.#openFrom(to);
    }
    return pieces;
  }

  take(start: number, end: number): void {
    const last = this.#stretch(end);
    for (let at = this.#stretch(start); at < last; at++) this.#open[at] = last;
  }

  #openFrom(stretch: number): number {
    let at = stretch;
    for (let next = this.#open[at] ?? at; next !== at; next = this.#open[at] ?? at) {
      this.#open[at] = this.#open[next] ?? next;
      at = next;
    }
    return at;
  }

  /** The stretch that begins at a place. */
  #stretch(place: number): number {
    let low = 0;
    let high = this.#points.length - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#points[middle] ?? 0) < place) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
