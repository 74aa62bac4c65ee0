// Random JSON documents as syntax trees that remember how each token is spelled, from a seed.
import type { Json } from '../../src/json/document.ts';

/** Mulberry32: numbers in [0, 1). */
export const seeded = (seed: number) => {
  let state = seed;
  const next = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
  const below = (limit: number): number => Math.floor(next() * limit);
  const pick = <T>(from: readonly T[]): T => {
    const picked = from[below(from.length)];
    if (picked === undefined) throw new Error('nothing to pick from');
    return picked;
  };
  return { next, below, pick };
};
export type Random = ReturnType<typeof seeded>;

export type Tree =
  | { kind: 'scalar'; raw: string }
  | { kind: 'array'; items: Tree[] }
  | { kind: 'object'; members: { raw: string; name: string; tree: Tree }[] };

const SCALARS = [
  ...[
    '0',
    '-0',
    '1.0',
    '1e2',
    '1E+2',
    '12345678901234567890',
    '1e999',
    '0.10',
    '-7',
    'true',
    'false',
    'null',
  ],
  ...[
    '""',
    '"\\""',
    '"\\\\"',
    '"\\\\\\""',
    '"a\\\\\\\\"',
    '"{\\"role\\":1,\\"role\\":2}"',
    '"[,]:{}"',
    '"\\u0041\\ud83d\\ude00"',
    '"\\ud800"',
    '"é✓𝒳"',
    '"\u2028 \\n"',
  ],
];
const KEYS = [
  '"a"',
  '"b"',
  '"role"',
  '"content"',
  '""',
  '"__proto__"',
  '"constructor"',
  '"a\\"b"',
  '"\\\\"',
  '"\\u0063"',
  '"7"',
  '"0"',
  '"length"',
  '"ключ"',
  '":"',
  '"}"',
];

export const nameOf = (rawKey: string): string => String(JSON.parse(rawKey));

export const randomTree = (random: Random, depth: number): Tree => {
  const kind = depth === 0 ? 0 : random.below(3);
  if (kind === 0) return { kind: 'scalar', raw: random.pick(SCALARS) };
  if (kind === 1)
    return {
      kind: 'array',
      items: Array.from({ length: random.below(5) }, () => randomTree(random, depth - 1)),
    };
  return randomObject(random, depth);
};

export const randomObject = (random: Random, depth: number): Tree & { kind: 'object' } => {
  const raws = [...new Set(Array.from({ length: random.below(6) }, () => random.pick(KEYS)))];
  return {
    kind: 'object',
    members: raws.map((raw) => ({ raw, name: nameOf(raw), tree: randomTree(random, depth - 1) })),
  };
};

/** What the tree says, by its own account: JSON.parse is asked for scalars only. */
export const saidBy = (tree: Tree): Json => {
  if (tree.kind === 'scalar') return JSON.parse(tree.raw);
  if (tree.kind === 'array') return tree.items.map(saidBy);
  return Object.fromEntries(tree.members.map((member) => [member.name, saidBy(member.tree)]));
};

/** The tree as text, with `space` asked for whitespace at every place that may have some. */
export const render = (tree: Tree, space: () => string): string => {
  const inside = (): string => {
    if (tree.kind === 'scalar') return tree.raw;
    if (tree.kind === 'array')
      return `[${tree.items.length > 0 ? tree.items.map((item) => render(item, space)).join(',') : space()}]`;
    const members = tree.members.map(
      ({ raw, tree: member }) => `${space()}${raw}${space()}:${render(member, space)}`,
    );
    return `{${members.length > 0 ? members.join(',') : space()}}`;
  };
  return `${space()}${inside()}${space()}`;
};

/** The tree of a value as JSON.stringify writes it. */
export const treeOf = (value: unknown): Tree => {
  if (Array.isArray(value)) return { kind: 'array', items: value.map(treeOf) };
  if (typeof value !== 'object' || value === null) return { kind: 'scalar', raw: JSON.stringify(value) };
  return {
    kind: 'object',
    members: Object.entries(value).map(([name, member]) => ({
      raw: JSON.stringify(name),
      name,
      tree: treeOf(member),
    })),
  };
};

/** The text without the whitespace between tokens. */
export const withoutSpace = (text: string): string =>
  text.replace(/("(?:[^"\\]|\\.)*")|[ \t\r\n]+/g, (_, string: string | undefined) => string ?? '');
