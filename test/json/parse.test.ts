import { describe, expect, it } from 'vitest';
import { parseJson, readValue } from '../../src/json/parse.ts';
import { randomTree, render, saidBy, seeded } from './random.ts';

describe('parseJson and readValue', () => {
  it('read what is written in random documents of any kind', () => {
    const random = seeded(6);
    for (let round = 0; round < 3000; round++) {
      const tree = randomTree(random, 4);
      const text = render(tree, () => random.pick(['', ' ', '\n']));
      expect(parseJson(text), text).toEqual(saidBy(tree));
      expect(readValue(text), text).toEqual(saidBy(tree));
    }
  });

  it('read escaped keys as they are, whatever was parsed before', () => {
    JSON.parse('{"h":[],"\\\\":0}');
    expect(parseJson('{"h":1,"\\u0063":2}')).toEqual({ h: 1, c: 2 });
    expect(parseJson('{"h":1,"\\"":2}')).toEqual({ h: 1, '"': 2 });
  });

  it('let the last of equal keys win, and no key reach a prototype', () => {
    expect(parseJson('{"\\u0061":1,"a":2}')).toEqual({ a: 2 });
    const value = parseJson('{"\\u005f_proto__":{"admin":true}}');
    expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
    expect(JSON.stringify(value)).toBe('{"__proto__":{"admin":true}}');
  });

  it('refuse what JSON.parse refuses', () => {
    for (const text of ['', '{"\\x":1}', '{"\\u0061":1,}', '{"\\u0061":1'])
      expect(() => parseJson(text)).toThrow(SyntaxError);
  });

  it('survive 100,000 nested arrays', () => {
    const text = `{"\\u0061":${'['.repeat(1e5)}${']'.repeat(1e5)}}`;
    expect(Object.keys(parseJson(text) ?? {})).toEqual(['a']);
  });
});
