// What a file imports and exports, read from its tokens.
import { posix } from 'node:path';
import type { Code } from './tokens.ts';

export type Import = {
  /** As written. */
  readonly from: string;
  /** The path of the repository it names, when it is relative. */
  readonly path?: string;
  /** Gone at run time. `import { type A }` is not: it still loads its module under verbatimModuleSyntax. */
  readonly typeOnly: boolean;
  readonly line: number;
};

export type Export = { readonly name: string; readonly line: number };

/** The index of the `from` a declaration at `index` has, or -1. Nothing but a clause of names stands between. */
const fromIndex = ({ tokens, partner }: Code, index: number): number => {
  for (let at = index + 1; at < tokens.length; at += 1) {
    const token = tokens[at];
    if (token?.text === '{') at = partner.get(at) ?? at;
    else if (token?.text === 'from' && tokens[at + 1]?.kind === 'string') return at;
    else if (token?.kind !== 'word' && token?.text !== ',' && token?.text !== '*') return -1;
  }
  return -1;
};

/** Whether the `type` after `import` or `export` at `index` is the modifier, not a name that happens to be `type`. */
const isTypeOnly = ({ tokens }: Code, index: number): boolean => {
  const next = tokens[index + 2];
  return (
    tokens[index + 1]?.text === 'type' &&
    next?.text !== ',' &&
    !(next?.text === 'from' && tokens[index + 3]?.kind === 'string')
  );
};

export const importsOf = (path: string, code: Code): readonly Import[] => {
  const { tokens } = code;
  const found: Import[] = [];
  tokens.forEach((token, index) => {
    if (token.kind !== 'word' || (token.text !== 'import' && token.text !== 'export')) return;
    if (tokens[index - 1]?.text === '.' || tokens[index - 1]?.text === '?.') return;
    const isCall = token.text === 'import' && tokens[index + 1]?.text === '(';
    const bare = token.text === 'import' && tokens[index + 1]?.kind === 'string';
    const at = isCall ? index + 2 : bare ? index + 1 : fromIndex(code, index) + 1;
    const target = at > 0 ? tokens[at] : undefined;
    if (target === undefined || (target.kind !== 'string' && target.kind !== 'template')) return;
    const typeOnly = isCall ? tokens[index - 1]?.text === 'typeof' : !bare && isTypeOnly(code, index);
    const from = target.text;
    const relative = from.startsWith('.') ? { path: posix.join(posix.dirname(path), from) } : {};
    found.push({ from, ...relative, typeOnly, line: token.line });
  });
  return found;
};

/** Names that were imported from packages: what somebody else called them is not ours to judge. */
const borrowed = ({ tokens, partner }: Code): ReadonlySet<string> => {
  const names = new Set<string>();
  tokens.forEach((token, index) => {
    if (token.text !== 'import' || token.kind !== 'word') return;
    const at = fromIndex({ tokens, partner, bare: '' }, index);
    if (at < 0 || tokens[at + 1]?.text.startsWith('.')) return;
    for (const { kind, text } of tokens.slice(index + 1, at)) if (kind === 'word') names.add(text);
  });
  return names;
};

const DECLARES = /^(const|let|var|function|class|type|interface|enum|namespace)$/;
const BEFORE_DECLARATION = /^(async|abstract|declare|default|\*)$/;

/** The names in the braces that open at `open`: after `as` (or `:` of a pattern) the later name counts. */
const namesIn = ({ tokens, partner }: Code, open: number): readonly Export[] => {
  const names: Export[] = [];
  for (let at = open + 1; at < (partner.get(open) ?? open); at += 1) {
    const token = tokens[at];
    const next = tokens[at + 1]?.text ?? '';
    if (token?.kind === 'word' && /^[,}=]$/.test(next)) names.push({ name: token.text, line: token.line });
  }
  return names;
};

/** Whether the token at `index` stands in a `declare module '...' {`, whose names are that module's. */
const isAugmenting = ({ tokens, partner }: Code, index: number): boolean =>
  tokens.some(
    ({ text }, at) =>
      text === 'module' &&
      tokens[at + 1]?.kind === 'string' &&
      at < index &&
      index < (partner.get(at + 2) ?? 0),
  );

export const exportsOf = (code: Code): readonly Export[] => {
  const { tokens } = code;
  const theirs = borrowed(code);
  const found: Export[] = [];
  tokens.forEach((token, index) => {
    if (token.text !== 'export' || token.kind !== 'word' || tokens[index - 1]?.text === '.') return;
    if (isAugmenting(code, index)) return;
    let at = index + 1;
    if (tokens[at]?.text === 'default') found.push({ name: 'default', line: token.line });
    while (BEFORE_DECLARATION.test(tokens[at]?.text ?? '')) at += 1;
    const braces =
      tokens[at]?.text === '{'
        ? at
        : tokens[at]?.text === 'type' && tokens[at + 1]?.text === '{'
          ? at + 1
          : -1;
    if (braces >= 0) {
      const from = fromIndex(code, index);
      const library = from >= 0 && !tokens[from + 1]?.text.startsWith('.');
      const names = namesIn(code, braces);
      found.push(...names.filter(({ name }) => name === 'default' || (!library && !theirs.has(name))));
      return;
    }
    if (!DECLARES.test(tokens[at]?.text ?? '')) return;
    at += 1;
    while (tokens[at]?.text === '*' || tokens[at]?.text === 'enum') at += 1;
    const name = tokens[at];
    if (name?.text === '{') found.push(...namesIn(code, at));
    else if (name?.kind === 'word') found.push({ name: name.text, line: name.line });
  });
  return found;
};
