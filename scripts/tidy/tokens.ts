// TypeScript cut into tokens, just well enough to find imports, exports and the extent of functions without being
// fooled by strings, templates, comments and regular expressions. TypeScript 7 has no JavaScript API to ask instead.

export type Token = {
  readonly kind: 'word' | 'mark' | 'string' | 'template' | 'regex';
  /** A string's value (escapes as written), otherwise the text. */
  readonly text: string;
  /** One-based. */
  readonly line: number;
  readonly at: number;
};

export type Code = {
  readonly tokens: readonly Token[];
  /** The index of a bracket's partner: `(` `[` `{` and `${`, both ways. */
  readonly partner: ReadonlyMap<number, number>;
  /** The text with strings, templates, comments and regular expressions blanked; same length, same lines. */
  readonly bare: string;
};

const WORD = /[\p{ID_Start}\p{ID_Continue}$_#@\u200c\u200d]+/uy;
const BEFORE_REGEX =
  /^(return|typeof|case|in|of|delete|void|throw|new|else|do|await|yield|instanceof|extends|default|if|while|for|with)$/;
const CONDITION = /^(if|while|for|with)$/;
const CLOSERS: Readonly<Record<string, string>> = { ')': '(', ']': '[', '}': '{' };
/** Marks of more than one character that must not be read as several. */
const MARKS = ['=>', '++', '--', '?.', '...'];

/** Where a regular expression that starts at `at` ends (its flags included), or -1 when it is none. */
const regexEnd = (text: string, at: number): number => {
  let inClass = false;
  for (let index = at + 1; index < text.length; index += 1) {
    const char = text[index];
    if (char === '\n') return -1;
    if (char === '\\') index += 1;
    else if (char === '[') inClass = true;
    else if (char === ']') inClass = false;
    else if (char === '/' && !inClass) {
      let end = index + 1;
      while (/[a-z]/.test(text[end] ?? '')) end += 1;
      return end;
    }
  }
  return -1;
};

/** Where the string that starts at `at` ends, or -1 when its line ends first: then it was an apostrophe in JSX. */
const stringEnd = (text: string, at: number): number => {
  for (let index = at + 1; index < text.length; index += 1) {
    const char = text[index];
    if (char === '\\') index += 1;
    else if (char === '\n') return -1;
    else if (char === text[at]) return index + 1;
  }
  return -1;
};

/** Where the run of template text from `at` ends: after its closing backtick or after a `${`. */
const templateEnd = (text: string, at: number): number => {
  for (let index = at; index < text.length; index += 1) {
    if (text[index] === '\\') index += 1;
    else if (text[index] === '`') return index + 1;
    else if (text[index] === '$' && text[index + 1] === '{') return index + 2;
  }
  return text.length;
};

/** The state of one cutting. */
class Cutter {
  readonly tokens: Token[] = [];
  readonly partner = new Map<number, number>();
  private readonly open: number[] = [];
  private readonly blanks: (readonly [number, number])[] = [];
  private readonly text: string;
  private readonly jsx: boolean;
  private at = 0;
  private line = 1;

  constructor(text: string, jsx: boolean) {
    this.text = text;
    this.jsx = jsx;
  }

  run(): Code {
    while (this.at < this.text.length) this.next();
    let bare = '';
    let from = 0;
    for (const [start, end] of this.blanks) {
      bare += this.text.slice(from, start) + this.text.slice(start, end).replace(/[^\n]/g, ' ');
      from = end;
    }
    return { tokens: this.tokens, partner: this.partner, bare: bare + this.text.slice(from) };
  }

  private next(): void {
    const { text, at } = this;
    const char = text[at] ?? '';
    const two = text.slice(at, at + 2);
    if (/\s/.test(char)) this.take(at + 1);
    else if (two === '//' || (two === '#!' && at === 0)) this.skip(text.indexOf('\n', at));
    else if (two === '/*') this.skip(text.indexOf('*/', at + 2) + 2 || -1);
    else if (char === '`') this.template(at + 1);
    else if (!this.quoted(char)) this.plain(char);
  }

  /** Takes a string or a regular expression, if one starts here. */
  private quoted(char: string): boolean {
    const { text, at } = this;
    const isString = (char === '"' || char === "'") && !this.isApostrophe();
    const isRegex = char === '/' && this.regexMayStart();
    const end = isString ? stringEnd(text, at) : isRegex ? regexEnd(text, at) : -1;
    if (end < 0) return false;
    if (isString) this.literal('string', text.slice(at + 1, end - 1), end);
    else this.literal('regex', text.slice(at, end), end);
    return true;
  }

  private plain(char: string): void {
    WORD.lastIndex = this.at;
    const word = WORD.exec(this.text)?.[0];
    if (word !== undefined) this.push('word', word);
    else this.mark(MARKS.find((mark) => this.text.startsWith(mark, this.at)) ?? char);
  }

  private mark(mark: string): void {
    const index = this.tokens.length;
    if (mark === '(' || mark === '[' || mark === '{') this.open.push(index);
    const opener = CLOSERS[mark];
    const top = this.open.at(-1);
    const topText = top === undefined ? undefined : this.tokens[top]?.text;
    if (
      opener !== undefined &&
      top !== undefined &&
      (topText === opener || (mark === '}' && topText === '${'))
    ) {
      this.open.pop();
      this.partner.set(top, index).set(index, top);
      this.push('mark', mark);
      if (topText === '${') this.template(this.at);
      return;
    }
    this.push('mark', mark);
  }

  /** Reads template text from `from` to its end or to the next `${`, which becomes a bracket like any other. */
  private template(from: number): void {
    const end = templateEnd(this.text, from);
    const holed = this.text.slice(end - 2, end) === '${';
    const textEnd = holed ? end - 2 : end;
    this.literal('template', this.text.slice(from, holed ? textEnd : end - 1), textEnd);
    if (!holed) return;
    this.open.push(this.tokens.length);
    this.push('mark', '${');
  }

  private push(kind: Token['kind'], text: string): void {
    this.tokens.push({ kind, text, line: this.line, at: this.at });
    this.take(this.at + text.length);
  }

  private literal(kind: Token['kind'], text: string, end: number): void {
    this.tokens.push({ kind, text, line: this.line, at: this.at });
    this.skip(end);
  }

  private skip(end: number): void {
    const to = end < 0 ? this.text.length : end;
    this.blanks.push([this.at, to]);
    this.take(to);
  }

  private take(to: number): void {
    for (let index = this.at; index < to; index += 1) if (this.text[index] === '\n') this.line += 1;
    this.at = to;
  }

  /** In JSX text a quote between two letters belongs to a word: don't. */
  private isApostrophe(): boolean {
    return this.jsx && /\w/.test(this.text[this.at - 1] ?? '') && /\w/.test(this.text[this.at + 1] ?? '');
  }

  private regexMayStart(): boolean {
    const index = this.tokens.length - 1;
    const last = this.tokens[index];
    if (last === undefined) return true;
    if (last.kind === 'word') return BEFORE_REGEX.test(last.text) && this.tokens[index - 1]?.text !== '.';
    if (last.kind !== 'mark') return false;
    if (last.text === ']' || last.text === '++' || last.text === '--' || last.text === '<') return false;
    // After `}` only a new line tells a block's end from an object's.
    if (last.text === '}') return this.text.slice(last.at, this.at).includes('\n');
    if (last.text !== ')') return true;
    const opener = this.partner.get(index);
    return opener !== undefined && CONDITION.test(this.tokens[opener - 1]?.text ?? '');
  }
}

export const cut = (path: string, text: string): Code => new Cutter(text, path.endsWith('x')).run();
