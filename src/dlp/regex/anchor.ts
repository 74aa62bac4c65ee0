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
/** Units that one place of a literal may be. */
const SPELLINGS = 6;
/** Long enough to be rare; more only makes the search's table larger. */
const LITERAL_CHARS = 10;
/** Signs so rare in prose that one of them is enough; so is a letter of a script that has thousands. */
const RARE = /[@$~]|<<|[\u4e00-\u9fff]/;

/** The first literal of `node`, however short; for what nothing else leads to: it is looked for at the starts of words only. */
export const firstAnchorOf = (node: Node): Anchor | undefined => {
  const literals = literalsFrom(node.kind === 'seq' ? node.parts.flatMap(flattened) : flattened(node), 0);
  const isLong = literals?.every((literal) => literal.length >= 2 && /^[a-z]/.test(literal)) === true;
  return literals !== undefined && isLong ? { literals, left: undefined, right: node } : undefined;
};

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

/** A group of one alternative is its parts; a part repeated a number of times at least is that many, and the rest. */
const flattened = (node: Node): readonly Node[] => {
  if (node.kind === 'seq') return node.parts.flatMap(flattened);
  if (node.kind !== 'repeat' || node.node.kind !== 'set' || node.min === 0) return [node];
  const times = Math.min(node.min, LITERAL_CHARS);
  if (node.max > node.min && sizeOf(node.node.set) > SPELLINGS) return [node];
  const same = Array.from({ length: times }, () => node.node);
  const rest: Node = { kind: 'repeat', node: node.node, min: node.min - times, max: node.max - times };
  return rest.max === 0 ? same : [...same, rest];
};

/** Every spelling of the literal that begins with part `from`; undefined when there is none. */
const literalsFrom = (parts: readonly Node[], from: number): readonly string[] | undefined => {
  let literals: readonly string[] = [''];
  for (let i = from; i < parts.length; i++) {
    const part = parts[i];
    const whole = part === undefined ? undefined : spellings(part);
    const spelled = whole ?? (part?.kind === 'any' ? beginnings(part.options) : undefined);
    if (spelled === undefined) break;
    const longer = [...new Set(literals.flatMap((head) => spelled.map((tail) => head + tail)))];
    if (longer.length > LITERALS) break;
    literals = longer;
    if (whole === undefined) break;
    if (literals.every((literal) => literal.length >= LITERAL_CHARS)) break;
  }
  return literals.includes('') ? undefined : literals.map((literal) => literal.slice(0, LITERAL_CHARS));
};

/** What alternatives begin with; undefined when one of them begins with no literal. */
const beginnings = (options: readonly Node[]): readonly string[] | undefined => {
  const all: string[] = [];
  for (const option of options) {
    const literals = literalsFrom(flattened(option), 0);
    if (literals === undefined) return undefined;
    all.push(...literals);
  }
  return all;
};

/** What a node can be, lower case, when that is a few strings. */
const spellings = (node: Node): readonly string[] | undefined => {
  if (node.kind === 'set') {
    if (sizeOf(node.set) > 2 * SPELLINGS) return undefined;
    const [[first, last] = [0, 0]] = node.set;
    if (node.set.length === 1 && first === last) return [String.fromCharCode(first).toLowerCase()];
    const different: string[] = [];
    for (const [from, to] of node.set)
      for (let code = from; code <= to; code++) {
        const char = String.fromCharCode(code).toLowerCase();
        if (!different.includes(char)) different.push(char);
      }
    return different.length <= SPELLINGS ? different : undefined;
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
