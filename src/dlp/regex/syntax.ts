// Reads a pattern's regular expression: the subset that always becomes a finite automaton. What is not in it is refused by name.
import type { CharSet } from './char-set.ts';
import { anyCase, charSet, interned, NAMED_SETS, propertySet, unit, without } from './char-set.ts';

/** A regular expression as a tree. `max` is Infinity for an open repetition. */
export type Node =
  | { readonly kind: 'set'; readonly set: CharSet }
  | { readonly kind: 'seq'; readonly parts: readonly Node[] }
  | { readonly kind: 'any'; readonly options: readonly Node[] }
  | { readonly kind: 'repeat'; readonly node: Node; readonly min: number; readonly max: number };

/** A regular expression that cannot be taken; the message says why and at which character. */
export class RegexFault extends Error {}

/** Longest source; the longest built-in one is far below. */
const SOURCE_CHARS = 2_000;
/** Groups inside each other. */
const DEPTH = 20;
/** A counted repetition goes no further: a match ends at 256 characters all the same. */
const COUNT = 1_000;

/** Reads `source`; throws {@link RegexFault}. */
export const parseRegex = (source: string, ignoreCase: boolean): Node => {
  if (source.length > SOURCE_CHARS) throw new RegexFault(`longer than ${SOURCE_CHARS} characters`);
  const reader = new Reader(source, ignoreCase);
  const node = reader.options(0);
  reader.mustEnd();
  return node;
};

const ESCAPES: Readonly<Record<string, number>> = { n: 10, r: 13, t: 9, f: 12, v: 11, '0': 0 };

class Reader {
  readonly #source: string;
  #at = 0;
  #ignoreCase: boolean;

  constructor(source: string, ignoreCase: boolean) {
    this.#source = source;
    this.#ignoreCase = ignoreCase;
  }

  mustEnd(): void {
    if (this.#at < this.#source.length) this.#fault('an unopened ")"');
  }

  /** Alternatives up to a `)` or the end. */
  options(depth: number): Node {
    if (depth > DEPTH) this.#fault('groups too deep');
    const options: Node[] = [this.#sequence(depth)];
    while (this.#take('|')) options.push(this.#sequence(depth));
    const [only] = options;
    return options.length === 1 && only !== undefined ? only : { kind: 'any', options };
  }

  #sequence(depth: number): Node {
    const parts: Node[] = [];
    while (this.#at < this.#source.length && !this.#sees('|') && !this.#sees(')')) {
      parts.push(this.#repeated(this.#atom(depth)));
    }
    const [only] = parts;
    return parts.length === 1 && only !== undefined ? only : { kind: 'seq', parts };
  }

  #repeated(node: Node): Node {
    const counts = this.#counts();
    if (counts === undefined) return node;
    if (this.#sees('?') || this.#sees('+') || this.#sees('*'))
      this.#fault('a lazy, possessive or doubled quantifier');
    return { kind: 'repeat', node, ...counts };
  }

  #counts(): { min: number; max: number } | undefined {
    if (this.#take('?')) return { min: 0, max: 1 };
    if (this.#take('*')) return { min: 0, max: Number.POSITIVE_INFINITY };
    if (this.#take('+')) return { min: 1, max: Number.POSITIVE_INFINITY };
    const counted = /^\{(\d{1,4})(,(\d{0,4}))?\}/.exec(this.#source.slice(this.#at, this.#at + 12));
    if (counted === null)
      return this.#sees('{') ? this.#fault('a "{" that is no count: write \\{') : undefined;
    this.#at += counted[0].length;
    const min = Number(counted[1]);
    const most = counted[3] === '' ? Number.POSITIVE_INFINITY : Number(counted[3]);
    const max = counted[2] === undefined ? min : most;
    if (max < min) this.#fault('a count whose end is below its start');
    if (min > COUNT || (max > COUNT && max !== Number.POSITIVE_INFINITY))
      this.#fault(`a count above ${COUNT}`);
    return { min, max };
  }

  #atom(depth: number): Node {
    const char = this.#next();
    if (char === '(') return this.#group(depth);
    if (char === '[') return { kind: 'set', set: interned(this.#cased(this.#class())) };
    if (char === '\\') return { kind: 'set', set: this.#cased(this.#escape()) };
    if (char === '.') return { kind: 'set', set: NAMED_SETS['.'] ?? [] };
    if ('^$'.includes(char)) this.#fault(`"${char}": use boundary instead, or write \\${char}`);
    if ('?*+{'.includes(char)) this.#fault(`a "${char}" with nothing before it`);
    return { kind: 'set', set: this.#cased(unit(char.charCodeAt(0))) };
  }

  #group(depth: number): Node {
    const before = this.#ignoreCase;
    if (this.#take('?')) {
      if (this.#take('i:')) this.#ignoreCase = true;
      else if (!this.#take(':')) this.#fault('look-around and named groups are not there');
    }
    const node = this.options(depth + 1);
    if (!this.#take(')')) this.#fault('a "(" without its ")"');
    this.#ignoreCase = before;
    return node;
  }

  #class(): CharSet {
    const negated = this.#take('^');
    const ranges: (readonly [number, number])[] = [];
    if (this.#sees(']')) this.#fault('an empty class');
    while (!this.#take(']')) {
      const first = this.#member();
      const [only, more] = first;
      const isOne = only !== undefined && more === undefined && only[0] === only[1];
      if (isOne && this.#sees('-') && this.#source[this.#at + 1] !== ']') {
        this.#at += 1;
        const [end] = this.#member();
        if (end === undefined || end[0] !== end[1] || end[0] < only[0])
          this.#fault('a range that goes nowhere');
        else ranges.push([only[0], end[0]]);
      } else ranges.push(...first);
    }
    const set = charSet(ranges);
    // `[^a]` in any case is neither letter.
    return negated ? without(this.#cased(set)) : set;
  }

  #member(): CharSet {
    const char = this.#next();
    if (char === '\\') return this.#escape();
    if (char === '[') this.#fault('a "[" in a class: write \\[');
    return unit(char.charCodeAt(0));
  }

  #escape(): CharSet {
    const char = this.#next();
    const named = char === '.' ? undefined : NAMED_SETS[char];
    if (named !== undefined) return named;
    if (char === 'x' || char === 'u') return unit(this.#hex(char === 'x' ? 2 : 4));
    if (char === 'p') return this.#property();
    const code = ESCAPES[char];
    if (code !== undefined) return unit(code);
    if (/[A-Za-z0-9]/.test(char)) this.#fault(`"\\${char}" is not there`);
    return unit(char.charCodeAt(0));
  }

  #hex(length: number): number {
    const digits = this.#source.slice(this.#at, this.#at + length);
    if (digits.length < length || !/^[0-9a-f]+$/i.test(digits)) this.#fault('an escape without its digits');
    this.#at += length;
    return Number.parseInt(digits, 16);
  }

  #property(): CharSet {
    const name = /^\{(\w+)\}/.exec(this.#source.slice(this.#at, this.#at + 8));
    const set = name?.[1] === undefined ? undefined : propertySet(name[1]);
    if (name === null || set === undefined)
      return this.#fault('a property other than \\p{L} \\p{Lu} \\p{Ll} \\p{N}');
    this.#at += name[0].length;
    return set;
  }

  #cased(set: CharSet): CharSet {
    return this.#ignoreCase ? anyCase(set) : set;
  }

  #next(): string {
    const char = this.#source[this.#at];
    if (char === undefined) return this.#fault('an end in the middle');
    this.#at += 1;
    return char;
  }

  #sees(text: string): boolean {
    return this.#source.startsWith(text, this.#at);
  }

  #take(text: string): boolean {
    if (!this.#sees(text)) return false;
    this.#at += text.length;
    return true;
  }

  #fault(what: string): never {
    throw new RegexFault(`${what} (at character ${this.#at + 1} of ${this.#source.slice(0, 80)})`);
  }
}
