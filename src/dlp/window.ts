// A stream's frames, held while a match in one of their channels could still be growing, then let go untouched, or rewritten, in order.
import type { FrameText, FrameTexts } from '../dialects/lens.ts';
import { withTexts } from '../dialects/lens.ts';
import type { Frame } from '../exchange.ts';
import type { Json, Path } from '../json/value.ts';
import type { Reading } from './channel.ts';
import { Channel } from './channel.ts';
import { uninspectable } from './uninspectable.ts';

/** What a window needs of a dialect. */
export type WindowLens = {
  frameTexts(bytes: Uint8Array): FrameTexts | undefined;
  withBody(bytes: Uint8Array, body: Json): Uint8Array;
};

/** More channels than any reply has; a hostile upstream could invent one a frame. */
const CHANNELS = 4_096;

/** More channels than a reply may have. */
export class TooManyChannels extends Error {}

type Segment = {
  readonly path: Path;
  readonly text: string;
  readonly channel: Channel;
  readonly start: number;
};
type Held = { readonly frame: Frame; readonly value: Json; readonly segments: readonly Segment[] };

export class Window {
  readonly #reading: Reading;
  readonly #lens: WindowLens;
  readonly #channels = new Map<string, Channel>();
  #held: Held[] = [];

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
    const shown = this.#lens.frameTexts(frame.bytes);
    const texts = (shown?.texts ?? []).filter((text) => !this.#isUninspectable(shown?.value ?? null, text));
    const segments = texts.map(({ path, text, channel: name }) => {
      const channel = this.#channel(name);
      const start = channel.length;
      channel.push(text, true);
      return { path, text, channel, start };
    });
    for (const name of shown?.closes ?? []) this.#close(name);
    if (frame.last) this.#close('');
    this.#held.push({ frame, value: shown?.value ?? null, segments });
    return this.#release();
  }

  /** The stream is over, well or not: what is undecided is judged as it stands. */
  end(): readonly Frame[] {
    this.#close('');
    return this.#release();
  }

  /** Bytes and encrypted blocks come as they are, in whichever frame. */
  #isUninspectable(value: Json, { path, text, channel }: FrameText): boolean {
    const kind = uninspectable(value, { path, text, key: false });
    if (kind !== undefined) this.#reading.notInspected?.(channel, kind);
    return kind !== undefined;
  }

  #channel(name: string): Channel {
    const known = this.#channels.get(name);
    if (known !== undefined) return known;
    if (this.#channels.size >= CHANNELS) throw new TooManyChannels(`more than ${CHANNELS} channels`);
    const channel = new Channel(this.#reading, name);
    this.#channels.set(name, channel);
    return channel;
  }

  #close(prefix: string): void {
    for (const [name, channel] of this.#channels) if (name.startsWith(prefix)) channel.push('', false);
  }

  #release(): readonly Frame[] {
    let count = 0;
    while (count < this.#held.length && isDecided(this.#held[count])) count += 1;
    if (count === 0) return NONE;
    return this.#held.splice(0, count).map((held) => this.#shown(held));
  }

  #shown({ frame, value, segments }: Held): Frame {
    const changes = [];
    for (const { path, text, channel, start } of segments) {
      if (channel.changes.length === 0) continue;
      const shown = channel.shown(text, start);
      if (shown !== text) changes.push({ path, text: shown });
      channel.drop(start + text.length);
    }
    if (changes.length === 0) return frame;
    return { bytes: this.#lens.withBody(frame.bytes, withTexts(value, changes)), last: frame.last };
  }
}

const NONE: readonly Frame[] = [];

const isDecided = (held: Held | undefined): boolean =>
  held?.segments.every(({ channel, start, text }) => channel.decided >= start + text.length) ?? false;
