// The corpus: texts with values of every kind in every carrier, keys of every vendor, and look-alikes. From a seed; `share` makes less of it.

import type { Column } from './carriers-data.ts';
import { columnOf, DATA_CARRIERS } from './carriers-data.ts';
import type { Said } from './carriers-prose.ts';
import { PROSE_CARRIERS, sentence, spoken } from './carriers-prose.ts';
import { genericText, harmlessText, keyText, PLACES } from './carriers-secrets.ts';
import type { Kind } from './corpus-data.ts';
import { BY_HAND, KINDS, LOOKALIKES, SECRETS } from './corpus-data.ts';
import { aDisguise, isDisguised, wrapped } from './disguises.ts';
import { filled } from './fillers.ts';
import type { Random } from './random.ts';
import { chance, pick, seeded, some, whole } from './random.ts';
import type { Group, Sample } from './text.ts';
import { fromHand, mapValues, unmarked } from './text.ts';
import type { Make } from './value.ts';
import { AMERICAS } from './values-americas.ts';
import { ANYWHERE, phone } from './values-anywhere.ts';
import { EAST, UK } from './values-east.ts';
import { SOUTH, WEST } from './values-europe.ts';
import { NORTH } from './values-north.ts';
import { AFRICA, ASIA } from './values-world.ts';

const MAKES = { ...ANYWHERE, ...WEST, ...SOUTH, ...NORTH, ...EAST, ...UK, ...AMERICAS, ...ASIA, ...AFRICA };

const makeOf = ({ id }: Kind, language: string): Make => {
  if (id === 'phone') return (random) => phone(random, language);
  const make = MAKES[id];
  if (make === undefined) throw new Error(`nothing makes ${id}`);
  return make;
};

const saidOf = (random: Random, kind: Kind, language = pick(random, [...kind.labels.keys()])): Said => ({
  kind,
  language,
  make: makeOf(kind, language),
});

const sample = (group: Group, part: string, carrier: string, language: string, text: string): Sample => ({
  group,
  part,
  carrier,
  language,
  ...unmarked(text),
});

/** Kinds that may stand beside `kind` in one text: known in its language. */
const beside = (random: Random, language: string, count: number, not: Kind): readonly Said[] =>
  some(
    random,
    KINDS.filter((kind) => kind !== not && kind.labels.has(language)),
    count,
  ).map((kind) => saidOf(random, kind, language));

const ONE_KIND = ['email', 'phone', 'birth-date', 'passport', 'iban', 'payment-card'];

const writtenText = (random: Random, kind: Kind): Sample => {
  const said = saidOf(random, kind);
  const { language } = said;
  const more = chance(random, 0.35) ? beside(random, language, whole(random, 1, 2), kind) : [];
  const carrier = pick(random, Object.keys(PROSE_CARRIERS));
  const all = some(random, [said, ...more], 9);
  return sample('pii', 'plain', carrier, language, PROSE_CARRIERS[carrier]?.(random, all, language) ?? '');
};

const dataText = (random: Random, kind: Kind): Sample => {
  const columns: Column[] = [columnOf(random, kind, saidOf(random, kind).make)];
  if (chance(random, 0.5)) {
    const names = some(random, ONE_KIND, whole(random, 1, 2));
    const others = KINDS.filter(({ id }) => names.includes(id) && id !== kind.id);
    columns.push(...others.map((other) => columnOf(random, other, saidOf(random, other).make)));
  }
  const carrier = pick(random, Object.keys(DATA_CARRIERS));
  return sample('pii', 'plain', carrier, 'data', DATA_CARRIERS[carrier]?.(random, columns) ?? '');
};

const PLAINEST: readonly string[] = [
  'birth-date',
  'coordinates',
  'card-expiry',
  'travel-document-mrz',
  'card-verification-code',
];

const disguisedText = (random: Random, kind: Kind): Sample | undefined => {
  const said = saidOf(random, kind);
  const text = sentence(random, said);
  if (chance(random, 0.1)) {
    const { text: bare, golds } = unmarked(text);
    const [gold] = golds;
    if (gold === undefined) return undefined;
    const inside = wrapped(bare, gold.start, gold.end);
    const head = 'payload: ';
    const spans = [{ ...gold, start: head.length + inside.start, end: head.length + inside.end }];
    return {
      group: 'pii',
      part: 'disguised',
      carrier: 'base64',
      language: said.language,
      text: head + inside.text,
      golds: spans,
    };
  }
  const name = aDisguise(random);
  let changed = false;
  const written = mapValues(text, (value) => {
    const other = isDisguised(random, name, value);
    changed ||= other !== undefined;
    return other ?? value;
  });
  return changed ? sample('pii', 'disguised', name, said.language, written) : undefined;
};

const times = (share: number, count: number): number => Math.max(1, Math.round(count * share));

const piiTexts = (random: Random, share: number): readonly Sample[] =>
  KINDS.flatMap((kind) => {
    const many = ONE_KIND.includes(kind.id) ? 4 : 1;
    const made: (Sample | undefined)[] = [];
    for (let i = 0; i < times(share, 12 * many); i++) made.push(writtenText(random, kind));
    for (let i = 0; i < times(share, 8 * many); i++) made.push(dataText(random, kind));
    if (!PLAINEST.includes(kind.id))
      for (let i = 0; i < times(share, 6 * many); i++) made.push(disguisedText(random, kind));
    return made.filter((each) => each !== undefined);
  });

const hardTexts = (random: Random, share: number): readonly Sample[] =>
  Object.entries(LOOKALIKES).flatMap(([part, templates]) =>
    templates.flatMap((template) =>
      Array.from({ length: times(share, 14) }, () => {
        const more = chance(random, 0.3) ? `\n${filled(random, pick(random, templates))}` : '';
        return sample('hard', part, part, 'any', filled(random, template) + more);
      }),
    ),
  );

const secretTexts = (random: Random, share: number): readonly Sample[] => {
  const places = Object.keys(PLACES);
  const keys = (['vendor', 'contextual'] as const).flatMap((part) =>
    SECRETS[part].flatMap((vendor) =>
      some(random, places, times(share, 10)).map((carrier) =>
        sample('secrets', part, carrier, 'any', keyText(random, vendor, carrier).marked),
      ),
    ),
  );
  const generic = Object.entries(SECRETS.generic).flatMap(([carrier, templates]) =>
    templates.flatMap((template) =>
      Array.from({ length: times(share, 8) }, () =>
        sample('secrets', 'generic', carrier, 'any', genericText(random, template)),
      ),
    ),
  );
  const harmless = Object.entries(SECRETS.harmless).flatMap(([part, templates]) =>
    templates.flatMap((template) =>
      Array.from({ length: times(share, 14) }, () =>
        sample('hard', part, part, 'any', harmlessText(random, template)),
      ),
    ),
  );
  return [...keys, ...generic, ...harmless];
};

const handTexts = (): readonly Sample[] =>
  BY_HAND.map(({ group, carrier, language, text }) =>
    sample(group, group === 'pii' ? 'plain' : 'by hand', `by hand: ${carrier}`, language, fromHand(text)),
  );

/** The whole corpus of a seed. */
export const corpusOf = (
  seed: number,
  share: number,
  only: 'pii' | 'secrets' | undefined,
): readonly Sample[] => {
  const all = [
    ...(only === 'secrets' ? [] : piiTexts(seeded(seed), share)),
    ...(only === 'pii' ? [] : secretTexts(seeded(seed + 1), share)),
    ...hardTexts(seeded(seed + 2), share),
    ...handTexts().filter(({ group }) => only === undefined || group === 'hard' || group === only),
  ];
  // A text counts once.
  return [...new Map(all.map((each) => [each.text, each])).values()];
};

export const languageOf = (language: string): string => (language === 'any' ? 'any' : spoken(language));
