// A text of the corpus, and what is to be found in it. While a text is put together its values carry marks of the private use area.

/** A span to be found; `neutral`: whether it is found counts for nothing. */
export type Gold = {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly neutral: boolean;
};

export type Group = 'pii' | 'secrets' | 'hard';

export type Sample = {
  readonly group: Group;
  /** `vendor`, `contextual` or `generic` for secrets, `plain` or `disguised` for PII, the kind of look-alike for the rest. */
  readonly part: string;
  readonly carrier: string;
  readonly language: string;
  readonly text: string;
  readonly golds: readonly Gold[];
};

const OPEN = '\ue000';
const MIDDLE = '\ue001';
const CLOSE = '\ue002';

export const marked = (type: string, value: string): string => `${OPEN}${type}${MIDDLE}${value}${CLOSE}`;
/** What may be found or not. */
export const neutral = (value: string): string => marked('~', value);

const MARK = new RegExp(`${OPEN}([^${MIDDLE}]*)${MIDDLE}([^${CLOSE}]*)${CLOSE}`, 'g');

/** How long a text is without its marks. */
export const widthOf = (text: string): number => text.replace(MARK, '$2').length;

/** Each marked value as `change` gives it. */
export const mapValues = (text: string, change: (value: string, type: string) => string): string =>
  text.replace(MARK, (_, type: string, value: string) => marked(type, change(value, type)));

/** The text without marks, and the spans they stood for. */
export const unmarked = (text: string): { readonly text: string; readonly golds: readonly Gold[] } => {
  const golds: Gold[] = [];
  let out = '';
  let at = 0;
  for (const found of text.matchAll(MARK)) {
    out += text.slice(at, found.index);
    const [all, type = '', value = ''] = found;
    golds.push({ type, start: out.length, end: out.length + value.length, neutral: type === '~' });
    out += value;
    at = found.index + all.length;
  }
  return { text: out + text.slice(at), golds };
};

/** A text as written by hand: `«type:value»`, `«~:value»` for what counts for nothing. */
export const fromHand = (text: string): string =>
  text.replace(/«([a-z0-9~-]+):([^»]*)»/g, (_, type: string, value: string) => marked(type, value));
