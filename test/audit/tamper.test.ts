// What is done to an export is named: the line, the record or the checkpoint. Whoever cannot sign cannot change a byte.
import { beforeAll, describe, expect, it } from 'vitest';
import { canonicalText, linkHash } from '../../src/audit/chain.ts';
import { newSigningKey, saidIn, signed, statement } from '../../src/audit/checkpoint.ts';
import { checkpointLine, entryLine, readEntryLine } from '../../src/audit/export-lines.ts';
import type { Ledger } from '../kit/ledger.ts';
import { hashes, randomLedger, seeded, upTo, verdictOf } from '../kit/ledger.ts';

let ledger: Ledger;
let lines: string[];
/** The places of the lines that are entries, and of those that are checkpoints. */
let entries: number[];
let checkpoints: number[];

beforeAll(async () => {
  ledger = await randomLedger(42, { writers: 5, steps: 90, checkpoints: 5, rotations: 2 });
  lines = await ledger.lines();
  entries = [...lines.keys()].filter((at) => lines[at]?.startsWith('{"writer"'));
  checkpoints = [...lines.keys()].filter((at) => lines[at]?.startsWith('{"checkpoint"'));
  expect((await verdictOf(lines)).fault).toBeUndefined();
  expect(checkpoints.length).toBeGreaterThan(3);
});

const rowAt = (at: number) => {
  const row = readEntryLine(lines[at]?.slice(0, -1) ?? '');
  if (row === undefined) throw new Error('no entry');
  return row;
};
const nameAt = (at: number): string => `${rowAt(at).writer}/${rowAt(at).seq}`;
const without = (at: number, count = 1): string[] => lines.toSpliced(at, count);
const faultOf = async (changed: readonly string[]) => {
  const { fault } = await verdictOf(changed);
  expect(fault).toBeDefined();
  return fault ?? { kind: 'none', line: 0, words: '' };
};
/** The entry before the first checkpoint that ends no chain's stretch: both neighbours are there. */
const inner = (): number[] =>
  entries.filter((at) => at > 1 && entries.includes(at + 1) && rowAt(at + 1).writer === rowAt(at).writer);

describe('one byte', () => {
  it('of any line, changed to any other, is named at its line', async () => {
    const random = seeded(99);
    const bytes = lines.map((line) => Buffer.from(line));
    const startOf = (at: number): number => bytes.slice(0, at).reduce((sum, line) => sum + line.length, 0);
    const whole = Buffer.concat(bytes);
    for (const [at, line] of bytes.entries()) {
      const start = startOf(at);
      for (let turn = 0; turn < 14; turn++) {
        const place = start + upTo(random, line.length);
        const before = whole[place] ?? 0;
        // Often a neighbour in ASCII: a digit for a digit, a letter for a letter.
        const after =
          turn % 2 === 0 ? before ^ (1 << upTo(random, 3)) : (before + 1 + upTo(random, 255)) % 256;
        whole[place] = after;
        const { fault } = await verdictOf(whole);
        whole[place] = before;
        const where = `line ${at + 1}, byte ${place - start}: ${before} -> ${after}`;
        expect(fault, where).toBeDefined();
        // What only the end signs (the head's time) is missed at the end; all else where it stands.
        if (at > 0) expect(fault?.line, where).toBe(at + 1);
      }
    }
  });

  it('that is added or taken away anywhere is named', async () => {
    const random = seeded(100);
    const whole = Buffer.from(lines.join(''));
    for (let turn = 0; turn < 300; turn++) {
      const place = upTo(random, whole.length);
      const less = Buffer.concat([whole.subarray(0, place), whole.subarray(place + 1)]);
      const more = Buffer.concat([
        whole.subarray(0, place),
        Buffer.of(upTo(random, 256)),
        whole.subarray(place),
      ]);
      expect((await verdictOf(less)).fault, `without ${place}`).toBeDefined();
      expect((await verdictOf(more)).fault, `one more at ${place}`).toBeDefined();
    }
  });
});

describe('a line', () => {
  it('of an entry that is taken out is named as missing', async () => {
    for (const at of entries) {
      const fault = await faultOf(without(at));
      expect(['missing', 'gap'], nameAt(at)).toContain(fault.kind);
      expect(fault.words).toContain(nameAt(at));
    }
  });

  it('of an entry that comes twice is named as inserted', async () => {
    for (const at of entries) {
      const fault = await faultOf(lines.toSpliced(at, 0, lines[at] ?? ''));
      expect(fault).toMatchObject({ kind: 'inserted', line: at + 2 });
      expect(fault.words).toContain(nameAt(at));
    }
  });

  it('of an entry that changes places with the next is named as reordered', async () => {
    for (const at of inner()) {
      const fault = await faultOf(lines.toSpliced(at, 2, lines[at + 1] ?? '', lines[at] ?? ''));
      expect(fault).toMatchObject({ kind: 'reordered', line: at + 1 });
      expect(fault.words).toContain(nameAt(at));
    }
  });

  it('that is no line of an export, or a second head, or comes after the end, is named', async () => {
    for (const at of [0, 3, lines.length - 1, lines.length]) {
      for (const alien of [
        '\n',
        '{}\n',
        '[]\n',
        'x\n',
        '{"entry":{}}\n',
        '{"writer":1}\n',
        lines[0] ?? '',
        lines.at(-1) ?? '',
      ]) {
        if (at === 0 && alien === lines[0]) continue;
        const fault = await faultOf(lines.toSpliced(at, 0, alien));
        expect(fault.line).toBeLessThanOrEqual(at + 2);
      }
    }
  });

  it('of a checkpoint that is taken out, comes twice, or changes places is named', async () => {
    for (const [index, at] of checkpoints.entries()) {
      const next = checkpoints[index + 1];
      const out = await faultOf(without(at));
      if (next !== undefined)
        expect(out).toMatchObject({
          kind: 'checkpoint',
          line: next,
          words: `checkpoint ${index + 1} is missing before checkpoint ${index + 2}`,
        });
      else expect(out).toMatchObject({ line: lines.length - 1 });
      expect(await faultOf(lines.toSpliced(at, 0, lines[at] ?? ''))).toMatchObject({
        kind: 'checkpoint',
        line: at + 2,
      });
      if (next === undefined) continue;
      const swapped = [...lines];
      [swapped[at], swapped[next]] = [lines[next] ?? '', lines[at] ?? ''];
      expect(await faultOf(swapped)).toMatchObject({ kind: 'checkpoint', line: at + 1 });
    }
  });
});

describe('a file', () => {
  it('that is cut after any line is named', async () => {
    for (let length = 0; length < lines.length; length++) {
      const fault = await faultOf(lines.slice(0, length));
      expect(['missing', 'format']).toContain(fault.kind);
    }
  });

  it('out of which a stretch of lines is cut is named', async () => {
    const random = seeded(101);
    for (let turn = 0; turn < 200; turn++) {
      const from = 1 + upTo(random, lines.length - 1);
      await faultOf(without(from, 1 + upTo(random, lines.length - from)));
    }
  });

  it('that lacks a whole writer is named', async () => {
    for (const writer of ledger.chains.keys()) {
      const fault = await faultOf(lines.filter((line) => !line.startsWith(`{"writer":"${writer}"`)));
      expect(['gap', 'missing']).toContain(fault.kind);
    }
    const signedFrom = rowAt(entries[0] ?? 0).writer;
    expect(
      await faultOf(lines.filter((line) => !line.startsWith(`{"writer":"${signedFrom}"`))),
    ).toMatchObject({ kind: 'gap' });
  });

  it('that is put together from two exports is named', async () => {
    const later = await ledger.lines(2);
    await faultOf([...lines.slice(0, 10), ...later.slice(1)]);
    await faultOf([...lines, ...later]);
    await faultOf([later[0] ?? '', ...lines.slice(1)]);
    await faultOf([...lines.slice(0, -1), later.at(-1) ?? '']);
    const other = await (await randomLedger(43, { writers: 5, steps: 90 })).lines();
    await faultOf([lines[0] ?? '', ...other.slice(1)]);
    await faultOf([...other.slice(0, -1), lines.at(-1) ?? '']);
  });

  it('that is older than its last checkpoint, with the end of a newer one, is named', async () => {
    const at = checkpoints[1] ?? 0;
    await faultOf([...lines.slice(0, at + 1), lines.at(-1) ?? '']);
  });
});

/** An attacker who can hash: from `at` on, the writer's chain is hashed again with `change` made to the first text. */
const rehashed = (at: number, change: (text: string) => string): string[] => {
  const { writer } = rowAt(at);
  let before = hashBefore(at);
  return lines.map((line, place) => {
    if (place < at || !entries.includes(place) || rowAt(place).writer !== writer) return line;
    const row = rowAt(place);
    const text = place === at ? change(row.text) : row.text;
    before = linkHash(hashes.hex, before, text);
    return entryLine({ ...row, text, hash: before });
  });
};

const hashBefore = (at: number): string => {
  const { writer } = rowAt(at);
  const last = entries.filter((place) => place < at && rowAt(place).writer === writer).at(-1);
  return last === undefined ? '0'.repeat(64) : rowAt(last).hash;
};

describe('an attacker who hashes the chain again', () => {
  it('is caught by the next checkpoint, or by the end', async () => {
    for (const at of entries) {
      const fault = await faultOf(
        rehashed(at, (text) => text.replace('"v":1', '"v":1').replace('"body":{', '"body":{"a":1,')),
      );
      const next = checkpoints.find((place) => place > at);
      expect(fault.line, nameAt(at)).toBe((next ?? lines.length - 1) + 1);
      if (next !== undefined)
        expect(fault).toMatchObject({ kind: 'forked', words: expect.stringContaining(rowAt(at).writer) });
    }
  });

  it('and signs the checkpoint with a key of his own is caught by that key', async () => {
    const mine = await newSigningKey(hashes.hex);
    for (const at of checkpoints) {
      const parsed: { checkpoint: { text: string; signature: string } } = JSON.parse(lines[at] ?? '');
      const said = saidIn(statement, parsed.checkpoint);
      if (said === undefined) throw new Error('no checkpoint');
      for (const forged of [said, { ...said, key: mine.public.id }]) {
        const line = checkpointLine(await signed(mine.private, forged));
        expect(await faultOf(lines.with(at, line))).toMatchObject({ kind: 'checkpoint', line: at + 1 });
        // Listing the key helps nothing: nobody handed on to it.
        const head: { keys: unknown[] } = JSON.parse(lines[0] ?? '');
        const listed = `${canonicalText({ ...head, keys: [...head.keys, mine.public] })}\n`;
        expect(await faultOf(lines.with(at, line).with(0, listed))).toMatchObject({ kind: 'key', line: 1 });
      }
    }
  });

  it('and replaces every key and signature makes another history, which a key known for sure does not fit', async () => {
    const forged = await randomLedger(42, { writers: 5, steps: 90, checkpoints: 5, rotations: 2 });
    const all = await forged.lines();
    expect((await verdictOf(all)).fault).toBeUndefined();
    const known = ledger.keys[0]?.public.id ?? '';
    expect((await verdictOf(all, { keys: [known] })).fault).toMatchObject({ kind: 'key' });
    const anchor = ledger.checkpoints[0];
    if (anchor === undefined) throw new Error('no checkpoint');
    expect((await verdictOf(all, { anchor })).fault).toMatchObject({ kind: 'forked' });
  });

  it('and signs with a key that was handed on already is caught', async () => {
    const old = ledger.keys[0];
    const at = checkpoints.at(-1) ?? 0;
    const parsed: { checkpoint: { text: string; signature: string } } = JSON.parse(lines[at] ?? '');
    const said = saidIn(statement, parsed.checkpoint);
    if (said === undefined || old === undefined) throw new Error('no checkpoint');
    expect(said.key).not.toBe(old.public.id);
    const line = checkpointLine(await signed(old.private, { ...said, key: old.public.id }));
    expect(await faultOf(lines.with(at, line))).toMatchObject({ kind: 'checkpoint', line: at + 1 });
  });
});
