// A sample of a stream's frames: all of a short one; of a long one runs of frames that are spread evenly over it. However long the
// stream is, it holds no more than its limit, and the way of a frame through it costs a tenth of a microsecond.

/** Frames are held in runs of so many, in which a text that was cut into frames is put together again. */
const RUN_FRAMES = 16;
/** Runs held. Of more, every second is let go, and so on. */
const RUNS = 24;
/** Bytes held: a thousand streams at once are 128 MiB at most. */
const HELD_BYTES = 128 * 1024;
/** The longest frame that is held; a longer one would crowd out the others. In bytes. */
export const FRAME_BYTES = HELD_BYTES / RUN_FRAMES;
/** A frame is often a view of the chunk it came in; of a chunk so many times its size only a copy is held. */
const VIEW_LIMIT = 4;

/** Frames that followed each other; the how-manieth run they are. */
type Run = { readonly number: number; readonly frames: Uint8Array[] };

/** Holds at most HELD_BYTES of frames. Whoever gives a frame does not change it any more. */
export class Sample {
  #runs: Run[] = [];
  #bytes = 0;
  /** Every how many runs one is held. */
  #stride = 1;
  #taken = 0;

  /** How many frames were taken for each that is held; 0: there were none. */
  get share(): number {
    const held = this.#runs.reduce((sum, { frames }) => sum + frames.length, 0);
    return held === 0 ? 0 : this.#taken / held;
  }

  /** The frames that are held, run by run. */
  get runs(): readonly (readonly Uint8Array[])[] {
    return this.#runs.map(({ frames }) => frames);
  }

  /** Takes the next frame, of FRAME_BYTES at most. */
  take(frame: Uint8Array): void {
    const number = Math.floor(this.#taken++ / RUN_FRAMES);
    if (number % this.#stride !== 0) return;
    let run = this.#runs.at(-1);
    if (run?.number !== number) {
      run = { number, frames: [] };
      this.#runs.push(run);
    }
    const isSmallPart = frame.buffer.byteLength > frame.length * VIEW_LIMIT;
    run.frames.push(isSmallPart ? new Uint8Array(frame) : frame);
    this.#bytes += frame.length;
    // A run alone is within the limit.
    while (this.#runs.length > 1 && (this.#runs.length > RUNS || this.#bytes > HELD_BYTES)) this.#thin();
  }

  /** Forgets all that was taken. */
  clear(): void {
    this.#runs = [];
    this.#bytes = 0;
    this.#stride = 1;
    this.#taken = 0;
  }

  #thin(): void {
    this.#stride *= 2;
    this.#runs = this.#runs.filter(({ number }) => number % this.#stride === 0);
    const held = this.#runs.flatMap(({ frames }) => frames);
    this.#bytes = held.reduce((sum, { length }) => sum + length, 0);
  }
}
