// Words of a text weighed by the rules: for every language the places where a rule's slots stand close enough together.
import { hasGoal, meant, told } from './about.ts';
import type { Word } from './lexicon.ts';
import { ENGLISH, slotOf } from './lexicon.ts';
import { SLOTS } from './phrases/phrases.ts';
import type { Ground, Source } from './reason.ts';
import type { Rule } from './rules.ts';
import { RULES } from './rules.ts';

/** Places of one rule that are weighed in a text; further ones say nothing new. Bounds the time. */
const MOST_PLACES = 24;


type Ready = { readonly rule: Rule; readonly slots: readonly number[]; readonly low: number; readonly high: number };

/** Slots as bits of two words. */
const lowOf = (slots: readonly number[]): number => slots.reduce((mask, slot) => (slot < 31 ? mask | (1 << slot) : mask), 0);
const highOf = (slots: readonly number[]): number => slots.reduce((mask, slot) => (slot < 31 ? mask : mask | (1 << (slot - 31))), 0);

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
const leastOwn = ({ kind, slots }: Rule): number => (kind === 'addressed' ? slots.length : Math.min(2, slots.length - 1));

/** The places of one rule among the words of one language and of English. */
const placesOf = (text: string, words: readonly Word[], language: number, { rule, slots }: Ready): readonly Place[] => {
  const last: (Word | undefined)[] = slots.map(() => undefined);
  const places: Place[] = [];
  for (const word of words) {
    if (word.language !== language && word.language !== ENGLISH) continue;
    const index = slots.indexOf(word.slot);
    if (index < 0) continue;
    last[index] = word;
    let start = word.start;
    let end = word.end;
    let own = false;
    let ownWords = 0;
    let whole = true;
    for (const one of last) {
      if (one === undefined) {
        whole = false;
        break;
      }
      start = Math.min(start, one.start);
      end = Math.max(end, one.end);
      if (one.language === language) {
        own = true;
        ownWords += 1;
      }
    }
    const first = last[0];
    if (!whole || !own || (language !== ENGLISH && ownWords < leastOwn(rule)) || first === undefined || end - start > rule.within || overlaps(last)) continue;
    if (rule.clause === true && isCut(text, start, end)) continue;
    if (places.some((place) => place.first === first && place.end - place.start <= end - start)) continue;
    places.push({ first, start, end });
    if (places.length >= MOST_PLACES) break;
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
const MY = /(?<![\p{L}])(?:my|mi|mis|mon|ma|mes|mein\p{L}*|mia|mio|miei|mie|minha|meu|mea|meus|minhas|mijn|moj\p{L}*|mou|můj|moji|min|mitt|mina|mine|мо[йеёияію]\p{L}{0,3}|мо[їєю]\p{L}{0,3}|saya|benim|tôi)(?![\p{L}])|我的|我刚|我剛|私の|先ほどの質問|내 |제 |방금/iu;

const weightOf = (text: string, words: readonly Word[], source: Source, { rule }: Ready, place: Place): number => {
  const inEnglish = place.first.language === ENGLISH;
  const base = source === 'tool' ? rule.tool : rule.user;
  let weight = inEnglish && rule.english !== undefined ? rule.english + (base - rule.user) : base;
  if (rule.goal === true && !hasGoal(text, place.start, place.end)) return 0;
  if (rule.ordered === true && inEnglish && place.first.start > place.start) return 0;
  if (rule.lead === true && inEnglish) weight *= told(text, place.first.start);
  if (weight === 0) return 0;
  if (rule.kind === 'override' && MY.test(text.slice(place.start, place.end + 4))) weight *= 0.4;
  return weight * meant(text, words, place.start, place.end);
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
    for (const ready of READY) {
      if ((anyLow & ready.low) !== ready.low || (anyHigh & ready.high) !== ready.high) continue;
      if ((ownLow & ready.low) === 0 && (ownHigh & ready.high) === 0) continue;
      const { name, kind } = ready.rule;
      for (const place of placesOf(text, words, language, ready)) {
        const weight = weightOf(text, words, source, ready, place);
        if (weight > 0) grounds.push({ name, kind, weight, start: place.start, end: place.end });
      }
    }
  }
  return grounds;
};

