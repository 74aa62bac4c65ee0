// What a verifier knows from elsewhere, and what an export must be to agree with it. A whole export that is older than it
// should be, or of another history, is right in itself: only these tell. Pure.
import type { Signed, Statement } from './checkpoint.ts';
import { saidIn, statement } from './checkpoint.ts';
import type { Wrong } from './verify-end.ts';

/** What the verifier knows from elsewhere. Without any of it, an export is only checked against itself. */
export type Known = {
  /** Ids of keys known for sure. Absent: the export's oldest key is taken at its word. */
  readonly keys?: readonly string[];
  /** A checkpoint that somebody else kept: the export must contain it, or it is another history, cut, or an old one. */
  readonly anchor?: Signed;
  /** An export made before this, in milliseconds since 1970, is an old one played again. */
  readonly notBeforeMs?: number;
};

/** Holds the checkpoints of an export against the anchored one as they go by. */
export class Anchored {
  readonly #known: Known;
  readonly #number: number | undefined;
  #met = false;

  constructor(known: Known) {
    this.#known = known;
    this.#number = known.anchor === undefined ? undefined : saidIn(statement, known.anchor)?.number;
  }

  /** To be told each checkpoint, also the one the export starts after. */
  meet({ number }: Statement, checkpoint: Signed): Wrong | undefined {
    if (number !== this.#number) return undefined;
    this.#met = true;
    if (this.#known.anchor?.text === checkpoint.text) return undefined;
    return {
      kind: 'forked',
      words: `checkpoint ${number} is not the one that was anchored: another history`,
    };
  }

  /** To be asked at the end: `last` is the number of the last checkpoint met, 0 if there was none. */
  miss(last: number, madeAt: string): Wrong | undefined {
    const { anchor, notBeforeMs } = this.#known;
    if (notBeforeMs !== undefined && Date.parse(madeAt) < notBeforeMs)
      return { kind: 'replayed', words: `the export was made at ${madeAt}: an old one` };
    if (anchor === undefined || this.#met) return undefined;
    const number = this.#number;
    if (number === undefined) return { kind: 'format', words: 'the anchored checkpoint cannot be read' };
    if (last < number)
      return {
        kind: 'replayed',
        words: `the export ends at checkpoint ${last}, and checkpoint ${number} was anchored: an old export, or its end was taken away`,
      };
    return {
      kind: 'checkpoint',
      words: `the export starts after checkpoint ${number}, so it cannot show that it follows on it`,
    };
  }
}
