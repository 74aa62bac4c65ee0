/**
 * What the tests say in one dialect: requests as its clients send them, replies as its servers give them.
 */
import type { CallDialectName, CallEndpoint } from '../../../src/dialects/dialect.ts';

export type Json = Readonly<Record<string, unknown>>;

/** Where a text can stand in a request, in whichever dialect. */
export const ASKED = [
  ...['system', 'text', 'other parts', 'assistant', 'reasoning', 'tool definitions', 'tool arguments'],
  ...['tool results', 'schema', 'lists', 'suffix', 'names of files', 'metadata', 'end user', 'stop'],
  ...['unknown fields', 'keys'],
] as const;
export type Asked = (typeof ASKED)[number];

/** Where a text can stand in a reply. */
export const ANSWERED = [
  ...['content', 'reasoning', 'refusal', 'tool arguments', 'logprobs', 'annotations', 'unknown fields'],
] as const;
export type Answered = (typeof ANSWERED)[number];

/** Why a dialect has no such place. */
export type NotHere = { readonly notHere: string };
export const notHere = (why: string): NotHere => ({ notHere: why });
export const isNotHere = (value: unknown): value is NotHere =>
  typeof value === 'object' && value !== null && 'notHere' in value;

/** Whole requests, without what makes them stream, each of which holds the text in that place. */
export type Asking = (text: string) => readonly Json[];

/** A reply that says the text in that place: whole, and in pieces that follow each other. Null: it never streams. */
export type Answering = {
  whole(text: string): string;
  readonly stream: ((pieces: readonly string[]) => readonly string[]) | null;
};

/** How an upstream says no in that dialect. */
export type Trouble = {
  /** A whole reply of an error status. */
  error(status: number, message: string): string;
  /** The frame that a stream breaks off with, and the status by which it is told when it comes first. Null: it never streams. */
  readonly frame: { readonly status: number; text(message: string): string } | null;
};

/** All places of a dialect. */
export type Places = {
  readonly asks: Readonly<Record<Asked, Asking | NotHere>>;
  readonly answers: Readonly<Record<Answered, Answering | NotHere>>;
  readonly trouble: Trouble;
  /** A whole reply to so many texts, where a reply has something for each. */
  readonly vectors?: (texts: number) => string;
};

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
