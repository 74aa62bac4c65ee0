import { describe, expect, it } from 'vitest';
import { ambiguousKey, foldKey } from '../../src/json/fold.ts';

const NAMES = new Set(['model', 'messages', 'role', 'stop_k', 'maxTokens']);

describe('foldKey', () => {
  it.each([
    ['Meſſages', 'messages'],
    ['ROLE', 'role'],
    ['ｒｏｌｅ', 'role'],
    ['𝐫𝐨𝐥𝐞', 'role'],
    ['stop_\u212a', 'stop_k'],
    [' role\u00a0', 'role'],
    ['ﬁle', 'file'],
    ['role', 'role'],
  ])('takes %s for %s', (key, folded) => expect(foldKey(key)).toBe(folded));

  it('takes no time for keys too long to be a name', () => {
    const start = performance.now();
    foldKey(`a${'\u0315\u0316'.repeat(2e5)}`);
    expect(performance.now() - start).toBeLessThan(100);
  });
});

describe('ambiguousKey', () => {
  it.each([
    'Model',
    'MESSAGES',
    'meſſages',
    'ｒole',
    'role ',
    'stop_K',
    '\u00a0role',
    'maxtokens',
    'MaxTokens',
    '𝐦𝐚𝐱𝐓𝐨𝐤𝐞𝐧𝐬',
  ])('finds %s', (key) => {
    expect(ambiguousKey({ model: 1, [key]: 2, other: 3 }, NAMES)).toBe(key);
  });

  it('finds any spelling Go would match', () => {
    // The only characters outside ASCII that Unicode's simple case folding equates with a letter of ASCII.
    const like = new Map([
      ['s', '\u017f'],
      ['k', '\u212a'],
    ]);
    for (const name of NAMES) {
      for (let index = 0; index < name.length; index++) {
        for (const other of [
          name.charAt(index).toUpperCase(),
          name.charAt(index).toLowerCase(),
          like.get(name.charAt(index)),
        ]) {
          const key = other && name.slice(0, index) + other + name.slice(index + 1);
          if (key && key !== name) expect(ambiguousKey({ [key]: 1 }, NAMES), key).toBe(key);
        }
      }
    }
  });

  it('takes exact names and all other keys', () => {
    expect(ambiguousKey({ model: 1, messages: 2, role: 3, maxTokens: 4 }, NAMES)).toBeUndefined();
    expect(
      ambiguousKey({ models: 1, Other: 2, 'ro le': 3, Ключ: 4, '': 5, __proto__x: 6, constructor: 7 }, NAMES),
    ).toBeUndefined();
    expect(ambiguousKey(JSON.parse('{"__proto__":1}'), NAMES)).toBeUndefined();
    expect(ambiguousKey(JSON.parse('{"__PROTO__":1}'), new Set(['__proto__']))).toBe('__PROTO__');
  });
});
