// Every pack that comes with the program holds what it says: its own examples, one type a pattern, a form that cannot run away, and
// as many as we tell.
import { join } from 'node:path';
import { checkSync } from 'recheck';
import { describe, expect, it, vi } from 'vitest';
import { compilePacks } from '../../src/dlp/compile.ts';
import { faultsOf } from '../../src/dlp/faults.ts';
import type { Pattern } from '../../src/dlp/pattern.ts';
import { readPackFile, yamlFiles } from '../../src/runtimes/pack-files.ts';

// The checker's own JavaScript, in this process: no binary is run.
vi.stubEnv('RECHECK_BACKEND', 'pure');
vi.stubEnv('RECHECK_SYNC_BACKEND', 'pure');

const files = yamlFiles(join(import.meta.dirname, '../../dlp-patterns')).map(readPackFile);
const packs = files.flatMap(({ pack }) => pack ?? []);
const patterns = packs.flatMap((pack) => pack.patterns);

describe.each(files.map((file) => [file.path.split('/').at(-1) ?? '', file] as const))(
  'the pack %s',
  (name, { pack, faults }) => {
    it('is named as its file is, and holds: form, hits, misses', () => {
      expect(faults).toEqual([]);
      expect(`${pack?.pack}.yaml`).toBe(name);
      expect(pack === undefined ? [] : faultsOf(pack)).toEqual([]);
    });
  },
);

describe('all packs together', () => {
  it('run, and no type is in two of them', () => {
    expect(compilePacks(packs).rules).toHaveLength(patterns.length);
    expect(new Set(patterns.map(({ id }) => id)).size).toBe(patterns.length);
  });
  it('are as many as we tell: types of personal data, countries, providers of secrets', () => {
    const pii = patterns.filter(({ category }) => category === 'pii');
    const jurisdictions = new Set(pii.flatMap(({ jurisdiction }) => jurisdiction ?? []));
    const providers = providersOf(patterns.filter(({ category }) => category === 'secrets'));
    console.log(
      `${packs.length} packs: ${pii.length} types of personal data in ${jurisdictions.size} jurisdictions, ` +
        `${patterns.length - pii.length} types of secrets of ${providers.size} providers`,
    );
    expect(pii.length).toBeGreaterThanOrEqual(150);
    expect(jurisdictions.size).toBeGreaterThanOrEqual(60);
    expect(providers.size).toBeGreaterThanOrEqual(400);
  });
});

/** A type's name begins with its provider's: `stripe-secret-key` and `stripe-webhook-secret` are one provider. */
const providersOf = (secrets: readonly Pattern[]): ReadonlySet<string> =>
  new Set(secrets.map(({ id }) => id.split('-')[0] ?? id));

/** Regular expressions that are looked at, chosen anew with every seed; all of them would take ten minutes. */
const SAMPLE = 120;
const SEED = 20_261_121;
/** What one may take: a checker may not know. */
const CHECK_MS = 1_000;

/** A generator that gives the same run for the same seed (mulberry32). */
const dice = (seed: number): (() => number) => {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
};

/** As JavaScript would have it, from a place on: our searches never look for a start by themselves. */
const inJavaScript = (regex: string, ignoreCase: boolean): { source: string; flags: string } => ({
  source: `^(?:${regex.replaceAll('(?i:', '(?:')})`,
  flags: `${ignoreCase || regex.includes('(?i:') ? 'i' : ''}${regex.includes('\\p{') ? 'u' : ''}`,
});

describe('regular expressions of the packs', () => {
  const all = patterns.flatMap(({ id, regex, ignore_case: ignoreCase }) =>
    [regex].flat().map((one) => ({ id, ...inJavaScript(one, ignoreCase) })),
  );
  it('mean the same to JavaScript, whose matches are those of the automata or begin them', () => {
    for (const { id, source, flags } of all) expect(() => new RegExp(source, flags), id).not.toThrow();
  });
  it('would not even run away from a backtracking search, as far as an independent checker can tell', () => {
    const random = dice(SEED);
    const sample = all
      .map((one) => ({ one, at: random() }))
      .sort((a, b) => a.at - b.at)
      .slice(0, SAMPLE)
      .map(({ one }) => one);
    let unknown = 0;
    for (const { id, source, flags } of sample) {
      const { status } = checkSync(source, flags, { timeout: CHECK_MS });
      expect([id, status]).not.toEqual([id, 'vulnerable']);
      if (status === 'unknown') unknown += 1;
    }
    console.log(
      `recheck: ${sample.length} of ${all.length} regular expressions, ${unknown} undecided within ${CHECK_MS} ms`,
    );
    expect(unknown).toBeLessThan(SAMPLE / 10);
  }, 180_000);
});
