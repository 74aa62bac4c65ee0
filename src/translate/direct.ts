// The contract of a pair of dialects that say the same in other words: no neutral form is needed between them.
import type { CallDialectName } from '../dialects/dialect.ts';
import type { Json, JsonObject } from '../json/document.ts';
import type { Notes } from './notes.ts';

/** Whole replies alone: what is streamed is a conversation. */
export type Direct = {
  readonly from: CallDialectName;
  readonly to: CallDialectName;
  /** The body to send, for a model of that name at the target. Throws `bad_request` or `unsupported_parameter`. */
  body(body: JsonObject, model: string, notes: Notes): JsonObject;
  /** The reply as JSON text in the client's dialect; throws an UpstreamFault (`protocol`) for what is not one. */
  reply(reply: Json, asked: JsonObject): string;
};
