// How much a text looks like an attempt to make a model do what its owner did not ask for, with reasons. Pure, and linear in the text.
import { meant } from './about.ts';
import { bitsIn, decodedIn, selectorsIn } from './decode.ts';
import { isSpelled, undoneOf } from './disguise.ts';
import { exfiltration } from './exfiltration.ts';
import { forgeriesIn, isManyShot, shotsIn } from './forgery.ts';
import type { Word } from './lexicon.ts';
import { slotOf, wordsIn } from './lexicon.ts';
import { unmixed } from './look-alikes.ts';
import type { Anomalies, Plain } from './plain.ts';
import { isAscii, plainOf } from './plain.ts';
import type { Ground, Scored, Source } from './reason.ts';
import { SUSPECT, scoreOf } from './reason.ts';
import { SPELLED, tracesIn } from './traces.ts';
import { weigh } from './weigh.ts';

/** Encodings inside one another that are read. */
const LEVELS = 2;
/** Of a longer text so many characters are scored, at its beginning and its end each. */
const MOST_CHARS = 1_000_000;
/** What is hidden counts more than the same said openly, and what it is hidden in may be chance. */
const HIDDEN_MORE = 0.25;
const SURE = 0.95;

/** Scores `text`, which comes from a person or from a tool or document. Places are of the text as given. */
export const score = (text: string, source: Source): Scored =>
  text.length <= MOST_CHARS ? scoreOf(groundsOf(text, source, LEVELS, false)) : scoreEnds(text, source);

const scoreEnds = (text: string, source: Source): Scored => {
  const rest = text.length - MOST_CHARS;
  const tail = groundsOf(text.slice(rest), source, LEVELS, false);
  return scoreOf([
    ...groundsOf(text.slice(0, MOST_CHARS), source, LEVELS, false),
    ...tail.map((ground) => ({ ...ground, start: ground.start + rest, end: ground.end + rest })),
  ]);
};

const groundsOf = (text: string, source: Source, levels: number, glued: boolean): readonly Ground[] => {
  const plain = plainOf(text);
  const { words, ciphers } = wordsIn(plain.text, glued);
  const left = (start: number, end: number, soften: boolean): number =>
    meant(plain.text, words, start, end, source, soften);
  const grounds: Ground[] = [
    ...weigh(plain.text, words, source),
    ...forgeriesIn(plain.text, source, left),
    ...manyShot(plain.text),
    ...images(plain.text, source),
  ];
  if (levels > 0) grounds.push(...unwrapped(plain, words, ciphers, source, levels));
  if (plain.from !== undefined) placed(grounds, plain.from, text.length);
  if (plain.seen !== undefined && levels > 0) grounds.push(...unseen(text, plain.seen, plain.text, source));
  return grounds;
};

/** Places of the view as places of the text. */
const placed = (grounds: Ground[], from: Int32Array, length: number): void => {
  for (const [index, ground] of grounds.entries())
    grounds[index] = {
      ...ground,
      start: from[ground.start] ?? 0,
      end: Math.min(length, (from[Math.max(ground.end - 1, 0)] ?? 0) + 1),
    };
};

/** Images that carry something out, brought by what a tool returned. */
const images = (text: string, source: Source): readonly Ground[] => {
  if (source !== 'tool' || !text.includes('](')) return [];
  const [reason] = exfiltration(text).reasons;
  return reason === undefined ? [] : [{ ...reason, kind: 'image', weight: reason.weight * 0.6 }];
};

const manyShot = (text: string): readonly Ground[] => {
  const shots = shotsIn(text);
  if (!isManyShot(shots)) return [];
  const { words } = wordsIn(text.slice(shots.start, shots.end));
  const grave = words.filter(
    ({ slot }) => slot === HARM || slot === FREE || slot === HID || slot === DARK,
  ).length;
  const weight = grave >= 2 ? 0.6 : grave === 1 ? 0.4 : Math.min(0.2, shots.complying / 100);
  return [{ name: 'many-shot', kind: 'many-shot', weight, start: shots.start, end: shots.end }];
};
const HARM = slotOf('harm');
const FREE = slotOf('free');
const DARK = slotOf('dark');
const HID = slotOf('hid');
const DEC = slotOf('dec');

/** Disguises that ordinary texts look like: they must hide more. */
const LOOSE: ReadonlySet<string> = new Set(['cut', 'glued', 'leet', 'pieces', 'spaced']);
const LEAST_LOOSE = 0.45;

/** What an inner text scores, with what its hiding adds; undefined: it says nothing. */
const inner = (
  name: string,
  text: string,
  source: Source,
  levels: number,
  glued: boolean,
  start: number,
  end: number,
): Ground | undefined => {
  const { score: within } = scoreOf(groundsOf(text, source, levels - 1, glued));
  if (within < (LOOSE.has(name) ? LEAST_LOOSE : SUSPECT)) return undefined;
  return {
    name: `encoded-${name}`,
    kind: 'encoded',
    weight: Math.min(SURE, within + HIDDEN_MORE),
    start,
    end,
  };
};

/** What is said in other notations and in disguises. */
const unwrapped = (
  { text }: Plain,
  words: readonly Word[],
  ciphers: number,
  source: Source,
  levels: number,
): readonly Ground[] => {
  const traces = tracesIn(text) | (isSpelled(ciphers) ? SPELLED : 0);
  if (traces === 0 && ciphers === 0 && isAscii(text)) return [];
  const grounds: Ground[] = [];
  const decoded = traces === 0 ? [] : decodedIn(text, traces);
  const asked = words.find(({ slot }) => slot === DEC);
  for (const { name, text: said, start, end } of decoded) {
    const ground = inner(name, said, source, levels, name === 'spelling', start, end);
    if (ground !== undefined) grounds.push(ground);
    if (asked !== undefined && isSaid(said))
      grounds.push({ name: 'decode', kind: 'decode', weight: 0.2, start, end });
  }
  if (decoded.some(({ name }) => name === 'url' || name === 'escapes')) {
    // Escapes may be strewn over a text: then it is read as a whole.
    const whole = decoded.reduceRight(
      (sofar, { text: said, start, end }) => sofar.slice(0, start) + said + sofar.slice(end),
      text,
    );
    const ground = inner('escapes', whole, source, 1, false, 0, text.length);
    if (ground !== undefined && grounds.length > 0) grounds.push(ground);
  }
  for (const { name, text: plain, glued, deep } of undoneOf(text, traces, ciphers)) {
    const ground = inner(name, plain, source, deep ? levels : 1, glued, 0, text.length);
    if (ground !== undefined && !isOpen(ground, plain, text)) grounds.push(ground);
  }
  const latin = unmixed(text);
  if (latin !== undefined) {
    const ground = inner('look-alikes', latin.text, source, 1, false, 0, text.length);
    if (ground !== undefined) grounds.push(ground);
    if (latin.words >= 4)
      grounds.push({ name: 'mixed-scripts', kind: 'mixed', weight: 0.28, start: 0, end: text.length });
  }
  return grounds;
};

const isSaid = (text: string): boolean => /\p{L}{2,}\s+\p{L}{2,}/u.test(text);

/** Undoing changed next to nothing: what was found stands there openly, and was weighed. */
const isOpen = (_: Ground, plain: string, text: string): boolean => {
  let same = 0;
  const length = Math.min(plain.length, text.length);
  for (let i = 0; i < length; i++) if (plain.charCodeAt(i) === text.charCodeAt(i)) same += 1;
  return plain.length === text.length && same > length * 0.97;
};

/** What nobody sees in a text. */
const unseen = (text: string, seen: Anomalies, plain: string, source: Source): readonly Ground[] => {
  const start = Math.max(0, seen.first);
  const end = Math.min(text.length, start + 1);
  const grounds: Ground[] = [];
  const add = (name: string, weight: number): void =>
    void grounds.push({ name, kind: name, weight, start, end });
  if (seen.tags.trim().length >= 3) add('tag-characters', 0.9);
  if (seen.selectors >= 4) add('variation-selectors', selectorsIn(text).length >= 4 ? 0.8 : 0.5);
  if (seen.unseen >= 3) add('unseen-characters', seen.unseen >= 8 ? 0.55 : 0.4);
  else if (seen.unseen > 0) add('unseen-characters', 0.15);
  for (const said of bitsIn(text)) if (/[a-z]{3}/i.test(said)) add('zero-width-bits', 0.8);
  if (seen.overrides > 0 && /[a-z]{3}/i.test(plain)) add('direction-override', 0.55);
  if (seen.piled >= 6) add('piled-marks', 0.35);
  if (seen.styled >= 12) add('styled-letters', 0.12);
  const told = scoreOf(grounds).score;
  if (told < 0.1) return grounds;
  const within = scoreOf(groundsOf(plain, source, 0, false)).score;
  if (within >= SUSPECT) add('hidden-attack', Math.min(SURE, within + HIDDEN_MORE));
  return grounds;
};
