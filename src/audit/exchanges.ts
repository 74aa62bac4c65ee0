// Which exchanges an export opened and sealed: each at most once, in whatever chain. Holds millions of ids in 20 bytes each.

const OPENED = 1;
const SEALED = 2;
/** Words of a slot: 30 bits of the id in each of four; its last 10 and the marks; the line and the second of the opening. */
const WORDS = 7;
const MARKS = 4;
const LINE = 5;
const SECOND = 6;
const FIRST_SLOTS = 1024;

const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const BASE32 = new Map([...ALPHABET].map((char, value) => [char.charCodeAt(0), value]));
const DIGITS = Int8Array.from({ length: 128 }, (_, code) => BASE32.get(code) ?? -1);
const PREFIX = 'ex_';
const ID_CHARS = PREFIX.length + 26;

/** Where and when an exchange was opened, `at` to the second. */
export type Opening = { readonly exchange: string; readonly line: number; readonly atMs: number };

/**
 * A set of exchanges with their marks, in one array: a Map of ten million strings would be gigabytes, and would keep the
 * lines that they were cut from.
 */
export class Exchanges {
  #slots = FIRST_SLOTS;
  #table = new Uint32Array(FIRST_SLOTS * WORDS);
  #size = 0;
  readonly #words = new Uint32Array(WORDS);
  /** Ids that are not ours by their form. */
  readonly #others = new Map<string, { marks: number; line: number; atMs: number }>();

  /** Whether this is the exchange's first opening. */
  open(exchange: string, line: number, atMs: number): boolean {
    return (this.#mark(exchange, OPENED, line, atMs) & OPENED) === 0;
  }

  /** Whether this is the exchange's first seal. */
  seal(exchange: string): boolean {
    return (this.#mark(exchange, SEALED, 0, 0) & SEALED) === 0;
  }

  /** What was opened and not sealed, in the order of the lines. */
  unsealed(): Opening[] {
    const found: Opening[] = [];
    for (const [exchange, { marks, line, atMs }] of this.#others)
      if (marks === OPENED) found.push({ exchange, line, atMs });
    const table = this.#table;
    for (let slot = 0; slot < table.length; slot += WORDS) {
      if (((table[slot + MARKS] ?? 0) & 3) !== OPENED) continue;
      found.push({
        exchange: idOf(table.subarray(slot, slot + WORDS)),
        line: table[slot + LINE] ?? 0,
        atMs: (table[slot + SECOND] ?? 0) * 1000,
      });
    }
    return found.sort((a, b) => a.line - b.line);
  }

  /** Sets a mark and returns those that were there. */
  #mark(exchange: string, mark: number, line: number, atMs: number): number {
    if (!this.#read(exchange)) return this.#markOther(exchange, mark, line, atMs);
    const slot = this.#find();
    const table = this.#table;
    const before = (table[slot + MARKS] ?? 0) & 3;
    if (before === 0) {
      table.set(this.#words, slot);
      this.#size++;
    }
    table[slot + MARKS] = ((this.#words[MARKS] ?? 0) | before | mark) >>> 0;
    if (mark === OPENED) {
      table[slot + LINE] = line;
      table[slot + SECOND] = Math.floor(atMs / 1000);
    }
    if (this.#size * 2 > this.#slots) this.#grow();
    return before;
  }

  #markOther(exchange: string, mark: number, line: number, atMs: number): number {
    const known = this.#others.get(exchange);
    const before = known?.marks ?? 0;
    this.#others.set(
      exchange,
      mark === OPENED
        ? { marks: before | mark, line, atMs }
        : { line: 0, atMs: 0, ...known, marks: before | mark },
    );
    return before;
  }

  /** Reads an id into `#words`. False when it is not `ex_` and 26 characters of base 32. */
  #read(exchange: string): boolean {
    if (exchange.length !== ID_CHARS || !exchange.startsWith(PREFIX)) return false;
    const words = this.#words.fill(0);
    for (let i = 0; i < ID_CHARS - PREFIX.length; i++) {
      const digit = DIGITS[exchange.charCodeAt(PREFIX.length + i)] ?? -1;
      if (digit < 0) return false;
      const word = Math.floor(i / 6);
      words[word] = ((words[word] ?? 0) << 5) | digit;
    }
    words[MARKS] = (words[MARKS] ?? 0) << 2;
    return true;
  }

  /** Where the id in `#words` is, or the free slot where it belongs. */
  #find(): number {
    const words = this.#words;
    const table = this.#table;
    const mask = this.#slots - 1;
    // The last characters of an id are random.
    let place = ((words[3] ?? 0) ^ ((words[2] ?? 0) >>> 7)) & mask;
    for (; ; place = (place + 1) & mask) {
      const slot = place * WORDS;
      const last = table[slot + MARKS] ?? 0;
      if ((last & 3) === 0) return slot;
      if (
        table[slot + 3] === words[3] &&
        table[slot + 2] === words[2] &&
        table[slot + 1] === words[1] &&
        table[slot] === words[0] &&
        last >>> 2 === (words[MARKS] ?? 0) >>> 2
      )
        return slot;
    }
  }

  #grow(): void {
    const old = this.#table;
    this.#slots *= 2;
    this.#table = new Uint32Array(this.#slots * WORDS);
    for (let slot = 0; slot < old.length; slot += WORDS) {
      if (((old[slot + MARKS] ?? 0) & 3) === 0) continue;
      this.#words.set(old.subarray(slot, slot + WORDS));
      this.#table.set(this.#words, this.#find());
    }
  }
}

/** The id that a slot holds. */
const idOf = (words: Uint32Array): string => {
  let id = PREFIX;
  for (let i = 0; i < ID_CHARS - PREFIX.length; i++) {
    const word = Math.floor(i / 6);
    const value = word === MARKS ? (words[MARKS] ?? 0) >>> 2 : (words[word] ?? 0);
    const from = word === MARKS ? 1 - (i % 6) : 5 - (i % 6);
    id += ALPHABET.charAt((value >>> (5 * from)) & 31);
  }
  return id;
};
