// The blocks of a streamed message, of which one is open at a time: what belongs to a later one waits until the one before has ended.
import type { Frame } from '../../exchange.ts';
import { UpstreamFault } from '../../ports.ts';

/** What may wait for its turn, in characters: as much as the longest of events. */
const WAITING_CHARS = 8 * 1024 * 1024;

const encoder = new TextEncoder();

/** One event; `data` is what follows its type, as JSON text. */
export const event = (type: string, data: string, last = false): Frame => ({
  bytes: encoder.encode(`event: ${type}\ndata: {"type":"${type}"${data}}\n\n`),
  last,
});

/** A text as JSON. */
export const quoted = (text: string): string => JSON.stringify(text);

/** A block of the reply while it grows. */
export type Growing = {
  readonly kind: 'text' | 'thinking' | 'tool';
  /** The block as it begins, as JSON text. */
  readonly head: string;
  /** Whether it is there though nothing more comes of it; a block that says nothing is not. */
  readonly stands: boolean;
  /** Deltas that wait for the block's turn, as JSON texts. */
  waiting: string[];
  told: boolean;
  ended: boolean;
  /** Whether it has had a delta. */
  fed: boolean;
};

/** A block that has not begun. */
export const growing = (kind: Growing['kind'], head: string, stands: boolean): Growing => ({
  kind,
  head,
  stands,
  waiting: [],
  told: false,
  ended: false,
  fed: false,
});

/** Follows the blocks of one reply; `out` is given its events. */
export class Sequence {
  readonly #out: (frame: Frame) => void;
  readonly #blocks = new Map<string, Growing>();
  readonly #queue: Growing[] = [];
  #open: Growing | undefined;
  /** Blocks that have ended. */
  #count = 0;
  #waitingChars = 0;

  constructor(out: (frame: Frame) => void) {
    this.#out = out;
  }

  /** The block of that key that has not ended. */
  growing(key: string): Growing | undefined {
    const block = this.#blocks.get(key);
    return block?.ended === true ? undefined : block;
  }

  /** Whether there ever was a block of that key. */
  knows(key: string): boolean {
    return this.#blocks.has(key);
  }

  /** A new block. It is open if none is; a text that is open makes way, for it may go on in a block of its own. */
  start(key: string, block: Growing): Growing {
    this.#blocks.set(key, block);
    if (this.#open?.kind === 'text') {
      this.#open.ended = true;
      this.#close(this.#open);
    }
    if (this.#open === undefined) this.#turn(block);
    else this.#queue.push(block);
    return block;
  }

  /** What a block grows by, as JSON text. Throws an UpstreamFault (`protocol`) when too much waits. */
  feed(block: Growing, delta: string): void {
    block.fed = true;
    if (this.#open !== block) {
      this.#waitingChars += delta.length;
      if (this.#waitingChars > WAITING_CHARS)
        throw new UpstreamFault('protocol', true, 'the reply speaks of too much at once');
      block.waiting.push(delta);
      return;
    }
    if (!block.told) this.#tell(block);
    this.#out(event('content_block_delta', `,"index":${this.#count},"delta":${delta}`));
  }

  /** Nothing more comes of a block. */
  end(key: string): void {
    const block = this.growing(key);
    if (block === undefined) return;
    block.ended = true;
    if (this.#open === block) this.#close(block);
  }

  endAll(): void {
    for (const key of this.#blocks.keys()) this.end(key);
  }

  /** Ends the open block, and lets those that wait have their turn. */
  #close(block: Growing): void {
    let closing: Growing | undefined = block;
    while (closing?.ended === true) {
      if (closing.told) {
        this.#out(event('content_block_stop', `,"index":${this.#count}`));
        this.#count++;
      }
      this.#open = undefined;
      closing = this.#queue.shift();
      if (closing !== undefined) this.#turn(closing);
    }
  }

  #turn(block: Growing): void {
    this.#open = block;
    if (block.stands) this.#tell(block);
    const { waiting } = block;
    block.waiting = [];
    for (const delta of waiting) {
      this.#waitingChars -= delta.length;
      this.feed(block, delta);
    }
  }

  #tell(block: Growing): void {
    block.told = true;
    this.#out(event('content_block_start', `,"index":${this.#count},"content_block":${block.head}`));
  }
}
