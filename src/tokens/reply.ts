// How many tokens a reply is, as far as it came, for upstreams that do not say and streams that were cut. Of a long stream only a sample
// is held, and nothing of it is read before somebody asks.
import type { CallDialect } from '../dialects/dialect.ts';
import { textsOf } from '../dialects/lens.ts';
import { uninspectable } from '../dlp/uninspectable.ts';
import type { Frame, Reply, Usage } from '../exchange.ts';
import { parseJson } from '../json/parse.ts';
import type { Json } from '../json/value.ts';
import { estimateTexts } from './estimate.ts';
import { FRAME_BYTES, Sample } from './sample.ts';

/** A frame that is too long to be held is counted when it comes; a longer one than this is an image. */
const LONG_FRAME_BYTES = 1024 * 1024;
/** A longer body is not parsed a second time. */
const BODY_BYTES = 4 * 1024 * 1024;
/** Bytes a token in such a body. */
const BODY_TOKEN_BYTES = 4;

/** What was heard of one reply since its usage was last told. */
export class Heard {
  readonly #dialect: CallDialect;
  readonly #sample = new Sample();
  #reply: Reply | undefined;
  #told: Usage | undefined;
  #isWhole = false;
  #body: Uint8Array | undefined;
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
  take({ bytes, last }: Frame, told: Usage | undefined): void {
    if (last) this.#isWhole = true;
    if (this.#reply?.whole === true) this.#body = bytes;
    else if (told !== this.#told) {
      // It tells of all that came before it, and of the frame it came in.
      this.#told = told;
      this.#sample.clear();
      this.#longTokens = 0;
    } else if (bytes.length <= FRAME_BYTES) this.#sample.take(bytes);
    else if (bytes.length <= LONG_FRAME_BYTES) this.#longTokens += estimateTexts(this.#textsIn([bytes]));
  }

  /** Estimates the tokens of what was heard, before any correction. Takes milliseconds at most. */
  tokens(): number {
    if (this.#body !== undefined) return this.#ofBody(this.#body);
    const texts = this.#sample.runs.flatMap((frames) => this.#textsIn(frames));
    return this.#longTokens + estimateTexts(texts) * this.#sample.share;
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
