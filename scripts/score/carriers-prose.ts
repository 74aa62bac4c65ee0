// People writing: tickets, e-mails with signatures, chats, notes and forms, in fifteen languages.
import type { Kind, Prose } from './corpus-data.ts';
import { PROSE } from './corpus-data.ts';
import { filled } from './fillers.ts';
import type { Random } from './random.ts';
import { chance, digits, number, pick, some, whole } from './random.ts';
import { marked, neutral } from './text.ts';
import type { Make } from './value.ts';

/** Whose sentences a country's people write. */
const SPOKEN: Readonly<Record<string, string>> = { at: 'de', ch: 'de', gb: 'en', au: 'en', br: 'pt' };
export const spoken = (language: string): string => {
  const is = SPOKEN[language] ?? language;
  return PROSE.has(is) ? is : 'en';
};

/** Languages whose sentences are not here: labels in them stand in English surroundings, as in forms and notes. */
const BESIDE = ['{L}: {V}', '{L} {V}', '{N}, {L} {V}', '({L} {V})', '{L} - {V}', '{L} = {V}'];

/** A value, with the words it is known by. */
export type Said = { readonly kind: Kind; readonly language: string; readonly make: Make };

const proseOf = (language: string): Prose => {
  const prose = PROSE.get(spoken(language));
  if (prose === undefined) throw new Error(`no sentences in ${language}`);
  return prose;
};

const labelOf = (random: Random, { kind, language }: Said): string =>
  pick(random, kind.labels.get(language) ?? ['']);

const upper = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** One sentence that says it. */
export const sentence = (random: Random, said: Said): string => {
  const { kind, language, make } = said;
  const prose = proseOf(language);
  const value = marked(kind.id, make(random));
  const isBeside = !PROSE.has(SPOKEN[language] ?? language);
  const contact = kind.id === 'email' || kind.id === 'phone';
  const template =
    contact && chance(random, 0.4) ? pick(random, prose.bare) : pick(random, isBeside ? BESIDE : prose.says);
  const text = template
    .replaceAll('{N}', pick(random, prose.names))
    .replaceAll('{L}', labelOf(random, said))
    .replaceAll('{V}', value);
  return upper(text);
};

const harmless = (random: Random, prose: Prose): string => filled(random, pick(random, prose.plain));
const named = (random: Random, prose: Prose, text: string): string =>
  text.replaceAll('{N}', pick(random, prose.names));

const isSpaced = (language: string): string => (language === 'ja' || language === 'zh' ? '' : ' ');

/** A paragraph: what is said, with harmless sentences around it. */
const paragraph = (random: Random, said: readonly Said[], language: string): string => {
  const prose = proseOf(language);
  const parts = said.flatMap((each) => [
    ...(chance(random, 0.45) ? [harmless(random, prose)] : []),
    sentence(random, each),
  ]);
  if (chance(random, 0.4)) parts.push(harmless(random, prose));
  return parts.join(isSpaced(language));
};

type Carrier = (random: Random, said: readonly Said[], language: string) => string;

const letter: Carrier = (random, said, language) => {
  const prose = proseOf(language);
  return `${named(random, prose, pick(random, prose.opens))}\n\n${paragraph(random, said, language)}\n\n${named(random, prose, pick(random, prose.closes))}`;
};

const ticket: Carrier = (random, said, language) => {
  const head = pick(random, [
    () =>
      `Ticket #${number(random, 6)} [priority: ${pick(random, ['low', 'high', 'P2'])}]\nOpened: ${filled(random, '{iso}')}\n\n`,
    () => `[SUP-${digits(random, 5)}] ${filled(random, '{D} {T}')}\n`,
    () => '',
  ])();
  return head + letter(random, said, language);
};

const SITES = ['www.nordwind.io', 'acme-logistics.example', 'kontor-berg.de'];

const signature = (random: Random, prose: Prose): string => {
  const name = pick(random, prose.names);
  return pick(random, [
    `-- \n${name}\nCustomer Operations | ${pick(random, SITES)}`,
    `${name}\nHead of Procurement\nT ${neutral(`+49 40 ${number(random, 7)}`)} | F ${neutral(`+49 40 ${number(random, 7)}`)}\n${pick(random, SITES)}`,
    `${name} | ${neutral(`Hauptstraße ${whole(random, 1, 99)}, 10${digits(random, 3)} Berlin`)}\nHRB ${neutral(number(random, 5))} Amtsgericht Charlottenburg`.replace(
      /HRB.*$/,
      '',
    ),
  ]);
};

const mail: Carrier = (random, said, language) => {
  const prose = proseOf(language);
  const subject = `Subject: ${pick(random, ['Re: ', 'Fwd: ', ''])}${filled(random, pick(random, ['{O}', 'Your request {D}', 'Update {R}', 'Anfrage', 'Dossier {n:5}']))}\nDate: ${filled(random, '{D} {clock}')} +0200\n\n`;
  const quote = chance(random, 0.3) ? `\n\n> ${harmless(random, prose)}\n> ${harmless(random, prose)}` : '';
  return `${chance(random, 0.6) ? subject : ''}${letter(random, said, language)}\n${signature(random, prose)}${quote}`;
};

const chat: Carrier = (random, said, language) => {
  const prose = proseOf(language);
  const who = pick(random, [
    ['User', 'Assistant'],
    ['agent', 'customer'],
    [pick(random, prose.names), 'Support'],
  ]);
  const lines = said.flatMap((each) => [
    ...(chance(random, 0.5) ? [`${who[1]}: ${harmless(random, prose)}`] : []),
    `${chance(random, 0.3) ? `[${filled(random, '{T}')}] ` : ''}${who[0]}: ${sentence(random, each)}`,
  ]);
  return lines.join('\n');
};

/** A question and its answer: the label is another's. */
const asked: Carrier = (random, said, language) => {
  const lines = said.map((each) => {
    const value = marked(each.kind.id, each.make(random));
    return `Agent: ${upper(labelOf(random, each))}?\nCustomer: ${value}`;
  });
  return `${lines.join('\n')}\nAgent: ${harmless(random, proseOf(language))}`;
};

const form: Carrier = (random, said, language) => {
  const prose = proseOf(language);
  const sign = pick(random, [': ', ': ', ':\t', ' : ', '\n', ' | ', '  ']);
  const rows = said.map(
    (each) => `${upper(labelOf(random, each))}${sign}${marked(each.kind.id, each.make(random))}`,
  );
  const rest = some(
    random,
    [
      `Ref${sign}${filled(random, '{O}')}`,
      `Status${sign}open`,
      `Version${sign}${filled(random, '{R}')}`,
      `Name${sign}${pick(random, prose.names)}`,
      `Created${sign}${filled(random, '{iso}')}`,
    ],
    whole(random, 1, 3),
  );
  return [...rest.slice(0, 1), ...rows, ...rest.slice(1)].join('\n');
};

const notes: Carrier = (random, said, language) => {
  const prose = proseOf(language);
  const bullets = said.map((each) => `${pick(random, ['- ', '* ', '- [ ] '])}${sentence(random, each)}`);
  return `# ${filled(random, pick(random, ['Meeting {D}', 'Weekly sync {D}', 'Call notes']))}\n\n- ${harmless(random, prose)}\n${bullets.join('\n')}\n- ${harmless(random, prose)}`;
};

const message: Carrier = (random, said, language) => paragraph(random, said, language);

export const PROSE_CARRIERS: Readonly<Record<string, Carrier>> = {
  ticket,
  mail,
  chat,
  asked,
  form,
  notes,
  message,
};
