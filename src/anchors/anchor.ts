// An anchor: a place we do not own that keeps our checkpoints, so that nobody who owns the database can replace its history.
import { canonicalText } from '../audit/chain.ts';
import type { Signed } from '../audit/checkpoint.ts';

/** Takes checkpoints; the same one may come more than once. */
export type Anchor = {
  /** For the log and for the mark of what it acknowledged; holds no secret. */
  readonly name: string;
  /** The numbers it has, where it can be asked. */
  known(): Promise<ReadonlySet<number> | undefined>;
  /** Resolves when it has the checkpoint; rejects with {@link AnchorConflict} when it has another one of this number. */
  send(number: number, checkpoint: Signed): Promise<void>;
};

/** The anchor has another checkpoint of this number: there are two histories. */
export class AnchorConflict extends Error {}

/** A checkpoint as an anchor gets it: canonical JSON and a newline, so that the same one is always the same bytes. */
export const anchoredText = (checkpoint: Signed): string =>
  `${canonicalText({ gatehouse: 'audit-checkpoint', v: 1, checkpoint })}\n`;
