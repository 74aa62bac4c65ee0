import { describe, expect, it } from 'vitest';
import { faults } from '../../scripts/tidy/faults.ts';

/** The faults of a tree, as `path:line rule`. */
const of = (tree: Readonly<Record<string, string>>, support?: ReadonlySet<string>): readonly string[] =>
  faults(new Map(Object.entries(tree)), support).map(({ path, line, rule }) => `${path}:${line} ${rule}`);

/** A function of so many lines, with everything in it that could fool a counter of braces. */
const long = (head: string, lines: number, tail = '}'): string => {
  const tricks = [
    "  '}';",
    '  `${`}`} }`;',
    '  /* } */ // }',
    '  /[}/]\\/}/.test(x);',
    '  if (a) /}/.test(b);',
    '  a / 2; "{";',
  ];
  const body = Array.from({ length: lines - 2 }, (_, index) => tricks[index % tricks.length]);
  return [head, ...body, tail, ''].join('\n');
};

describe('the platform stays outside', () => {
  it('node: is imported only where Node is', () => {
    const text = "import { readFile } from 'node:fs/promises';\n";
    expect(of({ 'src/keys/step.ts': text })).toEqual(['src/keys/step.ts:1 platform']);
    expect(of({ 'src/keys/step.ts': text.replace('node:', '') })).toEqual(['src/keys/step.ts:1 platform']);
    for (const path of [
      'src/runtimes/node.ts',
      'src/stores/pg.ts',
      'src/spools/file.ts',
      'src/cli/apply.ts',
      'scripts/a.ts',
    ])
      expect(of({ [path]: text })).toEqual([]);
  });
  it('logic has no framework and no database', () => {
    for (const name of ['hono', 'hono/streaming', '@hono/zod-openapi', 'kysely', 'pg'])
      expect(of({ 'src/keys/key.ts': `import { a } from '${name}';` })).toEqual([
        'src/keys/key.ts:1 platform',
      ]);
    expect(of({ 'src/keys/key.ts': "import type { Kysely } from 'kysely';" })).toEqual([
      'src/keys/key.ts:1 platform',
    ]);
    expect(of({ 'src/keys/key.ts': "import * as z from 'zod';" })).toEqual([]);
    expect(of({ 'src/keys/step.ts': "import type { MiddlewareHandler } from 'hono';" })).toEqual([]);
  });
  it("the rows' types, and only types, are Kysely's", () => {
    expect(of({ 'src/stores/tables.ts': "import type { Generated } from 'kysely';" })).toEqual([]);
    expect(of({ 'src/stores/tables.ts': "import { sql } from 'kysely';" })).toEqual([
      'src/stores/tables.ts:1 platform',
    ]);
  });
  it('logic asks for time, random and the network', () => {
    const breaches = [
      'Date.now()',
      'new Date()',
      'new Date',
      'Math.random()',
      "fetch('/')",
      "globalThis.fetch('/')",
      'process.env',
      'crypto.getRandomValues(a)',
      '`${Date.now()}`',
    ];
    for (const breach of breaches)
      expect([breach, of({ 'src/keys/key.ts': `\nconst a = ${breach};` })]).toEqual([
        breach,
        ['src/keys/key.ts:2 platform'],
      ]);
    const legal = [
      'new Date(nowMs)',
      'ports.fetch(a)',
      'prefetch(a)',
      "'Date.now()'",
      'a.process.b',
      '/fetch(a)/',
      '`new Date()`',
    ];
    for (const text of legal)
      expect([text, of({ 'src/keys/key.ts': `const a = ${text};` })]).toEqual([text, []]);
    expect(of({ 'src/keys/step.ts': 'const a = Date.now();' })).toEqual([]);
  });
});

describe('sizes', () => {
  it('a file has at most 300 lines', () => {
    expect(of({ 'src/keys/key.ts': 'a;\n'.repeat(300) })).toEqual([]);
    expect(of({ 'src/keys/key.ts': 'a;\n'.repeat(301) })).toEqual(['src/keys/key.ts:1 size']);
  });
  it('data may be long', () => {
    expect(
      of({ 'test/fixtures/replies.ts': 'a;\n'.repeat(999), 'src/keys/words.json': '1\n'.repeat(999) }),
    ).toEqual([]);
  });
  const heads: readonly (readonly [string, string?])[] = [
    ['function f(a: number) {'],
    ['export async function* f<T extends { a: 1 }>(a: T): AsyncIterable<{ b: T }> {'],
    ['const f = (a: { b: 1 }): Promise<{ c: 1 }> => {', '};'],
    ['const f = async <T>(a: T) => {', '};'],
    ['const f = a => {', '};'],
    ['f(b, (a) => {', '});'],
    ['class A extends mixin(B) { async m(): Promise<{ a: 1 } | undefined> {', '} }'],
    ['class A { private static get m() {', '} }'],
    ['class A { async return() {', '} }'],
    ['class A { constructor(a: string) {', '} }'],
    ['const a = { b: 1, m(c: string) {', '} };'],
    ['const a = { async *[Symbol.asyncIterator](): AsyncIterator<{ a: 1 }> {', '} };'],
    ['const a = { b: function (c) {', '} };'],
  ];
  it.each(heads)('a function has at most 70 lines: %s', (head, tail) => {
    expect(of({ 'src/keys/step.ts': long(`\n${head}`, 70, tail) })).toEqual([]);
    expect(of({ 'src/keys/step.ts': long(`\n${head}`, 71, tail) })).toEqual(['src/keys/step.ts:2 size']);
  });
  it('counts from the first parameter', () => {
    const head = 'export const f = (\n  a: string,\n  b: { c: string },\n): Promise<string> => {';
    expect(of({ 'src/keys/step.ts': long(head, 68, '};') })).toEqual(['src/keys/step.ts:1 size']);
    expect(of({ 'src/keys/step.ts': long(head, 67, '};') })).toEqual([]);
  });
  it('what is not a function may be long', () => {
    const heads = [
      'if (a) {',
      'for (const a of b()) {',
      'type A = {',
      'const a = b ? c() : {',
      'switch (a(1)) {',
      'class A extends b(C) {',
    ];
    for (const head of heads) expect([head, of({ 'src/keys/step.ts': long(head, 90) })]).toEqual([head, []]);
  });
  it('is not led astray by a long type, JSX text or a regular expression after a brace', () => {
    const text = [
      'interface A { m(): { a: string }; n(): void }',
      "const b = () => <p>don't {`}`} it's </p>;",
      'if (a) {}\n/{/.test(b);',
      'const c = (): void => {',
      '};',
    ].join('\n');
    expect(of({ 'src/console/frame.tsx': `${text}\n${'d;\n'.repeat(200)}` })).toEqual([]);
  });
  it('a list of tests may be long, a test may not', () => {
    const test = `it('a', () => {\n${'b;\n'.repeat(30)}});\n`;
    expect(of({ 'test/keys/a.test.ts': `describe('x', () => {\n${test.repeat(3)}});\n` })).toEqual([]);
    expect(of({ 'test/keys/a.test.ts': `it('x', () => {\n${'b;\n'.repeat(70)}});\n` })).toEqual([
      'test/keys/a.test.ts:1 size',
    ]);
  });
});

describe('names', () => {
  it('files and folders are called after what they are', () => {
    for (const path of ['src/utils/a.ts', 'src/keys/key-helpers.ts', 'src/core.ts', 'test/common/a.test.ts'])
      expect(of({ [path]: '' })).toEqual([`${path}:1 names`]);
    for (const path of ['src/keys/score.ts', 'src/keys/uncommon.ts', 'test/fixtures/core/a.ts'])
      expect(of({ [path]: '' })).toEqual([]);
  });
  it('exported things are called after what they are', () => {
    const breaches = [
      'export const keyHandler = 1;',
      'export const MAX_HANDLER_MS = 1;',
      'export async function* contextOf() {}',
      'export class KeyManager {}',
      'export type Ctx = string;',
      'const a = 1;\nexport { a as service };',
      'export const { service, b } = c;',
    ];
    for (const text of breaches)
      expect([text, of({ 'src/keys/key.ts': text })]).toEqual([
        text,
        [`src/keys/key.ts:${text.split('\n').length} names`],
      ]);
  });
  it("a library's names, private names and parts of words pass", () => {
    const legal = [
      "import type { Context } from 'lib';\nexport type { Context };",
      "export type { Context } from 'lib';",
      "declare module 'lib' {\n  export interface ProvidedContext {}\n}",
      'const handler = 1;',
      'export const commonality = (c: string) => c;',
      'export const serviced = 1;',
    ];
    for (const text of legal) expect([text, of({ 'src/keys/key.ts': text })]).toEqual([text, []]);
  });
  it('only a runtime has a default export', () => {
    for (const text of ['export default 1;', 'const a = 1;\nexport { a as default };'])
      expect(of({ 'src/keys/key.ts': text })).toEqual([`src/keys/key.ts:${text.split('\n').length} default`]);
    expect(
      of({ 'src/runtimes/workers.ts': 'export default 1;', 'vitest.config.ts': 'export default 1;' }),
    ).toEqual([]);
    expect(of({ 'src/keys/key.ts': 'const a = { default: 1 };\nexport const b = a.default;' })).toEqual([]);
  });
});

describe('the tree', () => {
  it('has no circle of values; a circle of types is none', () => {
    const circle = {
      'src/a.ts': "import './b.ts';",
      'src/b.ts': "import './c.ts';",
      'src/c.ts': "\nimport { a } from './a.ts';",
    };
    expect(of(circle)).toEqual(['src/c.ts:2 circle']);
    expect(of({ ...circle, 'src/c.ts': "import type { A } from './a.ts';" })).toEqual([]);
    expect(of({ 'src/a.ts': "import './a.ts';" })).toEqual(['src/a.ts:1 circle']);
    expect(
      of({ 'src/a.ts': "import './b.ts'; import './c.ts';", 'src/b.ts': "import './c.ts';", 'src/c.ts': '' }),
    ).toEqual([]);
  });
  it('lists every part of a rack', () => {
    const rack = {
      'src/dialects/dialect.ts': '',
      'src/dialects/step.ts': '',
      'src/dialects/a.ts': '',
      'src/dialects/b.ts': '',
    };
    const index = "import { a } from './a.ts';\nimport { b } from './b.ts';";
    expect(of({ ...rack, 'src/dialects/index.ts': index })).toEqual([]);
    expect(of({ ...rack, 'src/dialects/index.ts': "import { a } from './a.ts';" })).toEqual([
      'src/dialects/b.ts:1 racks',
    ]);
    expect(of(rack)).toEqual(['src/dialects/a.ts:1 racks']);
    const support = new Set(['src/dialects/b.ts']);
    expect(of({ ...rack, 'src/dialects/index.ts': "import { a } from './a.ts';" }, support)).toEqual([]);
  });
  it('counts a piece with its part, if the part has it', () => {
    const rack = { 'src/providers/index.ts': "import { a } from './a.ts';", 'src/providers/a-wire.ts': '' };
    expect(of({ ...rack, 'src/providers/a.ts': "import { b } from './a-wire.ts';" })).toEqual([]);
    expect(of({ ...rack, 'src/providers/a.ts': '' })).toEqual(['src/providers/a-wire.ts:1 racks']);
  });
  it('asks no list of a rack whose parts bring their platform, and holds complete the one there is', () => {
    expect(of({ 'src/stores/pg.ts': '', 'src/runtimes/node.ts': '' })).toEqual([]);
    expect(of({ 'src/stores/pg.ts': '', 'src/stores/index.ts': '' })).toEqual(['src/stores/pg.ts:1 racks']);
  });
  it('names no registry and no path of one machine', () => {
    const host = ['registry', 'npmjs', 'org'].join('.');
    const home = ['', 'root', 'x'].join('/');
    const desk = ['', 'work', 'x'].join('/');
    for (const words of [
      `https://${host}/a`,
      `"resolved"${': "https://b/c"'}`,
      `see ${home}`,
      `'${desk}'`,
      `file://${desk}`,
    ])
      expect([words, of({ 'README.md': `a\n${words}` })]).toEqual([words, ['README.md:2 forbidden']]);
    for (const words of ['the root/ folder', 'src/work/a.ts', './work/', 'https://a.b/work/', '$HOME/work/'])
      expect([words, of({ 'README.md': words })]).toEqual([words, []]);
  });
});
