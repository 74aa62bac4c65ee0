// A stream's frames, held while a match in one of their channels could still be growing, then let go untouched, or rewritten. What is
// of one piece stays in order, and a frame that is not exact (it would mean something else to another reader) is written anew.

import type { FrameText, FrameTexts } from '../dialects/lens.ts';
import { channelOf, pathText, withTexts } from '../dialects/lens.ts';
import type { Frame } from '../exchange.ts';
import type { Json, Path } from '../json/value.ts';
import { sseBytes } from '../streams/sse.ts';
import type { Reading } from './channel.ts';
import { Channel, Unbounded } from './channel.ts';
import type { FrameParts } from './exact.ts';
import { isToken, keysSpelled, partsOf, surveyOf } from './exact.ts';
import { Molds } from './mold.ts';
import { uninspectable } from './uninspectable.ts';

/** What a window needs of a dialect. */
export type WindowLens = {
  readonly framing: 'sse' | 'ndjson';
  frameTexts(bytes: Uint8Array, data?: string): FrameTexts | undefined;
  withBody(bytes: Uint8Array, body: Json): Uint8Array;
};

/** More channels than any reply has; a hostile upstream could invent one a frame. */
const CHANNELS = 4_096;
/** A text that begins and ends with one frame is judged once if it is this short; a longer one is held to the bounds of growing ones too. */
const WHOLE_CHARS = 256;
/** What may be held back of a reply: one piece of it may stay undecided while others grow. */
const HELD_BYTES = 16 * 1024 * 1024;

type Segment = {
  readonly path: Path;
  readonly text: string;
  readonly channel: Channel;
  readonly start: number;
  /** It says what another text says, and goes if either is rewritten. */
  readonly isToken: boolean;
};
type Held = {
  readonly frame: Frame;
  readonly shown: FrameTexts | undefined;
  readonly segments: readonly Segment[];
  readonly owners: readonly string[];
  /** The bytes to write it anew from when they cannot pass as they are. */
  readonly anew: Uint8Array | undefined;
};

/** What was read of a frame; `isPlain`: no key is doubled. */
type Seen = {
  readonly shown: FrameTexts | undefined;
  readonly segments: readonly Segment[];
  readonly isPlain: boolean;
};

const EVERYTHING: readonly string[] = [''];

export class Window {
  readonly #reading: Reading;
  readonly #lens: WindowLens;
  readonly #molds = new Molds();
  readonly #channels = new Map<string, Channel>();
  #held: Held[] = [];
  #heldBytes = 0;

  constructor(reading: Reading, lens: WindowLens) {
    this.#reading = reading;
    this.#lens = lens;
  }

  /** Whether frames are held back. */
  get holding(): boolean {
    return this.#held.length > 0;
  }

  /** Takes a frame; gives those that may go now. */
  push(frame: Frame): readonly Frame[] {
    const parts = partsOf(frame.bytes, this.#lens.framing);
    const known = this.#channels.size;
    const molded = parts.data === undefined ? undefined : this.#molds.read(parts.data);
    const { shown, segments, isPlain } =
      molded === undefined
        ? this.#read(parts, frame)
        : { shown: molded, segments: this.#segments(molded, molded.texts), isPlain: true };
    for (const prefix of shown?.closes ?? []) this.#close(prefix.toLowerCase(), known);
    if (frame.last) this.#close('', known);
    const isExact = parts.isUtf8 && isPlain && this.#isPlain(parts, shown);
    this.#held.push({
      frame,
      shown,
      segments,
      owners: shown?.owners ?? EVERYTHING,
      anew: isExact ? undefined : this.#anew(parts, frame),
    });
    this.#heldBytes += frame.bytes.length;
    const free = this.#release();
    if (this.#heldBytes > HELD_BYTES) throw new Unbounded('too much of the reply would have to be held back');
    return free;
  }

  /** The stream is over, well or not: what is undecided is judged as it stands. */
  end(): readonly Frame[] {
    this.#close('', this.#channels.size);
    return this.#release();
  }

  /** Reads a frame in full. */
  #read({ data }: FrameParts, { bytes }: Frame): Seen {
    const spelled = data === undefined ? 0 : keysSpelled(data);
    const shown = this.#lens.frameTexts(bytes, data);
    if (shown === undefined) return { shown, segments: [], isPlain: spelled === 0 };
    const { value, texts } = shown;
    const segments = this.#segments(
      shown,
      texts.filter((text) => !isToken(text.path) && !this.#isUninspectable(value, text)),
    );
    const { keys, odd, tokens } = surveyOf(value);
    for (const { path, key } of odd) this.#mustPass(path, key);
    const isPlain = keys === spelled;
    if (data !== undefined && isPlain && odd.length + tokens.length === 0 && segments.length === texts.length)
      this.#molds.keep(data, shown);
    for (const { path, text } of tokens) {
      const name = `${channelOf(value, path)}/tokens`.toLowerCase();
      segments.push(this.#segment(name, { path, text }, { isToken: true, isWhole: false }));
    }
    return { shown, segments, isPlain };
  }

  #segments({ closes }: FrameTexts, texts: readonly FrameText[]): Segment[] {
    const names = texts.map(({ channel }) => channel.toLowerCase());
    return texts.map((text, i) => {
      const name = names[i] ?? '';
      // What begins and ends with this frame is judged at once.
      const isWhole =
        text.text.length <= WHOLE_CHARS &&
        !this.#channels.has(name) &&
        names.indexOf(name, i + 1) < 0 &&
        closes.some((prefix) => name.startsWith(prefix.toLowerCase()));
      return this.#segment(name, text, { isToken: false, isWhole });
    });
  }

  #segment(
    name: string,
    { path, text }: { path: Path; text: string },
    { isToken, isWhole }: { isToken: boolean; isWhole: boolean },
  ): Segment {
    const channel = this.#channel(name, path, isToken);
    const start = channel.length;
    channel.push(text, !isWhole);
    return { path, text, channel, start, isToken };
  }

  /** Bytes and encrypted blocks come as they are, in whichever frame. */
  #isUninspectable(value: Json, { path, text }: FrameText): boolean {
    const kind = uninspectable(value, { path, text, key: false });
    if (kind !== undefined) this.#reading.notInspected?.(pathText(path), kind.kind);
    return kind?.isText === false;
  }

  /** A key cannot be rewritten without changing what the frame says. */
  #mustPass(path: Path, key: string): void {
    const types = this.#hiddenIn(pathText(path), key);
    if (types.length > 0) this.#reading.refuse(types);
  }

  /** What is to be hidden in a text that stands alone. */
  #hiddenIn(place: string, text: string): readonly string[] {
    const types: string[] = [];
    const found: Reading['found'] = (where, finding) => {
      if (finding.replacement !== undefined) types.push(finding.type);
      this.#reading.found(where, finding);
    };
    new Channel({ ...this.#reading, found }, place).push(text, false);
    return types;
  }

  /** Whether what stands beside the frame's value may pass. */
  #isPlain({ data, aside }: FrameParts, shown: FrameTexts | undefined): boolean {
    if (aside !== '' && this.#hiddenIn('beside the data', aside).length > 0) return false;
    // What ends a stream is `[DONE]` and no more.
    return shown !== undefined || data === undefined || /^\s*(?:\[DONE\]\s*)?$/.test(data);
  }

  /** The frame without what stands beside its value. */
  #anew({ data }: FrameParts, { bytes }: Frame): Uint8Array {
    if (this.#lens.framing === 'ndjson') return bytes;
    if (data === undefined) return COMMENT;
    if (data.trimStart().startsWith('[DONE]')) return sseBytes({ data: '[DONE]' });
    const event = EVENT.exec(new TextDecoder().decode(bytes))?.[1];
    return sseBytes({ ...(event === undefined ? {} : { event }), data });
  }

  /** Names that differ in their case alone are one: so some clients read them. */
  #channel(name: string, path: Path, isToken: boolean): Channel {
    const known = this.#channels.get(name);
    if (known !== undefined) return known;
    if (this.#channels.size >= CHANNELS) throw new Unbounded(`the reply has more than ${CHANNELS} channels`);
    const reading = isToken ? { ...this.#reading, ...QUIET, counts: new Map() } : this.#reading;
    const channel = new Channel(reading, pathText(path));
    this.#channels.set(name, channel);
    return channel;
  }

  /**
   * Judges channels as they stand. One that began with this frame, after the first `known`, is over; another may yet go on, against
   * what its upstream said.
   */
  #close(prefix: string, known: number): void {
    let place = 0;
    for (const [name, channel] of this.#channels) {
      place += 1;
      if (!name.startsWith(prefix)) continue;
      channel.close();
      if (place > known) this.#channels.delete(name);
    }
  }

  #release(): readonly Frame[] {
    const [first] = this.#held;
    if (first === undefined) return NONE;
    const isFirstDecided = isDecided(first);
    if (this.#held.length === 1) {
      if (!isFirstDecided) return NONE;
      this.#held = [];
      this.#heldBytes = 0;
      return [this.#shown(first)];
    }
    // Nothing passes it: most streams are one piece, and a long wait must not cost more with every frame.
    if (!isFirstDecided && first.owners.includes('')) return NONE;
    const free: Frame[] = [];
    const stuck: Held[] = [];
    const waiting = new Set<string>();
    for (const held of this.#held) {
      if (!isBehind(held, waiting) && isDecided(held)) {
        this.#heldBytes -= held.frame.bytes.length;
        free.push(this.#shown(held));
        continue;
      }
      stuck.push(held);
      for (const owner of held.owners) waiting.add(owner);
    }
    this.#held = stuck;
    return free;
  }

  #shown({ frame, shown: read, segments, anew }: Held): Frame {
    const changes: { path: Path; text: string }[] = [];
    let isRewritten = anew !== undefined;
    for (const { path, text, channel, start, isToken } of segments) {
      if (channel.changes.length === 0) continue;
      const shown = channel.shown(text, start);
      if (shown !== text) {
        isRewritten = true;
        if (!isToken) changes.push({ path, text: shown });
      }
      channel.drop(start + text.length);
    }
    if (!isRewritten) return frame;
    const bytes = anew ?? frame.bytes;
    if (read === undefined) return { bytes, last: frame.last };
    return { bytes: this.#lens.withBody(bytes, withTexts(read.value, changes)), last: frame.last };
  }
}

const NONE: readonly Frame[] = [];
/** What says again what another text says is looked at, but neither counted nor told. */
const QUIET = { found: () => undefined, pseudonym: (type: string) => `[${type}]` };

const COMMENT = new TextEncoder().encode(':\n\n');
const EVENT = /^event: ?([\w.-]{1,64})$/m;

const isDecided = ({ segments }: Held): boolean =>
  segments.every(({ channel, start, text }) => channel.decided >= start + text.length);

/** Whether a frame is of a piece of which an earlier one is held. */
const isBehind = ({ owners }: Held, waiting: ReadonlySet<string>): boolean => {
  if (waiting.size === 0) return false;
  for (const each of waiting)
    if (owners.some((owner) => owner.startsWith(each) || each.startsWith(owner))) return true;
  return false;
};
