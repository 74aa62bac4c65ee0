import { describe, expect, it } from 'vitest';
import type { JsonDocument, Path } from '../../src/json/document.ts';
import { openDocument } from '../../src/json/document.ts';
import { parseJson } from '../../src/json/parse.ts';
import type { Random, Tree } from './random.ts';
import { nameOf, randomObject, randomTree, render, saidBy, seeded, treeOf, withoutSpace } from './random.ts';

const open = (text: string, depth = 50): JsonDocument =>
  openDocument(new TextEncoder().encode(text), { depth });

/** The output of a document of that text after an edit, having checked that it says what `value` says. */
const edit = (text: string, change: (document: JsonDocument) => void): Uint8Array | string => {
  const document = open(text);
  change(document);
  const output = document.output();
  expect(document.edited).toBe(true);
  expect(JSON.parse(String(output))).toEqual(document.value);
  expect(document.output()).toBe(output);
  return output;
};

describe('JsonDocument', () => {
  it('gives back the very bytes it was opened with when nothing was edited', () => {
    const bytes = new TextEncoder().encode('{ "a" : 1.0 }');
    const document = openDocument(bytes, { depth: 5 });
    expect(document.output()).toBe(bytes);
    expect(document.edited).toBe(false);
    expect(() => document.set(['b'], 1)).toThrow(RangeError);
    expect(document.output()).toBe(bytes);
  });

  it('keeps every other byte when a value is set', () => {
    const text =
      '{ "n" : 1.00 ,\n\t"model":"a", "big":12345678901234567890,"\\u0061" : [ 1e2 , {"x" : "\\u00e9" } ] }\n';
    expect(edit(text, (d) => d.set(['model'], 'b"c'))).toBe(text.replace('"a"', '"b\\"c"'));
    expect(edit(text, (d) => d.set(['a', 1, 'x'], { y: [1] }))).toBe(text.replace('"\\u00e9"', '{"y":[1]}'));
    expect(edit(text, (d) => d.set(['n'], null))).toBe(text.replace('1.00', 'null'));
  });

  it.each<[string, (d: JsonDocument) => void, string]>([
    ['{"a":[ ]}', (d) => d.prepend(['a'], 1), '{"a":[1]}'],
    ['{"a":[ ]}', (d) => d.append(['a'], 1), '{"a":[1]}'],
    ['{"a":[ 1.0 , 2 ]}', (d) => d.prepend(['a'], 0), '{"a":[ 0,1.0 , 2 ]}'],
    ['{"a":[ 1.0 , 2 ]}', (d) => d.append(['a'], 3), '{"a":[ 1.0 , 2,3 ]}'],
    [
      '{"a":[2]}',
      (d) => {
        d.prepend(['a'], 1);
        d.prepend(['a'], 0);
        d.append(['a'], 3);
        d.append(['a'], 4);
      },
      '{"a":[0,1,2,3,4]}',
    ],
    ['{ }', (d) => d.add([], 'k', 1), '{"k":1}'],
    ['{ "a" : 1.0 }', (d) => d.add([], 'k"', [true]), '{ "a" : 1.0,"k\\"":[true] }'],
    ['{"a":1}', (d) => d.add([], 'a', 2), '{"a":2}'],
    [
      '{"a":1,"b":2}',
      (d) => {
        d.remove(['a']);
        d.add([], 'a', 3);
      },
      '{"b":2,"a":3}',
    ],
    ['{"a":1}', (d) => d.add([], '__proto__', { x: 1 }), '{"a":1,"__proto__":{"x":1}}'],
    ['{"a":1,"__proto__":2}', (d) => d.set(['__proto__'], 3), '{"a":1,"__proto__":3}'],
    ['{"a":1,"__proto__":2}', (d) => d.remove(['__proto__']), '{"a":1}'],
    ['{"__proto__":{"x":[1]}}', (d) => d.append(['__proto__', 'x'], 2), '{"__proto__":{"x":[1,2]}}'],
  ])('%s after an insertion or a key like any other', (text, change, output) =>
    expect(edit(text, change)).toBe(output),
  );

  it.each<[string, Path[], string]>([
    ['{"a":1.0 , "b":2.0 , "c":3.0}', [['a']], '{"b":2.0 , "c":3.0}'],
    ['{"a":1.0 , "b":2.0 , "c":3.0}', [['b']], '{"a":1.0 , "c":3.0}'],
    ['{"a":1.0 , "b":2.0 , "c":3.0}', [['c']], '{"a":1.0 , "b":2.0}'],
    ['{"a":1.0 , "b":2.0 , "c":3.0}', [['a'], ['b']], '{"c":3.0}'],
    ['{"a":1.0 , "b":2.0 , "c":3.0}', [['b'], ['c']], '{"a":1.0}'],
    ['{"a":1.0 , "b":2.0 , "c":3.0}', [['c'], ['a']], '{"b":2.0}'],
    ['{ "a":1.0 , "b":2.0 }', [['a'], ['b']], '{}'],
    ['{"a":[ 1.0 , 2.0 , 3.0 ]}', [['a', 0]], '{"a":[ 2.0 , 3.0 ]}'],
    ['{"a":[ 1.0 , 2.0 , 3.0 ]}', [['a', 1]], '{"a":[ 1.0 , 3.0 ]}'],
    ['{"a":[ 1.0 , 2.0 , 3.0 ]}', [['a', 2]], '{"a":[ 1.0 , 2.0 ]}'],
    [
      '{"a":[ 1.0 , 2.0 , 3.0 ]}',
      [
        ['a', 0],
        ['a', 0],
      ],
      '{"a":[ 3.0 ]}',
    ],
    ['{"a":[ 1.0 ]}', [['a', 0]], '{"a":[]}'],
  ])('%s is still JSON without its first, middle or last part', (text, paths, output) => {
    expect(
      edit(text, (document) => {
        for (const path of paths) document.remove(path);
      }),
    ).toBe(output);
  });

  it('rewords parts of a string, and keeps how the rest of it is spelled', () => {
    const text = String.raw`{ "a" : ["h\u00e9\/llo \ud83d\ude00 é \n\u0041B \" x", "y"] }`;
    const said = 'h\u00e9/llo \ud83d\ude00 é \nAB " x';
    const part = (from: string, replacement: string) => {
      const start = said.indexOf(from);
      return { start, end: start + from.length, replacement };
    };
    const reword = (...parts: ReturnType<typeof part>[]) =>
      edit(text, (document) => document.reword(['a', 0], parts));
    expect(reword(part('AB', '[x"\n]'))).toBe(text.replace(String.raw`\u0041B`, String.raw`[x\"\n]`));
    expect(reword(part('h', ''), part(' x', '!'))).toBe(text.replace('"h', '"').replace(' x"', '!"'));
    expect(reword(part('\ud83d\ude00', '😀'))).toBe(text.replace(String.raw`\ud83d\ude00`, '😀'));
    const twice = edit(text, (document) => {
      document.reword(['a', 0], [part('AB', '1')]);
      document.reword(['a', 0], [{ start: 0, end: 1, replacement: 'H' }]);
      document.set(['a', 1], 'z');
    });
    expect(JSON.parse(String(twice))).toEqual({ a: [said.replace('AB', '1').replace('h', 'H'), 'z'] });
    expect(() => open(text).reword(['a'], [])).toThrow(RangeError);
  });

  it('lets the last of several edits at one place win', () => {
    expect(
      edit('{"a":{"b":1},"c":2.0}', (d) => {
        d.set(['a', 'b'], 2);
        d.set(['a'], [1]);
        d.append(['a'], 2);
        d.set(['a', 0], 'x');
      }),
    ).toBe('{"a":["x",2],"c":2.0}');
    expect(
      edit('{"a":[{"b":1.0}]}', (d) => {
        d.prepend(['a'], { role: 'x' });
        d.set(['a', 0, 'role'], 'y');
        d.set(['a', 1, 'b'], 2);
      }),
    ).toBe('{"a":[{"role":"y"},{"b":2}]}');
    expect(
      edit('{"a":1}', (d) => {
        d.set(['a'], 2);
        d.set([], { z: [1] });
        d.append(['z'], 2);
      }),
    ).toBe('{"z":[1,2]}');
  });

  it('shows edits in value, and never changes a value it has handed out', () => {
    const document = open('{"a":[{"b":1}],"c":{}}');
    const before = document.value;
    document.set(['a', 0, 'b'], 2);
    const between = document.value;
    document.set(['a', 0, 'b'], 3);
    document.append(['a'], 4);
    expect(before).toEqual({ a: [{ b: 1 }], c: {} });
    expect(between).toEqual({ a: [{ b: 2 }], c: {} });
    expect(document.value).toEqual({ a: [{ b: 3 }, 4], c: {} });
    expect(document.value.c).toBe(before.c);
  });

  it('takes a value as it is when given', () => {
    const given = { list: [1, -0, Infinity] };
    const document = open('{"a":1}');
    document.set(['a'], given);
    given.list.push(2);
    expect(document.output()).toBe('{"a":{"list":[1,0,null]}}');
    expect(document.value).toEqual({ a: { list: [1, 0, null] } });
  });

  it('refuses paths that lead nowhere, and edits nothing then', () => {
    const document = open('{"a":[1],"o":{}}');
    for (const path of [
      ['b'],
      ['a', 1],
      ['a', -1],
      ['a', 0.5],
      ['a', 'length'],
      ['a', '0'],
      ['o', 'constructor'],
      ['o', '__proto__'],
      ['a', 0, 'x'],
      [0],
    ]) {
      expect(() => document.set(path, 1), String(path)).toThrow(RangeError);
      expect(() => document.remove(path), String(path)).toThrow(RangeError);
    }
    expect(() => document.append(['o'], 1)).toThrow(RangeError);
    expect(() => document.append(['a', 0], 1)).toThrow(RangeError);
    expect(() => document.add(['a'], 'x', 1)).toThrow(RangeError);
    expect(() => document.add(['o', '__proto__'], 'x', 1)).toThrow(RangeError);
    expect(() => document.set([], [])).toThrow(RangeError);
    expect(() => document.remove([])).toThrow(RangeError);
    expect(document.output()).toBe(document.bytes);
  });

  it('edits under 100,000 nested objects without a crash', () => {
    const path = Array.from({ length: 1e5 }, () => 'a');
    const document = open(`${'{"a":'.repeat(1e5)}[1.0]${'}'.repeat(1e5)}`, 2e5);
    document.append(path, 2);
    expect(document.output()).toBe(`${'{"a":'.repeat(1e5)}[1.0,2]${'}'.repeat(1e5)}`);
  });

  it('edits every element of a large array in linear time', () => {
    const document = open(`{"a":[${'"x",'.repeat(2e5)}"x"]}`);
    const start = performance.now();
    for (let index = 0; index <= 2e5; index++) document.set(['a', index], 'yy');
    expect(document.output()).toBe(`{"a":[${'"yy",'.repeat(2e5)}"yy"]}`);
    expect(performance.now() - start).toBeLessThan(3000);
  });
});

type Place = { path: Path; tree: Tree; holder: Tree | undefined; index: number };

const placesIn = (tree: Tree, path: Path = [], holder?: Tree, index = 0): Place[] => {
  const here: Place = { path, tree, holder, index };
  if (tree.kind === 'scalar') return [here];
  if (tree.kind === 'array')
    return [here, ...tree.items.flatMap((item, i) => placesIn(item, [...path, i], tree, i))];
  return [
    here,
    ...tree.members.flatMap((member, i) => placesIn(member.tree, [...path, member.name], tree, i)),
  ];
};

const replaceIn = (holder: Tree, index: number, tree: Tree): void => {
  if (holder.kind === 'array') holder.items[index] = tree;
  const member = holder.kind === 'object' ? holder.members[index] : undefined;
  if (member) member.tree = tree;
};

/** One random edit, done to the document and to the tree alike. */
const editBoth = (random: Random, document: JsonDocument, top: Tree): void => {
  const { path, tree, holder, index } = random.pick(placesIn(top));
  const value = saidBy(randomTree(random, 2));
  const written = treeOf(value);
  const kind = random.below(4);
  if (tree.kind === 'array' && kind > 1) {
    if (kind === 2) document.prepend(path, value);
    else document.append(path, value);
    if (kind === 2) tree.items.unshift(written);
    else tree.items.push(written);
  } else if (tree.kind === 'object' && kind > 1) {
    const raw = random.pick(['"a"', '"b"', '"new"', '"__proto__"', '"a\\"b"']);
    const known = tree.members.find((member) => member.name === nameOf(raw));
    document.add(path, nameOf(raw), value);
    if (known) known.tree = written;
    else tree.members.push({ raw, name: nameOf(raw), tree: written });
  } else if (holder && kind === 0) {
    document.remove(path);
    if (holder.kind === 'array') holder.items.splice(index, 1);
    if (holder.kind === 'object') holder.members.splice(index, 1);
  } else if (holder) {
    document.set(path, value);
    replaceIn(holder, index, written);
  }
};

/** Whether an inserted object has keys that JavaScript would put in another order than they came. */
const hasIndexKeys = (tree: Tree): boolean =>
  placesIn(tree).some(({ path }) => /^\d+$/.test(String(path.at(-1))) && typeof path.at(-1) === 'string');

describe('random edits of random documents', () => {
  it('always parse to value, and change no token that was not edited', { timeout: 60_000 }, () => {
    const random = seeded(5);
    for (let round = 0; round < 6000; round++) {
      const top = randomObject(random, 4);
      const text = render(top, () => random.pick(['', '', ' ', '\n', '\t ', '\r\n']));
      const document = open(text);
      for (let edits = random.below(9); edits >= 0; edits--) {
        editBoth(random, document, top);
        if (random.below(8) === 0) expect(document.value, text).toEqual(saidBy(top));
      }
      if (!document.edited) continue;
      const output = String(document.output());
      expect(document.value, text).toEqual(saidBy(top));
      expect(parseJson(output), text).toEqual(document.value);
      if (!hasIndexKeys(top)) expect(withoutSpace(output), text).toBe(render(top, () => ''));
    }
  });
});
