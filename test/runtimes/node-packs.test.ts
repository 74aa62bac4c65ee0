// Packs in folders: what changes is read, what is broken is refused with its reason while what was there stays.
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { folderPacks } from '../../src/runtimes/node-packs.ts';
import { PARSED, readPackFiles, yamlFiles } from '../../src/runtimes/pack-files.ts';
import { simple, typesOf, written } from '../kit/packs.ts';
import type { Line } from '../kit/parts.ts';

let root: string;
let builtIn: string;
let folder: string;
let log: Line[];
let nowMs: number;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'gatehouse-packs-'));
  builtIn = join(root, 'built-in');
  folder = join(root, 'own');
  mkdirSync(builtIn);
  mkdirSync(folder);
  log = [];
  // A file that a test writes has settled.
  nowMs = Date.now() + 60_000;
  put('a', written('a', [simple('one', 'one')]), builtIn);
});
afterEach(() => rmSync(root, { recursive: true }));

const put = (file: string, pack: unknown, where = folder): void =>
  writeFileSync(join(where, `${file}.yaml`), typeof pack === 'string' ? pack : stringify(pack));
const open = (own: string | undefined = folder) =>
  folderPacks({
    ...{ builtIn, folder: own, keep: join(root, 'data', PARSED), now: () => nowMs },
    log: (level, event, fields = {}) => void log.push({ level, event, fields }),
  });
const shown = (packs: ReturnType<typeof open>) =>
  packs.current().map(({ pack, from }) => `${from} ${pack.pack} ${pack.version}: ${typesOf(pack).join(' ')}`);
const events = () => log.map(({ event }) => event);

describe('packs in folders', () => {
  it('are the same list until one changes; a file that is added, changed or removed is seen', () => {
    const packs = open();
    const first = packs.current();
    expect(packs.current()).toBe(first);
    put('b', written('b', [simple('two', 'two')]));
    expect(shown(packs)).toEqual(['built-in a 1: one', 'folder b 1: two']);
    put('b', written('b', [simple('two', 'two'), simple('three', 'three')], 2));
    expect(shown(packs)).toEqual(['built-in a 1: one', 'folder b 2: two three']);
    expect(packs.current()).toBe(packs.current());
    rmSync(join(folder, 'b.yaml'));
    expect(shown(packs)).toEqual(['built-in a 1: one']);
    expect(events()).toEqual(['packs_read', 'packs_read', 'pack_removed', 'packs_read']);
  });
  it("of the operator's stand in place of built-in ones of their name, and other files are none", () => {
    put('mine', written('a', [simple('one', 'uno')], 7));
    writeFileSync(join(folder, 'README.md'), 'not: a pack');
    const packs = open();
    expect(shown(packs)).toEqual(['folder a 7: one']);
    rmSync(join(folder, 'mine.yaml'));
    expect(shown(packs)).toEqual(['built-in a 1: one']);
  });
  it.each([
    ['whose YAML is none', 'pack: [', /b\.yaml:1/],
    [
      'whose form is wrong',
      written('b', [{ ...simple('two', 'two'), colour: 1 }]),
      /^two: patterns\.0: .*colour/,
    ],
    [
      'whose own examples fail',
      written('b', [{ ...simple('two', 'two'), hits: ['no'] }]),
      /^two: not found in its hit/,
    ],
    [
      'that has a type of another pack',
      written('b', [simple('one', 'two')]),
      /^one: packs a and b both have this id/,
    ],
    ['that is a pack of another file', written('c', [simple('two', 'two')]), /are both the pack c/],
  ])('%s is refused with its reason, told once, and the one before it stays', (_, text, reason) => {
    put('b', written('b', [simple('two', 'two')]));
    put('c', written('c', [simple('three', 'three')]));
    const packs = open();
    const before = packs.current();
    put('b', text);
    expect(packs.current()).toBe(before);
    expect(packs.current()).toBe(before);
    expect(log).toMatchObject([
      {
        level: 'error',
        event: 'pack_refused',
        fields: { file: join(folder, 'b.yaml'), fault: expect.stringMatching(reason) },
      },
    ]);
    put('b', written('b', [simple('four', 'four')], 2));
    expect(shown(packs)).toContain('folder b 2: four');
  });
  it('with a fault stop the start with the reason', () => {
    put('b', written('b', [{ ...simple('two', 'two'), hits: ['no'] }]));
    expect(() => open()).toThrow(`${join(folder, 'b.yaml')}: two: not found in its hit "no"`);
    put('b', written('b', [simple('one', 'two')]));
    expect(() => open()).toThrow('one: packs a and b both have this id');
    expect(() => open(join(root, 'nowhere'))).toThrow(/^GATEHOUSE_PACKS: cannot be read/);
  });
  it('that are half written are left until they are whole', () => {
    const packs = open();
    const text = stringify(written('b', [simple('two', 'two'), simple('three', 'three')]));
    // Cut at the end of a line this is a whole pack of one pattern.
    writeFileSync(join(folder, 'b.yaml'), text.slice(0, text.indexOf('  - id: three')));
    nowMs = Date.now();
    expect(shown(packs)).toEqual(['built-in a 1: one']);
    writeFileSync(join(folder, 'b.yaml'), text);
    expect(shown(packs)).toEqual(['built-in a 1: one']);
    nowMs = Date.now() + 1_000;
    expect(shown(packs)).toEqual(['built-in a 1: one', 'folder b 1: two three']);
    expect(events()).toEqual(['packs_read']);
  });
  it('whose clock runs ahead are read all the same', () => {
    const packs = open();
    put('b', written('b', [simple('two', 'two')]));
    utimesSync(join(folder, 'b.yaml'), new Date(nowMs + 3_600_000), new Date(nowMs + 3_600_000));
    expect(shown(packs)).toContain('folder b 1: two');
  });
  it('of a folder that is gone stay, which is told once, and are read again when it is back', () => {
    put('b', written('b', [simple('two', 'two')]));
    const packs = open();
    const before = packs.current();
    renameSync(folder, join(root, 'away'));
    expect(packs.current()).toBe(before);
    expect(packs.current()).toBe(before);
    expect(log).toMatchObject([{ level: 'error', event: 'packs_unreadable' }]);
    renameSync(join(root, 'away'), folder);
    put('b', written('b', [simple('two', 'two'), simple('three', 'three')], 2));
    expect(shown(packs)).toContain('folder b 2: two three');
  });
  it('may hand a type from one to the other at once, and not one without the other', () => {
    put('b', written('b', [simple('two', 'two'), simple('three', 'three')]));
    put('c', written('c', [simple('four', 'four')]));
    const packs = open();
    put('c', written('c', [simple('four', 'four'), simple('three', 'three')], 2));
    put('b', written('b', [simple('two', 'two')], 2));
    expect(shown(packs)).toEqual(['built-in a 1: one', 'folder b 2: two', 'folder c 2: four three']);
    put('c', written('c', [simple('four', 'four'), simple('two', 'two')], 3));
    put('b', written('b', [simple('two', 'two'), simple('five', 'five')], 3));
    expect(shown(packs)).toEqual(['built-in a 1: one', 'folder b 3: two five', 'folder c 2: four three']);
    expect(log.filter(({ event }) => event === 'pack_refused')).toMatchObject([
      { fields: { file: join(folder, 'c.yaml') } },
    ]);
  });
});

describe('what was parsed', () => {
  it('is kept for the next start, and counts for the very files it was made of', () => {
    open();
    const kept = join(root, 'data', PARSED);
    const text = readFileSync(kept, 'utf8');
    // Whoever is given it takes it for what the file says: that shows that it is not parsed again.
    writeFileSync(kept, text.replace('"title":"one"', '"title":"from the kept file"'));
    expect(open().current()[0]?.pack.patterns[0]?.title).toBe('from the kept file');
    put('a', written('a', [simple('other', 'other')]), builtIn);
    expect(shown(open())).toEqual(['built-in a 1: other']);
    expect(readFileSync(kept, 'utf8')).not.toContain('from the kept file');
  });
  it.each(['', '{', '[]', '{"files":{}}', '{"files":{"x":1},"more":1}'])(
    'is made anew when it is %j',
    (text) => {
      open();
      const kept = join(root, 'data', PARSED);
      writeFileSync(kept, text);
      expect(shown(open())).toEqual(['built-in a 1: one']);
      expect(readFileSync(kept, 'utf8')).toContain('"one"');
      expect(readdirSync(join(root, 'data'))).toEqual([PARSED]);
    },
  );
  it('is no more than a help: without a place for it all is read', () => {
    writeFileSync(join(root, 'data'), 'a file where the folder would be');
    expect(shown(open())).toEqual(['built-in a 1: one']);
    expect(readPackFiles(yamlFiles(builtIn), [join(root, 'none')], undefined)).toMatchObject([
      { faults: [] },
    ]);
  });
});
