// Whether every match of a pattern has a digit soon after its start, so that runs of digits lead to all of them.
import { wordsIn } from './shape.ts';
import type { Node } from './syntax.ts';

/** From a run of digits the search goes back so many characters, and over so many breaks between words. */
export const BACK_CHARS = 40;
export const BACK_BREAKS = 2;

/** How far ways without a digit have come: characters, and breaks between words; -1 of them: nothing but signs yet. */
type Ways = ReadonlySet<number>;
const WIDTH = 4;
const way = (depth: number, breaks: number): number => depth * WIDTH + breaks + 1;

/**
 * Whether all ways through `node` read a digit, and can read it within {@link BACK_CHARS} characters and {@link BACK_BREAKS}
 * breaks of their start. Signs right at the start do not count: the search looks at those that touch the first word.
 */
export const isDigitLed = (node: Node): boolean => through(node, new Set([way(0, -1)]))?.size === 0;

/** The ways that are left after `node` without a digit; undefined: one of them has come too far. */
const through = (node: Node, from: Ways): Ways | undefined => {
  if (from.size === 0) return from;
  if (node.kind === 'set') return past(wordsIn(node.set), from);
  if (node.kind === 'repeat') return repeated(node.node, node.min, node.max, from);
  if (node.kind === 'any') {
    const all = new Set<number>();
    for (const option of node.options) {
      const ways = through(option, from);
      if (ways === undefined) return undefined;
      for (const each of ways) all.add(each);
    }
    return all;
  }
  let ways: Ways | undefined = from;
  for (const part of node.parts) {
    ways = through(part, ways);
    if (ways === undefined || ways.size === 0) return ways;
  }
  return ways;
};

const repeated = (node: Node, min: number, max: number, from: Ways): Ways | undefined => {
  let ways: Ways | undefined = from;
  for (let i = 0; i < min && ways.size > 0; i++) {
    ways = through(node, ways);
    if (ways === undefined) return undefined;
  }
  const all = new Set(ways);
  for (let i = min; i < max && ways.size > 0; i++) {
    const next = through(node, ways);
    if (next === undefined) return undefined;
    ways = new Set([...next].filter((each) => !all.has(each)));
    for (const each of ways) all.add(each);
  }
  return all;
};

/** After one unit of a set that has `letters`, or `signs`, besides its digits. */
const past = (
  { letters, signs }: { readonly letters: boolean; readonly signs: boolean },
  from: Ways,
): Ways | undefined => {
  const next = new Set<number>();
  for (const each of letters || signs ? from : []) {
    const depth = Math.floor(each / WIDTH);
    const breaks = (each % WIDTH) - 1;
    if (depth > BACK_CHARS) return undefined;
    if (letters) next.add(way(depth + 1, Math.max(breaks, 0)));
    if (!signs) continue;
    if (breaks === -1 ? depth > 1 : breaks + 1 > BACK_BREAKS) return undefined;
    next.add(way(depth + 1, breaks === -1 ? -1 : breaks + 1));
  }
  return next;
};
