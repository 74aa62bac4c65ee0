// Tables in a text (CSV, TSV, Markdown, the output of a database's shell): which header stands over a place, so that what it says counts
// for the whole column.

/** Longest line that is taken for a table's, and most columns. */
export const LINE_CHARS = 2_000;
const COLUMNS = 200;
const SIGNS = [',', '\t', ';', '|'];
/** Begins what is left of a line that was cut because it is longer than any table's. */
export const CUT_LINE = '\u0002';

/** A run of lines with as many of one sign each; its first line is the header. One line alone is no table yet. */
type Table = {
  readonly start: number;
  /** Just past its last line so far. */
  end: number;
  lines: number;
  readonly sign: string;
  readonly count: number;
};

/** The tables of one text, found when they are first asked for, and from there on. */
export class Columns {
  #text = '';
  /** No place before it is asked for; and lines up to `#to` have been looked at, -1: none. The tables there, and the one that goes on. */
  #from = 0;
  #to = -1;
  readonly #tables: Table[] = [];
  #open: Table | undefined;
  /** The first sign from some line on: most lines have none. */
  #sign = -1;
  readonly #cells = new Map<Table, readonly number[]>();
  readonly #firm = new Map<Table, boolean>();
  /** The cell of the last answer: its line, where it begins, and its column. Places are mostly asked for in their order. */
  #line = -1;
  #cell = 0;
  #column = 0;

  /** What is asked about next; no place before `from` is. */
  begin(text: string, from: number): void {
    this.#text = text;
    this.#line = -1;
    this.#from = from;
    this.#to = -1;
  }

  /** The table that the line of `place` is of, as far as the lines up to it say. */
  tableAt(place: number): Table | undefined {
    if (this.#to < 0) this.#restart(this.#from);
    while (this.#to <= place && this.#to < this.#text.length) this.#nextLine();
    return find(this.#tables, place);
  }

  /** The table, or what may be one, that is under way where a line begins. */
  underWayAt(place: number): Table | undefined {
    this.#restart(place);
    while (this.#to < place) this.#nextLine();
    return this.#open;
  }

  #restart(from: number): void {
    this.#to = from === 0 ? 0 : freshBefore(this.#text, from);
    this.#open = undefined;
    this.#sign = -1;
    this.#tables.length = 0;
    this.#cells.clear();
    this.#firm.clear();
  }

  #nextLine(): void {
    const text = this.#text;
    const start = this.#to;
    const found = text.indexOf('\n', start);
    const end = found < 0 ? text.length : found;
    this.#to = end + 1;
    const table = this.#open;
    if (this.#sign < start) this.#sign = nextSign(text, start);
    const hasSigns = this.#sign < end;
    const line = hasSigns || table !== undefined ? lineAt(text, start, end) : '';
    if (table !== undefined && goesOn(line, table)) {
      table.lines += 1;
      table.end = end + 1;
      if (table.lines === 2) this.#tables.push(table);
    } else {
      const most = hasSigns ? mostOf(line) : undefined;
      this.#open = most && { start, end: end + 1, lines: 1, ...most };
    }
  }

  /** Where each cell of a table's header begins; the last is where the line ends. */
  #cellsOf(table: Table): readonly number[] {
    const known = this.#cells.get(table) ?? cellsOf(this.#text, table.start, table.sign);
    this.#cells.set(table, known);
    return known;
  }

  /** Where the header over `place` stands; undefined: there is none. */
  headerOf(place: number): { readonly start: number; readonly end: number } | undefined {
    const table = this.tableAt(place);
    if (table === undefined) return undefined;
    const line = this.#text.lastIndexOf('\n', place - 1) + 1;
    // The header itself is under no header.
    if (line <= table.start) return undefined;
    if (line !== this.#line || place < this.#cell) {
      this.#line = line;
      this.#cell = line;
      this.#column = 0;
    }
    const { sign } = table;
    for (
      let at = signFrom(this.#text, sign, this.#cell, place);
      at >= 0;
      at = signFrom(this.#text, sign, at + 1, place)
    ) {
      this.#column += 1;
      this.#cell = at + 1;
    }
    const cells = this.#cellsOf(table);
    const start = cells[this.#column];
    const end = cells[this.#column + 1];
    return start === undefined || end === undefined ? undefined : { start, end };
  }

  /** Where the cell of `place` stands, in a table that is one beyond doubt: its header names, and is no sentence with commas. */
  cellOf(place: number): { readonly start: number; readonly end: number } | undefined {
    const header = this.headerOf(place);
    const text = this.#text;
    const table = header && this.tableAt(place);
    if (header === undefined || table === undefined) return undefined;
    const { sign } = table;
    if (!this.#isFirm(table) || !NAME.test(text.slice(header.start, header.end).replace(sign, '')))
      return undefined;
    const line = text.lastIndexOf('\n', place - 1) + 1;
    // Lines that begin with one word are records of a kind, as in HL7.
    const first = text.slice(table.start, (this.#cellsOf(table)[1] ?? table.start) - 1);
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
  #isFirm(table: Table): boolean {
    const known = this.#firm.get(table);
    if (known !== undefined) return known;
    const cells = this.#cellsOf(table);
    const { sign } = table;
    const names = cells.slice(0, -1).map((cell, i) => this.#text.slice(cell, (cells[i + 1] ?? cell) - 1));
    const spaced = (sign === ',' || sign === ';') && names.some((name) => name.startsWith(' '));
    const firm = !spaced && names.filter((name) => name.trim() !== '').length >= 3;
    this.#firm.set(table, firm);
    return firm;
  }
}

/** What a column is called: a few words, and no value. */
const NAME = /^(?!.*\d{4})[ "'`|\r]*\p{L}[\p{L}\p{M}\p{N} _./()#°º-]{0,40}[ "'`|\r]*$/u;

const find = (tables: readonly Table[], place: number): Table | undefined => {
  let low = 0;
  let high = tables.length - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    const table = tables[middle];
    if (table === undefined) return undefined;
    if (place < table.start) high = middle - 1;
    else if (place >= table.end) low = middle + 1;
    else return table;
  }
  return undefined;
};

/** A line as far as it may be of a table. */
const lineAt = (text: string, start: number, end: number): string =>
  end - start > LINE_CHARS || text[start] === CUT_LINE ? '' : text.slice(start, end);

const nextSign = (text: string, from: number): number => {
  SIGN.lastIndex = from;
  return SIGN.test(text) ? SIGN.lastIndex - 1 : text.length;
};
const SIGN = /[,\t;|]/g;

/** The sign that a line has most of, and how many. */
const mostOf = (line: string): { readonly sign: string; readonly count: number } | undefined => {
  let most: { readonly sign: string; readonly count: number } | undefined;
  for (const sign of SIGNS) {
    const count = countOf(line, sign);
    if (count > (most?.count ?? 0) && count < COLUMNS) most = { sign, count };
  }
  return most;
};

/** A row has as many signs as its header, give or take one in a text; a rule of dashes belongs to the table. */
const goesOn = (line: string, { sign, count }: Table): boolean => {
  const here = countOf(line, sign);
  return here === 0 ? isRule(line) : (here >= count && here <= count + 2) || isRule(line);
};

const isRule = (line: string): boolean => /^[\s|+:=-]+$/.test(line) && line.trim() !== '';

/** The signs of a line; those in a quoted cell are not of the table. */
const countOf = (line: string, sign: string): number => {
  let count = 0;
  for (let at = signFrom(line, sign, 0, line.length); at >= 0; at = signFrom(line, sign, at + 1, line.length))
    count += 1;
  return count;
};

/** The last place up to the line of `place` where no table is under way: after a line that is of none, whatever comes before it. */
const freshBefore = (text: string, place: number): number => {
  let line = text.lastIndexOf('\n', place - 1) + 1;
  while (line > 0) {
    const start = text.lastIndexOf('\n', line - 2) + 1;
    const before = lineAt(text, start, line - 1);
    if (nextSign(before, 0) === before.length && !isRule(before)) break;
    line = start;
  }
  return line;
};

/** The header, its line's end included, of the table under way where a line begins; undefined: there is none. */
export const headerAt = (
  text: string,
  place: number,
): { readonly start: number; readonly end: number } | undefined => {
  const columns = new Columns();
  columns.begin(text, 0);
  const table = columns.underWayAt(place);
  return table && { start: table.start, end: text.indexOf('\n', table.start) + 1 };
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
