// Where functions with a body start and end: declarations, expressions, methods, accessors and arrows.
import type { Code, Token } from './tokens.ts';

export type Extent = {
  readonly name: string;
  readonly line: number;
  readonly lines: number;
  /** Whether it calls `describe`, `it` or `test` itself: then it is a list of tests, not a function of many thoughts. */
  readonly registersTests: boolean;
};

/** Words a parenthesis and then a brace may follow, or (`case`) a parenthesis and a colon, without a function there. */
const CONTROL = /^(if|for|while|switch|catch|with|await|case)$/;
const MODIFIER = /^(async|get|set|static|public|private|protected|override|readonly|abstract|\*)$/;
const TEST_CALL = /^(describe|it|test)$/;

const textAt = (tokens: readonly Token[], index: number): string => tokens[index]?.text ?? '';

/** The index before a `<...>` that ends at `index`, or `index` itself. `=>` is one token, so depth counts true. */
const beforeGenerics = (tokens: readonly Token[], index: number): number => {
  if (textAt(tokens, index) !== '>') return index;
  let depth = 0;
  for (let at = index; at >= 0; at -= 1) {
    if (textAt(tokens, at) === '>') depth += 1;
    if (textAt(tokens, at) === '<') depth -= 1;
    if (depth === 0) return at - 1;
  }
  return index;
};

/** After a `:` at `index`: the index after the type it starts. A `{` where a type may start is part of the type. */
const afterType = ({ tokens, partner }: Code, index: number): number => {
  let wantsType = true;
  let angles = 0;
  let at = index + 1;
  while (at < tokens.length) {
    const token = tokens[at];
    const text = token?.text ?? '';
    if (text === '{' && !wantsType && angles === 0) return at;
    if (text === '(' || text === '[' || text === '{' || text === '${') {
      at = (partner.get(at) ?? at) + 1;
      wantsType = false;
      continue;
    }
    if (text === '<') angles += 1;
    if (text === '>') angles -= 1;
    if (token?.kind === 'mark' && angles <= 0 && /^[;,)\]}=]$/.test(text)) return at;
    wantsType =
      token?.kind === 'mark'
        ? text !== '>'
        : token?.kind === 'word' && /^(is|extends|keyof|readonly|asserts|infer|typeof|unique)$/.test(text);
    at += 1;
  }
  return at;
};

type Named = {
  readonly name: string;
  readonly at: number;
  readonly keyword: boolean;
  readonly member: boolean;
};

/** What stands before the `(` at `paren`: a function's name, or nothing that could be one. */
const named = (code: Code, paren: number): Named | undefined => {
  const { tokens, partner } = code;
  const nameAt = beforeGenerics(tokens, paren - 1);
  const token = tokens[nameAt];
  if (token === undefined || (token.kind === 'mark' && token.text !== ']' && token.text !== '*'))
    return undefined;
  const keywordAt = [nameAt, nameAt - 1, nameAt - 2].find((at) => textAt(tokens, at) === 'function');
  const between = keywordAt === undefined ? [] : tokens.slice(keywordAt + 1, nameAt).map(({ text }) => text);
  if (keywordAt !== undefined && between.every((text) => text === '*'))
    return {
      name: keywordAt === nameAt || token.text === '*' ? 'function' : token.text,
      at: keywordAt,
      keyword: true,
      member: false,
    };
  if (token.text === '*' || CONTROL.test(token.text)) return undefined;
  const start = token.text === ']' ? (partner.get(nameAt) ?? nameAt) : nameAt;
  let before = start - 1;
  while (MODIFIER.test(textAt(tokens, before))) before -= 1;
  const previous = textAt(tokens, before);
  // A call in a class's heritage (`extends mixin(Base) {`) is followed by a brace like a method is.
  if (previous === 'extends' || previous === '.') return undefined;
  return {
    name: token.text === ']' ? '[computed]' : token.text,
    at: before + 1,
    keyword: false,
    member: /^[{};,)]$/.test(previous) || before < 0,
  };
};

/** Where an arrow's parameters start: its line is the function's. `arrow` is the index of `=>`. */
const arrowStart = ({ tokens, partner }: Code, arrow: number): number => {
  for (let at = arrow - 1; at >= 0; at -= 1) {
    const text = textAt(tokens, at);
    if (text === ')' && (at === arrow - 1 || textAt(tokens, at + 1) === ':')) return partner.get(at) ?? at;
    if (tokens[at]?.kind === 'word' && at === arrow - 1 && textAt(tokens, at - 1) !== ':') return at;
    if (text === ')' || text === ']' || text === '}') at = partner.get(at) ?? at;
    else if (/^(;|,|=|\{|\(|=>)$/.test(text)) break;
  }
  return arrow;
};

/** The name an arrow is given by what stands before its parameters: `const name = `, `name: `, `name = async `. */
const arrowName = ({ tokens }: Code, start: number): string => {
  let at = beforeGenerics(tokens, start - 1);
  if (textAt(tokens, at) === 'async') at -= 1;
  const sign = textAt(tokens, at);
  if (sign !== '=' && sign !== ':') return 'arrow';
  for (let back = at - 1; back >= 0 && !/^[;{},]$/.test(textAt(tokens, back)); back -= 1)
    if (/^(const|let|var)$/.test(textAt(tokens, back))) return textAt(tokens, back + 1);
  return tokens[at - 1]?.kind === 'word' ? textAt(tokens, at - 1) : 'arrow';
};

/** The function whose body's brace is found from the token at `index`, if one starts there. */
const bodyFrom = (code: Code, index: number): { brace: number; start: number; name: string } | undefined => {
  const { tokens, partner } = code;
  const text = textAt(tokens, index);
  if (text === '=>' && textAt(tokens, index + 1) === '{') {
    const start = arrowStart(code, index);
    return { brace: index + 1, start, name: arrowName(code, start) };
  }
  const close = text === '(' ? partner.get(index) : undefined;
  if (close === undefined) return undefined;
  const is = named(code, index);
  if (is === undefined) return undefined;
  const next = textAt(tokens, close + 1);
  const brace = next === ':' && (is.keyword || is.member) ? afterType(code, close + 1) : close + 1;
  return textAt(tokens, brace) === '{' ? { brace, start: is.at, name: is.name } : undefined;
};

/** Every function with a body, in the order of their braces. */
export const functions = (code: Code): readonly Extent[] => {
  const { tokens, partner } = code;
  const found = new Map<number, { start: number; name: string; end: number }>();
  for (let index = 0; index < tokens.length; index += 1) {
    const token = tokens[index];
    if (token?.kind !== 'mark' || (token.text !== '=>' && token.text !== '(')) continue;
    const body = bodyFrom(code, index);
    const end = body === undefined ? undefined : partner.get(body.brace);
    if (body !== undefined && end !== undefined)
      found.set(body.brace, { start: body.start, name: body.name, end });
  }
  const registering = new Set<number>();
  const inside: number[] = [];
  for (let index = 0; index < tokens.length; index += 1) {
    while (inside.length > 0 && index > (found.get(inside.at(-1) ?? -1)?.end ?? -1)) inside.pop();
    if (found.has(index)) inside.push(index);
    const inner = inside.at(-1);
    if (
      inner !== undefined &&
      TEST_CALL.test(textAt(tokens, index)) &&
      /^[.(]$/.test(textAt(tokens, index + 1))
    )
      registering.add(inner);
  }
  return [...found].map(([brace, { start, name, end }]) => {
    const line = tokens[start]?.line ?? 1;
    return {
      name,
      line,
      lines: (tokens[end]?.line ?? line) - line + 1,
      registersTests: registering.has(brace),
    };
  });
};
