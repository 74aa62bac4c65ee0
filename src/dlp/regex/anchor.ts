// What of a pattern can be found by a literal search, so that its automaton walks only where it may match.
import type { CharSet } from './char-set.ts';
import { sizeOf } from './char-set.ts';
import type { Node } from './syntax.ts';

/** One of `literals` (lower case, at least one) stands in every match, between a match of `left` and one of `right`. */
export type Anchor = {
  readonly literals: readonly string[];
  /** What comes before the literal; undefined: nothing. */
  readonly left: Node | undefined;
  /** The literal itself and what comes after it. */
  readonly right: Node;
};

/** More spellings of one literal are no longer cheaper than another anchor. */
const LITERALS = 400;
/** Long enough to be rare; more only makes the search's table larger. */
const LITERAL_CHARS = 10;
/** Signs so rare in prose that one of them is enough. */
const RARE = /[@$]/;

/** The best anchor of `node`; undefined when it has none worth searching for. */
export const anchorOf = (node: Node): Anchor | undefined => {
  const parts = node.kind === 'seq' ? node.parts.flatMap(flattened) : flattened(node);
  let best: { anchor: Anchor; score: number } | undefined;
  for (let i = 0; i < parts.length; i++) {
    const literals = literalsFrom(parts, i);
    if (literals === undefined) continue;
    const score = scoreOf(literals) - (i === 0 ? 0 : 0.5);
    if (score < 2 || (best !== undefined && score <= best.score)) continue;
    const left: Node | undefined = i === 0 ? undefined : { kind: 'seq', parts: parts.slice(0, i) };
    best = { score, anchor: { literals, left, right: { kind: 'seq', parts: parts.slice(i) } } };
  }
  return best?.anchor;
};

const scoreOf = (literals: readonly string[]): number => {
  const shortest = Math.min(...literals.map((literal) => literal.length));
  if (literals.every((literal) => RARE.test(literal))) return Math.max(shortest, 2.6);
  // Two characters are an anchor only if one is no letter: "sk" is in every text, "//" is not.
  if (literals.some((literal) => /^\d*$|^[\s\d]/.test(literal))) return 0;
  if (shortest === 2 && literals.some((literal) => !/^[a-z]*[^a-z\d\s_.-]/.test(literal))) return 1;
  return shortest;
};

/** A group of one alternative is its parts; a part repeated a fixed number of times is that many. */
const flattened = (node: Node): readonly Node[] => {
  if (node.kind === 'seq') return node.parts.flatMap(flattened);
  if (
    node.kind === 'repeat' &&
    node.min === node.max &&
    node.min <= LITERAL_CHARS &&
    node.node.kind === 'set'
  )
    return Array.from({ length: node.min }, () => node.node);
  return [node];
};

/** Every spelling of the literal that begins with part `from`; undefined when there is none. */
const literalsFrom = (parts: readonly Node[], from: number): readonly string[] | undefined => {
  let literals: readonly string[] = [''];
  for (let i = from; i < parts.length; i++) {
    const part = parts[i];
    const spelled = part === undefined ? undefined : spellings(part);
    if (spelled === undefined) break;
    const longer = [...new Set(literals.flatMap((head) => spelled.map((tail) => head + tail)))];
    if (longer.length > LITERALS) break;
    literals = longer;
    if (literals.every((literal) => literal.length >= LITERAL_CHARS)) break;
  }
  return literals.includes('') ? undefined : literals.map((literal) => literal.slice(0, LITERAL_CHARS));
};

/** What a node can be, lower case, when that is a few strings. */
const spellings = (node: Node): readonly string[] | undefined => {
  if (node.kind === 'set') {
    if (sizeOf(node.set) > 12) return undefined;
    const chars = node.set.flatMap(([first, last]) =>
      Array.from({ length: last - first + 1 }, (_, i) => String.fromCharCode(first + i).toLowerCase()),
    );
    const different = [...new Set(chars)];
    return different.length <= 6 ? different : undefined;
  }
  if (node.kind === 'repeat') return undefined;
  const each = (node.kind === 'seq' ? node.parts : node.options).map(spellings);
  const known: (readonly string[])[] = [];
  for (const one of each) {
    if (one === undefined) return undefined;
    known.push(one);
  }
  if (node.kind === 'any') return known.flat();
  const all = known.reduce<readonly string[]>(
    (heads, tails) =>
      heads.length * tails.length > LITERALS ? [] : heads.flatMap((head) => tails.map((tail) => head + tail)),
    [''],
  );
  return all.length === 0 ? undefined : all;
};

/** The units a match may begin with. */
export const firstOf = (node: Node): CharSet => {
  if (node.kind === 'set') return node.set;
  if (node.kind === 'any') return node.options.flatMap(firstOf);
  if (node.kind === 'repeat') return firstOf(node.node);
  const firsts: (readonly [number, number])[] = [];
  for (const part of node.parts) {
    firsts.push(...firstOf(part));
    if (!mayBeEmpty(part)) break;
  }
  return firsts;
};

/** Whether the empty text matches. */
export const mayBeEmpty = (node: Node): boolean => {
  if (node.kind === 'set') return false;
  if (node.kind === 'any') return node.options.some(mayBeEmpty);
  if (node.kind === 'repeat') return node.min === 0 || mayBeEmpty(node.node);
  return node.parts.every(mayBeEmpty);
};
