// The contract of a client's side: a request in its dialect as a question, and a neutral reply in its dialect again.
import type { CallDialectName } from '../dialects/dialect.ts';
import type { Frame } from '../exchange.ts';
import type { JsonObject } from '../json/document.ts';
import type { Answer, Part, Question } from './neutral.ts';
import type { Notes } from './notes.ts';

/** What a reply says of itself. */
export type Head = {
  /** `ex_...`: replies without an id of the upstream's are named after it. */
  readonly exchange: string;
  /** The model's name at the target. */
  readonly model: string;
  readonly createdAtMs: number;
  /** The clock in milliseconds since 1970, for dialects that tell how long things took; absent: no time passed. */
  readonly now?: () => number;
  /** Whether the client asked for usage in its stream. */
  readonly usage: boolean;
};

/** Writes one reply. Made for one exchange. */
export type Writer = {
  /**
   * The frames that a part adds to a stream; none for what the client's dialect has no word for. The last frame comes with
   * `finish` and with nothing else. Never asked about a part of type `error`.
   */
  frames(part: Part): readonly Frame[];
  /** The whole reply as JSON text. */
  whole(answer: Answer): string;
};

/** A request that was understood. */
export type Understood = { readonly question: Question; writer(head: Head): Writer };

/** One dialect of clients. */
export type Ingress = {
  readonly dialect: CallDialectName;
  /**
   * Reads a whole request. Its outline was read before (`CallDialect.read`), nothing else: throws `bad_request` where it is not
   * what the dialect's own servers take (the offending path as `param`), and `unsupported_parameter` for what cannot be carried
   * in the neutral form and changes what is asked. What may be left out is noted.
   */
  understand(body: JsonObject, notes: Notes): Understood;
};
