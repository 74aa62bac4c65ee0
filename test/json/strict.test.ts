import { describe, expect, it } from 'vitest';
import { JsonFault, openDocument } from '../../src/json/document.ts';
import { randomObject, render, saidBy, seeded } from './random.ts';

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);
const open = (text: string, depth = 20) => openDocument(bytesOf(text), { depth });
const faultOf = (body: string | Uint8Array, depth = 20): JsonFault => {
  try {
    openDocument(typeof body === 'string' ? bytesOf(body) : body, { depth });
  } catch (error) {
    if (error instanceof JsonFault) return error;
    throw error;
  }
  throw new Error('it was let pass');
};

describe('openDocument', () => {
  it('reads what is written', () => {
    const random = seeded(3);
    for (let round = 0; round < 2000; round++) {
      const tree = randomObject(random, 4);
      const text = render(tree, () => random.pick(['', ' ', '\n']));
      const document = openDocument(bytesOf(text), { depth: 20 });
      expect(document.text).toBe(text);
      expect(document.value).toEqual(saidBy(tree));
    }
  });

  it('reads escaped keys as they are, whatever bodies came before', () => {
    // Bodies after which V8's JSON.parse takes the next ones' escaped keys for these (nodejs/node#63785).
    for (const body of ['{"e":[],"\\\\":0}', '{"model":[],"\\\\u006":0}', '{"model":[],"\\\\u006dess":0}'])
      open(body);
    expect(open('{"e":1,"\\u0063":2}').value).toEqual({ e: 1, c: 2 });
    expect(open('{"e":1,"\\"":2}').value).toEqual({ e: 1, '"': 2 });
    expect(open('{"model":1,"\\u006dessages":2}').value).toEqual({ model: 1, messages: 2 });
    expect(faultOf('{"model":1,"\\u0072ole":2,"role":3}').reason).toBe('duplicate');
    expect(faultOf('{"model":1,"\\u006dodel":2}').reason).toBe('duplicate');
  });

  it('refuses what is not UTF-8, or has a byte order mark', () => {
    for (const bytes of [
      [0x7b, 0x22, 0xff, 0x22, 0x7d],
      [0xc0, 0xaf],
      [0xed, 0xa0, 0x80],
      [0xef, 0xbb, 0xbf, 0x7b, 0x7d],
    ]) {
      expect(faultOf(Uint8Array.from(bytes)).reason).toBe('encoding');
    }
    expect(faultOf(Uint8Array.from([0x7b, 0x00, 0x7d, 0x00])).reason).toBe('syntax');
  });

  it('refuses what is not JSON without repeating it', () => {
    for (const text of [
      '',
      ' ',
      '{',
      '{"secret":}',
      '{"secret":1,}',
      "{'secret':1}",
      '{"secret":01}',
      '{"secret":NaN}',
      '{"secret":"\n"}',
      '{"secret":1}//',
      '{"secret":1} x at position 999',
    ]) {
      const fault = faultOf(text);
      expect(fault.reason, text).toBe('syntax');
      expect(fault.message).toMatch(/^The body is not valid JSON(?: at position \d{1,2})?\.$/);
    }
  });

  it('refuses anything but an object', () => {
    for (const text of ['[]', '[{"a":1,"a":2}]', '"a"', '1', 'true', 'null'])
      expect(faultOf(text).reason).toBe('not_object');
  });

  it('refuses nesting over its limit and takes nesting at it', () => {
    const nested = (depth: number): string => `{"a":${'['.repeat(depth - 1)}${']'.repeat(depth - 1)}}`;
    expect(openDocument(bytesOf(nested(20)), { depth: 20 }).value).toBeDefined();
    expect(faultOf(nested(21))).toMatchObject({
      reason: 'depth',
      message: 'The body nests 21 deep; the limit is 20.',
    });
  });

  it('survives 100,000 nested arrays and objects, whatever the limit', () => {
    const arrays = `{"a":${'['.repeat(1e5)}${']'.repeat(1e5)}}`;
    const objects = `${'{"a":'.repeat(1e5)}{"b":1,"b":2}${'}'.repeat(1e5)}`;
    expect(faultOf(arrays).reason).toBe('depth');
    expect(faultOf(objects).reason).toBe('depth');
    expect(faultOf('['.repeat(1e5)).reason).toBe('syntax');
    expect(openDocument(bytesOf(arrays), { depth: 1e6 }).edited).toBe(false);
    expect(faultOf(objects, 1e6).reason).toBe('duplicate');
  });

  it.each([
    ['{"a":1,"a":1}', 'a'],
    ['{"a":1,"\\u0061":2}', 'a'],
    ['{"x":[{"y":{"b":1,"c":{"b":1},"b":2}}]}', 'b'],
    ['{"__proto__":1,"__proto__":2}', '__proto__'],
    ['{"":1,"":2}', ''],
    ['{"1":1,"1":2}', '1'],
    ['{"a":{"toString":1,"toString":2}}', 'toString'],
    ['{"a":1,"s":"\\"a\\":1","a":{}}', 'a'],
  ])('refuses the duplicate in %s by name', (text, key) => {
    const fault = faultOf(text);
    expect(fault.reason).toBe('duplicate');
    expect(fault.message).toMatch(/ at position \d+\.$/);
    expect(fault.message).toContain(`The key ${JSON.stringify(key)} `);
  });

  it('finds every duplicate, and takes what only looks like one', () => {
    const random = seeded(4);
    let refused = 0;
    for (let round = 0; round < 2000; round++) {
      const tree = randomObject(random, 4);
      if (tree.members.length === 0) continue;
      const holder = random.pick([
        tree,
        ...tree.members.flatMap(({ tree: inner }) =>
          inner.kind === 'object' && inner.members.length > 0 ? [inner] : [],
        ),
      ]);
      const twin = random.pick(holder.members);
      holder.members.splice(random.below(holder.members.length + 1), 0, {
        ...twin,
        tree: { kind: 'scalar', raw: '0' },
      });
      expect(faultOf(render(tree, () => '')).reason).toBe('duplicate');
      refused++;
    }
    expect(refused).toBeGreaterThan(1000);
    for (const text of [
      '{"a":{"a":{"a":[{"a":1},{"a":1}]}}}',
      '{"a":"\\"a\\":1,\\"a\\":2","A":1}',
      '{"a":"a","b":["a","a"]}',
    ]) {
      expect(openDocument(bytesOf(text), { depth: 20 }).value).toEqual(JSON.parse(text));
    }
  });

  it('tells no more of a duplicate key than its first 64 characters, in printable form', () => {
    expect(faultOf(`{"${'k'.repeat(999)}":1,"${'k'.repeat(999)}":1}`).message).toContain(
      `"${'k'.repeat(64)}" `,
    );
    expect(faultOf('{"a\\n\\u001b\\u202e":1,"a\\n\\u001b\\u202e":1}').message).toContain(
      '"a\\n\\u001b\uFFFD" ',
    );
    expect(faultOf(`{"${'k'.repeat(63)}😀":1,"${'k'.repeat(63)}😀":1}`).message).toContain(
      `${'k'.repeat(63)}\uFFFD" `,
    );
  });

  it('lets no key reach a prototype', () => {
    const { value } = openDocument(bytesOf('{"__proto__":{"admin":true},"a":{"__proto__":null}}'), {
      depth: 5,
    });
    expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
    expect('admin' in value).toBe(false);
    expect(Object.keys(value)).toEqual(['__proto__', 'a']);
  });
});
