// How many tokens a reply is, as far as it came, for upstreams that do not say and streams that were cut. Of a long stream only a sample
// is held, and nothing of it is read before somebody asks: the way of a frame costs a copy of its bytes at most.
import type { CallDialect } from '../dialects/dialect.ts';
import { textsOf } from '../dialects/lens.ts';
import { uninspectable } from '../dlp/uninspectable.ts';
import type { Frame, Reply, Usage } from '../exchange.ts';
import { parseJson } from '../json/parse.ts';
import type { Json } from '../json/value.ts';
import { estimateTexts } from './estimate.ts';

/** Frames are held in runs of so many, in which a text that was cut into frames is put together again. */
const RUN_FRAMES = 16;
/** Runs held of one reply; of more, every second is let go, and so on. */
const RUNS = 24;
/** Bytes held of one streamed reply, at most: a thousand replies at once are 128 MiB. */
const HELD_BYTES = 128 * 1024;
/** A longer frame would crowd out the others: it is counted when it comes. */
const FRAME_BYTES = HELD_BYTES / RUN_FRAMES;
/** A longer frame is an image. */
const LONG_FRAME_BYTES = 1024 * 1024;
/** A longer body is not parsed a second time. */
const BODY_BYTES = 4 * 1024 * 1024;
/** Bytes a token in such a body. */
const BODY_TOKEN_BYTES = 4;

type Run = { readonly number: number; readonly frames: Uint8Array[] };

/** What was heard of one reply since its usage was last told. Holds at most HELD_BYTES of a stream. */
export class Heard {
  readonly #dialect: CallDialect;
  #told: Partial<Usage> | undefined;
  #isWhole = false;
  #reply: Reply | undefined;
  #body: Uint8Array | undefined;
  #runs: Run[] = [];
  #bytes = 0;
  /** Every how many runs one is held. */
  #stride = 1;
  #frames = 0;
  #longTokens = 0;

  constructor(dialect: CallDialect) {
    this.#dialect = dialect;
  }

  /** Whether the reply's last frame has come. */
  get isWhole(): boolean {
    return this.#isWhole;
  }

  /** The reply's status; undefined: there was none. */
  get status(): number | undefined {
    return this.#reply?.status;
  }

  /** There is a reply. */
  begin(reply: Reply): void {
    this.#reply = reply;
  }

  /** Takes the next frame; `told` is the usage that the upstream has reported by now. */
  take({ bytes, last }: Frame, told: Partial<Usage> | undefined): void {
    if (last) this.#isWhole = true;
    if (this.#reply?.whole === true) this.#body = bytes;
    else if (told !== this.#told) {
      // It tells of all that came before it, and of the frame it came in.
      this.#told = told;
      this.#forget();
    } else if (bytes.length > FRAME_BYTES) {
      if (bytes.length <= LONG_FRAME_BYTES) this.#longTokens += estimateTexts(this.#textsIn([bytes]));
    } else this.#hold(bytes);
  }

  /** Estimates the tokens of what was heard, before any correction. Takes milliseconds at most. */
  tokens(): number {
    if (this.#body !== undefined) return this.#ofBody(this.#body);
    const held = this.#runs.reduce((sum, { frames }) => sum + frames.length, 0);
    if (held === 0) return this.#longTokens;
    const texts = this.#runs.flatMap(({ frames }) => this.#textsIn(frames));
    return this.#longTokens + (estimateTexts(texts) * this.#frames) / held;
  }

  #hold(bytes: Uint8Array): void {
    const number = Math.floor(this.#frames++ / RUN_FRAMES);
    if (number % this.#stride !== 0) return;
    let run = this.#runs.at(-1);
    if (run?.number !== number) {
      run = { number, frames: [] };
      this.#runs.push(run);
    }
    // A copy: the frame may be a view of a chunk a hundred times its size.
    run.frames.push(new Uint8Array(bytes));
    this.#bytes += bytes.length;
    while (this.#runs.length > 1 && (this.#runs.length > RUNS || this.#bytes > HELD_BYTES)) this.#thin();
  }

  #thin(): void {
    this.#stride *= 2;
    this.#runs = this.#runs.filter(({ number }) => number % this.#stride === 0);
    this.#bytes = this.#runs.reduce(
      (sum, { frames }) => sum + frames.reduce((bytes, frame) => bytes + frame.length, 0),
      0,
    );
  }

  #forget(): void {
    this.#runs = [];
    this.#bytes = 0;
    this.#stride = 1;
    this.#frames = 0;
    this.#longTokens = 0;
  }

  /** What the model wrote in frames that follow each other: a text a channel. */
  #textsIn(frames: readonly Uint8Array[]): string[] {
    const channels = new Map<string, string>();
    for (const bytes of frames) {
      for (const { text, channel } of this.#written(bytes))
        channels.set(channel, (channels.get(channel) ?? '') + text);
    }
    return [...channels.values()];
  }

  #written(bytes: Uint8Array): readonly { readonly text: string; readonly channel: string }[] {
    try {
      const seen = this.#dialect.frameTexts(bytes);
      if (seen === undefined) return [];
      return seen.texts.filter(
        ({ path, text }) =>
          this.#dialect.isWritten(path) &&
          uninspectable(seen.value, { path, text, key: false }) === undefined,
      );
    } catch {
      // What cannot be read as a frame was no piece of an answer.
      return [];
    }
  }

  #ofBody(bytes: Uint8Array): number {
    if (bytes.length > BODY_BYTES) return bytes.length / BODY_TOKEN_BYTES;
    let body: Json;
    try {
      body = parseJson(new TextDecoder().decode(bytes));
    } catch {
      return 0;
    }
    const { isWritten, structure } = this.#dialect;
    const texts = [...textsOf(body, structure.reply)].filter(
      (text) => !text.key && isWritten(text.path) && uninspectable(body, text) === undefined,
    );
    return estimateTexts(texts.map(({ text }) => text));
  }
}
