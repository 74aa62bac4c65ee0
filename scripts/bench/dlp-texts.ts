// The texts that inspection is measured on: the same each time, of the kinds that pass a gateway.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packFromYaml } from '../../src/dlp/pack-text.ts';
import type { Pack } from '../../src/dlp/pattern.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const PACKS = join(ROOT, 'dlp-patterns');
/** Longer examples are whole files of credentials. */
const HIT_CHARS = 200;

/** The packs as they come with the program. */
export const defaultPacks = (): readonly Pack[] =>
  readdirSync(PACKS)
    .filter((file) => file.endsWith('.yaml'))
    .flatMap((file) => packFromYaml(readFileSync(join(PACKS, file), 'utf8'), file).pack ?? []);

/** `chars` of a text, over and over. */
export const filled = (text: string, chars: number): string =>
  text.repeat(Math.ceil(chars / text.length)).slice(0, chars);

const read = (...path: readonly string[]): string => readFileSync(join(ROOT, ...path), 'utf8');

/** What is prose in our own words: no tables, no code. */
const prose = (): string =>
  [read('README.md'), read('ARCHITECTURE.md'), read('CONTRIBUTING.md'), read('SECURITY.md')]
    .join('\n')
    .split('\n')
    .filter((line) => !/^[|`#-]/.test(line))
    .join('\n');

const code = (): string =>
  readdirSync(join(ROOT, 'src', 'streams'))
    .map((file) => read('src', 'streams', file))
    .join('\n');

const CITIES = ['Berlin', 'London', 'Paris', 'Rome'];

const json = (): string =>
  JSON.stringify(
    Array.from({ length: 400 }, (_, i) => ({
      id: 1_000 + i * 7,
      at: 1_700_000_000 + i * 37,
      name: `item ${i}`,
      price: 12.5 + i,
      uuid: `550e8400-e29b-41d4-a716-4466554400${10 + (i % 90)}`,
      available: true,
      city: CITIES[i % CITIES.length],
      tags: ['new', 'blue'],
    })),
  );

const two = (value: number): string => String(value).padStart(2, '0');

const logs = (): string =>
  Array.from(
    { length: 600 },
    (_, i) =>
      `2026-11-21T12:${two(i % 60)}:${two((i * 7) % 60)}.123Z INFO  [worker-${i % 16}] GET /v1/items/${i * 7_919} 200 ${i}ms trace=4bf92f3577b34da6a3ce929d0e0e${1_000 + i}`,
  ).join('\n');

const dense = (packs: readonly Pack[]): string =>
  packs
    .flatMap(({ patterns }) => patterns.flatMap(({ hits }) => hits))
    .map((hit) => hit.replace(/[«»]/g, ''))
    .filter((hit, i) => hit.length < HIT_CHARS && i % 3 === 0)
    .join('. ');

/** A kind of text, and one that is long enough to fill any length with. */
export const kindsOfText = (
  packs: readonly Pack[],
): Readonly<Record<'prose' | 'code' | 'json' | 'logs' | 'hit-dense', string>> => ({
  prose: prose(),
  code: code(),
  json: json(),
  logs: logs(),
  'hit-dense': dense(packs),
});
