// Proves a pack: its form, its own examples, that it runs. Asked by the tests, by the loader, and by the admin API on save.
import type { Rules } from './compile.ts';
import { compilePacks, PatternFault } from './compile.ts';
import { detect } from './detect.ts';
import type { Pack, Pattern } from './pattern.ts';
import { packSchema, THRESHOLD } from './pattern.ts';
import { LOOK, Scanner } from './scan.ts';

/** What is wrong with a pack: of which pattern, if of one, and why. */
export type Fault = { readonly pattern: string | null; readonly fault: string };

/** More are of no help. */
const FAULTS = 50;

/** Reads a pack from data (parsed YAML or JSON). */
export const readPack = (data: unknown): { readonly pack?: Pack; readonly faults: readonly Fault[] } => {
  const read = packSchema.safeParse(data);
  if (read.success) return { pack: read.data, faults: [] };
  const faults = read.error.issues.slice(0, FAULTS).map(({ path, message }) => ({
    pattern: patternAt(data, path),
    fault: `${path.join('.')}: ${message}`,
  }));
  return { faults };
};

const patternAt = (data: unknown, [noun, index]: readonly PropertyKey[]): string | null => {
  if (noun !== 'patterns' || typeof index !== 'number' || typeof data !== 'object' || data === null)
    return null;
  const patterns: unknown = Reflect.get(data, 'patterns');
  const pattern: unknown = Array.isArray(patterns) ? patterns[index] : undefined;
  const id: unknown =
    typeof pattern === 'object' && pattern !== null ? Reflect.get(pattern, 'id') : undefined;
  return typeof id === 'string' ? id : null;
};

/** What is wrong with `pack`; empty: nothing. */
export const faultsOf = (pack: Pack): readonly Fault[] => {
  let rules: Rules;
  try {
    rules = compilePacks([pack]);
  } catch (error) {
    if (!(error instanceof PatternFault)) throw error;
    return [{ pattern: error.message.split(':')[0] ?? null, fault: error.message }];
  }
  const scanner = new Scanner(rules);
  const faults: Fault[] = [];
  pack.patterns.forEach((pattern, index) => {
    for (const fault of exampleFaults(scanner, rules, pattern, index))
      faults.push({ pattern: pattern.id, fault });
  });
  return faults.slice(0, FAULTS);
};

const OPEN = '«';
const CLOSE = '»';

/** An example without its marks, and what they mark; without marks all of it. */
export const markedIn = (example: string): { text: string; start: number; end: number } => {
  const start = example.indexOf(OPEN);
  const end = example.indexOf(CLOSE);
  if (start < 0 || end < start) return { text: example, start: 0, end: example.length };
  const text = example.slice(0, start) + example.slice(start + 1, end) + example.slice(end + 1);
  return { text, start, end: end - 1 };
};

const exampleFaults = (
  scanner: Scanner,
  rules: Rules,
  pattern: Pattern,
  index: number,
): readonly string[] => {
  const wanted = new Uint8Array(rules.rules.length);
  wanted[index] = LOOK;
  const found = (text: string) =>
    detect(scanner, text, false, wanted).matches.filter(({ confidence }) => confidence >= THRESHOLD);
  const faults: string[] = [];
  for (const hit of pattern.hits) {
    const { text, start, end } = markedIn(hit);
    const matches = found(text);
    if (matches.some((match) => match.start === start && match.end === end)) continue;
    const instead = matches.map((match) => JSON.stringify(text.slice(match.start, match.end))).join(', ');
    faults.push(`not found in its hit ${JSON.stringify(hit)}${instead === '' ? '' : `, but ${instead}`}`);
  }
  for (const miss of pattern.misses) {
    const [match] = found(miss);
    if (match !== undefined)
      faults.push(
        `found ${JSON.stringify(miss.slice(match.start, match.end))} in its miss ${JSON.stringify(miss)}`,
      );
  }
  return faults;
};
