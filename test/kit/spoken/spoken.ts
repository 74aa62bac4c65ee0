/**
 * What the tests say in one dialect: requests as its clients send them, replies as its servers give them.
 */
import type { CallDialectName, CallEndpoint } from '../../../src/dialects/dialect.ts';

type Json = Readonly<Record<string, unknown>>;

export interface Spoken {
  readonly dialect: CallDialectName;
  readonly path: string;
  /** Where an upstream of a provider that speaks it keeps it. */
  readonly upstreamPath: string;
  readonly endpoint: CallEndpoint;
  /** What its clients send besides the key, under their names for it. */
  readonly headers: Readonly<Record<string, string>>;
  /** Which header its clients send a key in. */
  readonly keyHeader: 'authorization' | 'x-api-key';
  /** A request that says `text`. */
  body(text: string, more?: Json): Json;
  /** Fields that make it stream, and that make it not. */
  readonly streamed: Json;
  readonly unstreamed: Json;
  /** A whole reply of an upstream that says `text`. */
  whole(text: string): string;
  /** A stream that says the pieces one after the other; the last of its frames is the end. Null: it never streams. */
  readonly stream: ((pieces: readonly string[]) => readonly string[]) | null;
  readonly streamType: string;
  /** The texts in a whole reply, each of which must be the same in the end. */
  said(reply: string): readonly string[];
  /** The texts in a stream, put together. */
  saidIn(stream: string): readonly string[];
  /** The usage that those replies tell of. */
  readonly usage: Json | null;
  /** An upstream's own error. */
  readonly error: string;
  /** Throws unless `text` is an error in this dialect's shape. */
  mustBeError(text: string, status: number): void;
  /** The error in a broken stream; undefined: there is none. */
  errorIn(stream: string): string | undefined;
  /** Whether a stream says of itself that it is over. */
  ends(stream: string): boolean;
  /** Fields of a request that hold what nobody can read. */
  readonly unreadable: readonly (readonly [name: string, more: Json])[];
  /** Requests that are none of this dialect's, each with the parameter that is named. */
  readonly malformed: readonly (readonly [name: string, body: unknown, param: string])[];
}

/** The values of all events or lines of a stream that hold JSON. */
export function valuesIn(stream: string): ReturnType<typeof JSON.parse>[] {
  return stream
    .split('\n')
    .map((line) => line.replace(/^data: ?/, ''))
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line));
}

/** One event with its name in both places. */
export function named(type: string, more: object): string {
  return `event: ${type}\ndata: ${JSON.stringify({ type, ...more })}\n\n`;
}

/** Bytes of no text, in base64. */
export const PNG = Buffer.from(Array.from({ length: 120 }, (_, i) => (i * 89) % 256)).toString('base64');
