// Globs of a model allowlist.
import { describe, expect, it } from 'vitest';
import { globMatches } from '../../src/usecases/glob.ts';
import { seeded } from '../json/random.ts';

describe('a glob', () => {
  it.each([
    ['small', 'small', true],
    ['small', 'Small', false],
    ['small', 'smalls', false],
    ['small', '', false],
    ['', '', true],
    ['', 'x', false],
    ['*', '', true],
    ['*', 'lan/any:thing', true],
    ['**', 'x', true],
    ['llama3*', 'llama3.2:latest', true],
    ['llama3*', 'my-llama3', false],
    ['*llama3', 'my-llama3', true],
    ['*a*b', 'xaxb', true],
    ['*a*b', 'xaxbx', false],
    ['gpt-?', 'gpt-5', true],
    ['gpt-?', 'gpt-', false],
    ['gpt-?', 'gpt-55', false],
    ['?*', '', false],
    ['lan/*', 'lan/x', true],
    ['lan/*', 'cloud/lan/x', false],
    // Nothing but the two signs is special.
    ['gpt.5', 'gpt-5', false],
    ['[a-z]', 'a', false],
    ['[a-z]', '[a-z]', true],
    ['(a|b)', 'a', false],
    ['a\\*', 'a\\b', true],
    ['^a$', 'a', false],
    ['{a,b}', 'a', false],
  ])('%j against %j: %s', (glob, text, matches) => {
    expect(globMatches(glob, text)).toBe(matches);
  });

  it('says what the regular expression of the same meaning says', () => {
    const random = seeded(7);
    const word = (signs: string, longest: number): string =>
      Array.from({ length: random.below(longest) }, () => signs[random.below(signs.length)]).join('');
    for (let i = 0; i < 20_000; i++) {
      const glob = word('aab*?', 7);
      const text = word('ab', 9);
      const pattern = new RegExp(`^${glob.replaceAll('*', '.*').replaceAll('?', '.')}$`, 's');
      expect([glob, text, globMatches(glob, text)]).toEqual([glob, text, pattern.test(text)]);
    }
  });

  it('takes no more than its length times that of the text, whatever it is made of', () => {
    const text = 'a'.repeat(5_000);
    const started = process.threadCpuUsage();
    for (const glob of [
      '*a'.repeat(500),
      `${'*a'.repeat(500)}b`,
      `*${'a'.repeat(500)}b`,
      `${'*?'.repeat(500)}b`,
    ])
      globMatches(glob, text);
    // Backtracking over each star would take longer than there is time.
    expect(process.threadCpuUsage(started).user).toBeLessThan(2_000_000);
  });
});
