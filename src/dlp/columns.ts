// Tables in a text (CSV, TSV, Markdown, the output of a database's shell): which header stands over a place, so that what it says counts
// for the whole column.

/** Longest line that is taken for a table's, and most columns. */
export const LINE_CHARS = 2_000;
const COLUMNS = 200;
const SIGNS = [',', '\t', ';', '|'];
/** Begins what is left of a line that was cut because it is longer than any table's. */
export const CUT_LINE = '\u0002';

/** A run of lines with as many of one sign each; its first line is the header. */
type Block = {
  readonly start: number;
  readonly end: number;
  readonly sign: string;
  readonly cells: readonly number[];
};

/** The tables of one text, found when they are first asked for. */
export class Columns {
  #text = '';
  #blocks: readonly Block[] | undefined;
  readonly #firm = new Map<Block, boolean>();
  /** The cell of the last answer: its line, where it begins, and its column. Places are mostly asked for in their order. */
  #line = -1;
  #cell = 0;
  #column = 0;

  begin(text: string): void {
    this.#text = text;
    this.#line = -1;
    this.#blocks = undefined;
    this.#firm.clear();
  }

  /** Where the header over `place` stands; undefined: there is none. */
  headerOf(place: number): { readonly start: number; readonly end: number } | undefined {
    this.#blocks ??= blocksOf(this.#text);
    if (this.#blocks.length === 0) return undefined;
    const block = find(this.#blocks, place);
    if (block === undefined) return undefined;
    const line = this.#text.lastIndexOf('\n', place - 1) + 1;
    // The header itself is under no header.
    if (line <= block.start) return undefined;
    if (line !== this.#line || place < this.#cell) {
      this.#line = line;
      this.#cell = line;
      this.#column = 0;
    }
    for (
      let at = signFrom(this.#text, block.sign, this.#cell, place);
      at >= 0;
      at = signFrom(this.#text, block.sign, at + 1, place)
    ) {
      this.#column += 1;
      this.#cell = at + 1;
    }
    const start = block.cells[this.#column];
    const end = block.cells[this.#column + 1];
    return start === undefined || end === undefined ? undefined : { start, end };
  }

  /** Where the cell of `place` stands, in a table that is one beyond doubt: its header names, and is no sentence with commas. */
  cellOf(place: number): { readonly start: number; readonly end: number } | undefined {
    const header = this.headerOf(place);
    const text = this.#text;
    const block = find(this.#blocks ?? [], place);
    if (header === undefined || block === undefined) return undefined;
    const { sign } = block;
    if (!this.#isFirm(block) || !NAME.test(text.slice(header.start, header.end).replace(sign, '')))
      return undefined;
    const line = text.lastIndexOf('\n', place - 1) + 1;
    // Lines that begin with one word are records of a kind, as in HL7.
    const first = text.slice(block.start, (block.cells[1] ?? block.start) - 1);
    if (first !== '' && text.startsWith(`${first}${sign}`, line)) return undefined;
    const found = text.indexOf('\n', place);
    const last = found < 0 ? text.length : found;
    const next = text.indexOf(sign, place);
    return {
      start: Math.max(line, text.lastIndexOf(sign, place - 1) + 1),
      end: next < 0 ? last : Math.min(last, next),
    };
  }

  /** Whether a header has at least three names: two cells a line may be a form's label and value, and commas with spaces a sentence's. */
  #isFirm(block: Block): boolean {
    const known = this.#firm.get(block);
    if (known !== undefined) return known;
    const { cells, sign } = block;
    const names = cells.slice(0, -1).map((cell, i) => this.#text.slice(cell, (cells[i + 1] ?? cell) - 1));
    const spaced = (sign === ',' || sign === ';') && names.some((name) => name.startsWith(' '));
    const firm = !spaced && names.filter((name) => name.trim() !== '').length >= 3;
    this.#firm.set(block, firm);
    return firm;
  }
}

/** What a column is called: a few words, and no value. */
const NAME = /^(?!.*\d{4})[ "'`|\r]*\p{L}[\p{L}\p{M}\p{N} _./()#°º-]{0,40}[ "'`|\r]*$/u;

const find = (blocks: readonly Block[], place: number): Block | undefined => {
  let low = 0;
  let high = blocks.length - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    const block = blocks[middle];
    if (block === undefined) return undefined;
    if (place < block.start) high = middle - 1;
    else if (place >= block.end) low = middle + 1;
    else return block;
  }
  return undefined;
};

type Open = {
  readonly start: number;
  readonly sign: string;
  readonly count: number;
  lines: number;
  end: number;
};

const blocksOf = (text: string): readonly Block[] => {
  const blocks: Block[] = [];
  const close = ({ start, end, sign, lines }: Open): void => {
    if (lines > 1) blocks.push({ start, end, sign, cells: cellsOf(text, start, sign) });
  };
  const open = walk(text, text.length, close);
  if (open !== undefined) close(open);
  return blocks;
};

/** Goes through the lines that begin before `until`; gives the table that is under way there. */
const walk = (text: string, until: number, close: (done: Open) => void): Open | undefined => {
  let open: Open | undefined;
  for (let start = 0; start < until; ) {
    const found = text.indexOf('\n', start);
    const end = found < 0 ? text.length : found;
    const line = end - start > LINE_CHARS || text[start] === CUT_LINE ? '' : text.slice(start, end);
    if (open !== undefined && goesOn(line, open.sign, open.count)) {
      open.lines += 1;
      open.end = end + 1;
    } else {
      if (open !== undefined) close(open);
      const most = SIGN.test(line) ? mostOf(line) : undefined;
      open = most && { start, ...most, lines: 1, end: end + 1 };
    }
    start = end + 1;
  }
  return open;
};

const SIGN = /[,\t;|]/;

/** The sign that a line has most of, and how many. */
const mostOf = (line: string): { readonly sign: string; readonly count: number } | undefined => {
  let most: { readonly sign: string; readonly count: number } | undefined;
  for (const sign of SIGNS) {
    const count = countOf(line, sign);
    if (count > (most?.count ?? 0) && count < COLUMNS) most = { sign, count };
  }
  return most;
};

/** The header, its line's end included, of the table under way where a line begins; undefined: there is none. */
export const headerAt = (
  text: string,
  place: number,
): { readonly start: number; readonly end: number } | undefined => {
  const open = walk(text, place, () => undefined);
  return open && { start: open.start, end: text.indexOf('\n', open.start) + 1 };
};

/** A row has as many signs as its header, give or take one in a text; a rule of dashes belongs to the table. */
const goesOn = (line: string, sign: string, count: number): boolean => {
  if (/^[\s|+:=-]+$/.test(line) && line.trim() !== '') return true;
  const here = countOf(line, sign);
  return here > 0 && here >= count && here <= count + 2;
};

/** The signs of a line; those in a quoted cell are not of the table. */
const countOf = (line: string, sign: string): number => {
  let count = 0;
  for (let at = signFrom(line, sign, 0, line.length); at >= 0; at = signFrom(line, sign, at + 1, line.length))
    count += 1;
  return count;
};

/** The next sign between `from`, where a cell begins, and `end`: past the cell's quotation marks, if it is quoted and they close. */
const signFrom = (text: string, sign: string, from: number, end: number): number => {
  let at = from;
  if (text.charCodeAt(from) === QUOTE) {
    const close = text.indexOf(`"${sign}`, from + 1);
    if (close > 0 && close < end) at = close;
  }
  const found = text.indexOf(sign, at);
  return found < end ? found : -1;
};
const QUOTE = 34;

/** Where each cell of a line begins; the last is where the line ends. */
const cellsOf = (text: string, start: number, sign: string): readonly number[] => {
  const found = text.indexOf('\n', start);
  const end = found < 0 ? text.length : found;
  const cells = [start];
  for (let at = signFrom(text, sign, start, end); at >= 0; at = signFrom(text, sign, at + 1, end))
    cells.push(at + 1);
  return [...cells, end];
};
