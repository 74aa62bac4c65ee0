// How the servers there are read one JSON text: the first of equal keys, the last, or any case and the last (Go). A text
// that says the same to all of them has one meaning.

/** A JSON value with every member as it is written, equal keys included. */
export type Node = { readonly members: readonly (readonly [string, Node])[] } | readonly Node[] | Scalar;
type Scalar = string | number | boolean | null;

/** Finds a member's value in an object. */
export type Reading = (node: Node | undefined, name: string) => Node | undefined;

const membersOf = (node: Node | undefined): readonly (readonly [string, Node])[] =>
  typeof node === 'object' && node !== null && 'members' in node ? node.members : [];

const goLike = (text: string): string =>
  text.toUpperCase().toLowerCase().replaceAll('ſ', 's').replaceAll('\u212a', 'k');

/** What the most careless server might do to a key. */
const careless = (text: string): string => goLike(text.normalize('NFKC')).replace(/[\s\p{C}]/gu, '');

export const READINGS: Readonly<Record<string, Reading>> = {
  first: (node, name) => membersOf(node).find(([key]) => key === name)?.[1],
  last: (node, name) => membersOf(node).findLast(([key]) => key === name)?.[1],
  go: (node, name) => membersOf(node).findLast(([key]) => goLike(key) === name)?.[1],
  careless: (node, name) => membersOf(node).find(([key]) => careless(key) === name)?.[1],
};

/** Parses a valid JSON text. Shares nothing with the code under test. */
export const nodeOf = (text: string): Node => {
  let at = 0;
  const space = (): void => {
    while (/[ \t\r\n]/.test(text[at] ?? '')) at++;
  };
  const token = (pattern: RegExp): string => {
    pattern.lastIndex = at;
    const found = pattern.exec(text)?.[0];
    if (found === undefined) throw new SyntaxError(`not JSON at ${at}`);
    at += found.length;
    return found;
  };
  const string = (): string => JSON.parse(token(/"(?:[^"\\]|\\.)*"/y));
  const list = <T>(close: string, item: () => T): T[] => {
    const items: T[] = [];
    at++;
    for (space(); text[at] !== close; space()) {
      if (items.length > 0) token(/,\s*/y);
      items.push(item());
    }
    at++;
    return items;
  };
  const value = (): Node => {
    space();
    if (text[at] === '"') return string();
    if (text[at] === '[') return list(']', value);
    if (text[at] === '{') {
      return {
        members: list('}', () => {
          const key = string();
          token(/\s*:/y);
          return [key, value()] as const;
        }),
      };
    }
    return JSON.parse(token(/[^\s,\]}]+/y));
  };
  return value();
};
