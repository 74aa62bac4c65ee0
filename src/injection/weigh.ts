// Words of a text weighed by the rules: for every language the places where a rule's slots stand close enough together.
import { hasGoal, meant, told } from './about.ts';
import type { Word } from './lexicon.ts';
import { ENGLISH, slotOf } from './lexicon.ts';
import { SLOTS } from './phrases/phrases.ts';
import type { Rule } from './phrases/rules.ts';
import { RULES } from './phrases/rules.ts';
import type { Ground, Source } from './reason.ts';

/** Places of one rule that are weighed in a text; further ones say nothing new. Bounds the time. */
const MOST_PLACES = 24;

type Ready = {
  readonly rule: Rule;
  readonly slots: readonly number[];
  readonly low: number;
  readonly high: number;
};

/** Slots as bits of two words. */
const lowOf = (slots: readonly number[]): number =>
  slots.reduce((mask, slot) => (slot < 31 ? mask | (1 << slot) : mask), 0);
const highOf = (slots: readonly number[]): number =>
  slots.reduce((mask, slot) => (slot < 31 ? mask : mask | (1 << (slot - 31))), 0);

const READY: readonly Ready[] = RULES.map((rule) => {
  const slots = rule.slots.map(slotOf);
  return { rule, slots, low: lowOf(slots), high: highOf(slots) };
});

const ENDS = /[.!?;。！？؟।]["')\]]*(?:\s|$)|[。！？؟।]|\n\s*\n/;

/** Whether a sentence ends between two places. */
const isCut = (text: string, from: number, to: number): boolean => ENDS.test(text.slice(from, to));

/** A place where a rule's slots stand together: the latest word of each. */
type Place = { readonly first: Word; readonly start: number; readonly end: number };

/** How many of a rule's words are of the language itself: English lends nouns, and addresses nobody in another. */
const leastOwn = ({ kind, slots }: Rule): number =>
  kind === 'addressed' ? Math.max(2, slots.length) : Math.min(2, slots.length - 1);

/** The place that ends with `word`, if the latest words of a rule's slots stand together there. */
const placeOf = (
  text: string,
  last: readonly (Word | undefined)[],
  language: number,
  { rule, slots }: Ready,
): Place | undefined => {
  let start = Number.POSITIVE_INFINITY;
  let end = 0;
  let own = 0;
  for (const slot of slots) {
    const word = last[slot];
    if (word === undefined) return undefined;
    start = Math.min(start, word.start);
    end = Math.max(end, word.end);
    if (word.language === language) own += 1;
  }
  const first = last[slots[0] ?? 0];
  if (first === undefined || end - start > rule.within || own === 0) return undefined;
  if (language !== ENGLISH && own < leastOwn(rule)) return undefined;
  if (overlaps(slots.map((slot) => last[slot]))) return undefined;
  return rule.clause === true && isCut(text, start, end) ? undefined : { first, start, end };
};

/** The places of `rules` among the words of one language and of English, in one pass over the words. */
const placesOf = (
  text: string,
  words: readonly Word[],
  language: number,
  rules: readonly Ready[],
): ReadonlyMap<Ready, readonly Place[]> => {
  const last: (Word | undefined)[] = SLOTS.map(() => undefined);
  const bySlot: (Ready[] | undefined)[] = SLOTS.map(() => undefined);
  for (const ready of rules)
    for (const slot of ready.slots) {
      const here = bySlot[slot] ?? [];
      here.push(ready);
      bySlot[slot] = here;
    }
  const places = new Map<Ready, Place[]>();
  for (const word of words) {
    if (word.language !== language && word.language !== ENGLISH) continue;
    last[word.slot] = word;
    for (const ready of bySlot[word.slot] ?? []) {
      const found = places.get(ready) ?? [];
      if (found.length >= MOST_PLACES) continue;
      const place = placeOf(text, last, language, ready);
      if (place === undefined) continue;
      // A verb counts with the nearest of its objects.
      if (
        found.some(
          (other) => other.first === place.first && other.end - other.start <= place.end - place.start,
        )
      )
        continue;
      found.push(place);
      places.set(ready, found);
    }
  }
  return places;
};

/** Whether two slots are filled by the same letters: one word is not two. */
const overlaps = (words: readonly (Word | undefined)[]): boolean => {
  for (let i = 0; i < words.length; i++)
    for (let j = i + 1; j < words.length; j++) {
      const a = words[i];
      const b = words[j];
      if (a !== undefined && b !== undefined && a.start < b.end && b.start < a.end) return true;
    }
  return false;
};

/** What the speaker said is theirs to take back. */
const MY =
  /(?<![\p{L}])(?:my|mi|mis|mon|ma|mes|mein\p{L}*|mia|mio|miei|mie|minha|meu|mea|meus|minhas|mijn|moj\p{L}*|mou|můj|moji|min|mitt|mina|mine|мо[йеёияію]\p{L}{0,3}|мо[їєю]\p{L}{0,3}|saya|benim|tôi)(?![\p{L}])|我的|我刚|我剛|私の|先ほどの質問|내 |제 |방금/iu;

/** How surely the verb tells the reader: the surest of the same slot's words in reach. */
const surest = (text: string, words: readonly Word[], { first, end }: Place, within: number): number => {
  let most = told(text, first.start);
  for (const word of words) {
    if (most === 1 || word.start > first.start) break;
    if (word.slot === first.slot && word.language === ENGLISH && word.start >= end - within)
      most = Math.max(most, told(text, word.start));
  }
  return most;
};

/** Instructions for something are not those of a machine. */
const OF_THINGS = /^\s{1,2}(?:for|on|about|regarding|concerning|to (?:assemble|install|use|make))\s/i;

const weightOf = (
  text: string,
  words: readonly Word[],
  source: Source,
  { rule }: Ready,
  place: Place,
): number => {
  const inEnglish = place.first.language === ENGLISH;
  const base = source === 'tool' ? rule.tool : rule.user;
  let weight = inEnglish && rule.english !== undefined ? rule.english + (base - rule.user) : base;
  if (rule.ordered === true && inEnglish && place.first.start > place.start) return 0;
  if (rule.lead === true && inEnglish) weight *= surest(text, words, place, rule.within);
  if (weight === 0 || (rule.goal === true && !hasGoal(text, place.start, place.end))) return 0;
  if (rule.kind === 'reveal' && OF_THINGS.test(text.slice(place.end, place.end + 20))) weight *= 0.5;
  if (rule.kind === 'override' && MY.test(text.slice(place.start, place.end + 4))) weight *= 0.4;
  return weight * meant(text, words, place.start, place.end, source);
};

/** What the rules say of a text's words. */
export const weigh = (text: string, words: readonly Word[], source: Source): readonly Ground[] => {
  if (words.length === 0) return [];
  const low = new Map<number, number>();
  const high = new Map<number, number>();
  for (const { slot, language } of words) {
    if (slot < 31) low.set(language, (low.get(language) ?? 0) | (1 << slot));
    else high.set(language, (high.get(language) ?? 0) | (1 << (slot - 31)));
  }
  const grounds: Ground[] = [];
  const languages = new Set([...low.keys(), ...high.keys()]);
  for (const language of languages) {
    const ownLow = low.get(language) ?? 0;
    const ownHigh = high.get(language) ?? 0;
    const anyLow = ownLow | (low.get(ENGLISH) ?? 0);
    const anyHigh = ownHigh | (high.get(ENGLISH) ?? 0);
    const rules = READY.filter(
      (ready) =>
        (anyLow & ready.low) === ready.low &&
        (anyHigh & ready.high) === ready.high &&
        ((ownLow & ready.low) !== 0 || (ownHigh & ready.high) !== 0),
    );
    if (rules.length === 0) continue;
    for (const [ready, places] of placesOf(text, words, language, rules)) {
      const { name, kind } = ready.rule;
      for (const place of places) {
        const weight = weightOf(text, words, source, ready, place);
        if (weight > 0) grounds.push({ name, kind, weight, start: place.start, end: place.end });
      }
    }
  }
  return grounds;
};
