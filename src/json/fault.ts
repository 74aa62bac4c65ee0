// Every way a body is not the JSON we let pass.

export type JsonFaultReason = 'encoding' | 'syntax' | 'depth' | 'duplicate' | 'ambiguous' | 'not_object';

/** Thrown for a body we do not let pass. `message` may be told to the caller: of the body it holds at most a position or a key. */
export class JsonFault extends Error {
  override readonly name = 'JsonFault';
  readonly reason: JsonFaultReason;

  constructor(reason: JsonFaultReason, message: string) {
    super(message);
    this.reason = reason;
  }
}

/** UTF-16 units of a caller's key that a message may hold. */
const QUOTED_KEY_CHARS = 64;

/** A caller's key for a message: cut short, and spelled in printable JSON so that it cannot forge a log line. */
export const quotedKey = (key: string): string =>
  JSON.stringify(key.slice(0, QUOTED_KEY_CHARS).toWellFormed()).replace(/[\p{C}\p{Zl}\p{Zp}]/gu, '\uFFFD');
