// The contract of a target's side: a question in the dialect that the target speaks, and its reply as neutral parts.
import type { CallDialectName } from '../dialects/dialect.ts';
import type { Frame } from '../exchange.ts';
import type { Json, JsonObject } from '../json/document.ts';
import type { Caps } from './caps.ts';
import type { Answer, Part, Question } from './neutral.ts';
import type { Notes } from './notes.ts';

/** Reads one streamed reply, frame by frame. Made for one exchange. */
export type Reader = {
  /**
   * The parts one frame adds. What is not known is passed over, for dialects grow weekly. `finish` comes once, with the frame
   * that is `last`, and never without one; an error that the upstream tells of is a part of type `error`, and the last.
   */
  parts(frame: Frame): readonly Part[];
};

/** One dialect of upstreams. */
export type Egress = {
  readonly dialect: CallDialectName;
  /** The body to send. The question is normalised: it asks only for what the caps allow. */
  body(
    question: Question,
    asked: { readonly model: string; readonly stream: boolean; readonly caps: Caps },
    notes: Notes,
  ): JsonObject;
  reader(): Reader;
  /** A whole reply; throws an UpstreamFault (`protocol`) for what is not one. */
  answer(reply: Json): Answer;
};
