// Tables in a text (CSV, TSV, Markdown, the output of a database's shell): which header stands over a place, so that what it says counts
// for the whole column.

/** Longest line that is taken for a table's, and most columns. */
const LINE_CHARS = 2_000;
const COLUMNS = 200;
const SIGNS = [',', '\t', ';', '|'];

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

  begin(text: string): void {
    this.#text = text;
    this.#blocks = undefined;
  }

  /** Where the header over `place` stands; undefined: there is none. */
  headerOf(place: number): { readonly start: number; readonly end: number } | undefined {
    this.#blocks ??= blocksOf(this.#text);
    const block = find(this.#blocks, place);
    if (block === undefined) return undefined;
    const line = this.#text.lastIndexOf('\n', place - 1) + 1;
    // The header itself is under no header.
    if (line <= block.start) return undefined;
    let column = 0;
    for (
      let at = this.#text.indexOf(block.sign, line);
      at >= 0 && at < place;
      at = this.#text.indexOf(block.sign, at + 1)
    )
      column += 1;
    const start = block.cells[column];
    const end = block.cells[column + 1];
    return start === undefined || end === undefined ? undefined : { start, end };
  }
}

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

const blocksOf = (text: string): readonly Block[] => {
  const blocks: Block[] = [];
  let open: { start: number; sign: string; count: number; lines: number; end: number } | undefined;
  const close = (): void => {
    if (open !== undefined && open.lines > 1)
      blocks.push({
        start: open.start,
        end: open.end,
        sign: open.sign,
        cells: cellsOf(text, open.start, open.sign),
      });
    open = undefined;
  };
  for (let start = 0; start < text.length; ) {
    const found = text.indexOf('\n', start);
    const end = found < 0 ? text.length : found;
    const line = end - start > LINE_CHARS ? '' : text.slice(start, end);
    if (open !== undefined && goesOn(line, open.sign, open.count)) {
      open.lines += 1;
      open.end = end + 1;
    } else {
      close();
      const sign = SIGNS.map((each) => ({ each, count: countOf(line, each) }))
        .filter(({ count }) => count > 0 && count < COLUMNS)
        .sort((a, b) => b.count - a.count)[0];
      if (sign !== undefined) open = { start, sign: sign.each, count: sign.count, lines: 1, end: end + 1 };
    }
    start = end + 1;
  }
  close();
  return blocks;
};

/** A row has as many signs as its header, give or take one in a text; a rule of dashes belongs to the table. */
const goesOn = (line: string, sign: string, count: number): boolean => {
  if (/^[\s|+:=-]+$/.test(line) && line.trim() !== '') return true;
  const here = countOf(line, sign);
  return here > 0 && here >= count && here <= count + 2;
};

const countOf = (line: string, sign: string): number => {
  let count = 0;
  for (let at = line.indexOf(sign); at >= 0; at = line.indexOf(sign, at + 1)) count += 1;
  return count;
};

/** Where each cell of a line begins; the last is where the line ends. */
const cellsOf = (text: string, start: number, sign: string): readonly number[] => {
  const found = text.indexOf('\n', start);
  const end = found < 0 ? text.length : found;
  const cells = [start];
  for (let at = text.indexOf(sign, start); at >= 0 && at < end; at = text.indexOf(sign, at + 1))
    cells.push(at + 1);
  return [...cells, end];
};
