/**
 * What is heard of a backend: its replies, whole and streamed, and how it says no.
 */
import { PLACES } from './places/index.ts';
import type { Answered, NotHere, Places, Spoken } from './spoken.ts';
import { isNotHere } from './spoken.ts';

/** The pieces of a stream as they are written. */
export type Frames = readonly (string | Uint8Array)[];

/** A reply that says a text in some place of it. Null: it never streams. */
export type HeardAnswering = {
  whole(text: string): string;
  readonly stream: ((pieces: readonly string[]) => Frames) | null;
};

export type Heard = {
  readonly streamType: string;
  /** Whether it ever streams. */
  readonly streams: boolean;
  readonly answers: Readonly<Record<Answered, HeardAnswering | NotHere>>;
  readonly trouble: {
    error(status: number, message: string): string;
    readonly frame: { readonly status: number; text(message: string): string | Uint8Array } | null;
  };
  readonly vectors?: Places['vectors'];
  /** A whole reply, and a stream, that say nothing special. */
  plainWhole(): string;
  plainFrames(): Frames;
  /** The same with something in it that nests as deep as that. */
  deepWhole(depth: number): string;
  deepFrame(depth: number): string | Uint8Array;
};

const nest = (text: string, depth: number): string =>
  text.replace('{', `{"deep":${'['.repeat(depth)}${']'.repeat(depth)},`);

const PIECES = ['Good ', 'day'] as const;

/** What a server that speaks one of our dialects is heard to say; undefined: the tests do not know its places. */
export const heardOf = (spoken: Spoken): Heard | undefined => {
  const places = PLACES[spoken.dialect];
  if (places === undefined) return undefined;
  const { answers, trouble, vectors } = places;
  const content = isNotHere(answers.content) ? spoken : answers.content;
  const plainWhole = (): string => content.whole(PIECES.join(''));
  const plainFrames = (): readonly string[] => content.stream?.(PIECES) ?? [];
  return {
    streamType: spoken.streamType,
    streams: spoken.stream !== null,
    answers,
    trouble,
    ...(vectors === undefined ? {} : { vectors }),
    plainWhole,
    plainFrames,
    deepWhole: (depth) => nest(plainWhole(), depth),
    deepFrame: (depth) => nest(plainFrames()[0] ?? '', depth),
  };
};
