// Texts with values of every built-in pattern in them, and what reads them in pieces: for tests that a stream says what the whole says.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Reading } from '../../src/dlp/channel.ts';
import { Channel } from '../../src/dlp/channel.ts';
import { compilePacks } from '../../src/dlp/compile.ts';
import type { Finding } from '../../src/dlp/finding.ts';
import { packFromYaml } from '../../src/dlp/pack-text.ts';
import type { Pack } from '../../src/dlp/pattern.ts';
import type { Plan } from '../../src/dlp/plan.ts';
import { planOf } from '../../src/dlp/plan.ts';
import { Pseudonyms } from '../../src/dlp/pseudonyms.ts';
import { inspectText, scannerOf } from '../../src/dlp/text.ts';
import { policyBodySchema } from '../../src/policies/policy.ts';

const FOLDER = join(import.meta.dirname, '..', '..', 'dlp-patterns');

/** The built-in packs. */
export const packs: readonly Pack[] = readdirSync(FOLDER)
  .filter((file) => file.endsWith('.yaml'))
  .flatMap((file) => packFromYaml(readFileSync(join(FOLDER, file), 'utf8'), file).pack ?? []);

export const rules = compilePacks(packs);

/** The plan of a policy for replies. */
export const replyPlan = (body: object): Plan => planOf(rules, policyBodySchema.parse(body), 'response');

/** What a pattern's examples are, without their marks. */
const hits = packs.flatMap(({ patterns }) =>
  patterns.flatMap((pattern) => pattern.hits.map((hit) => hit.replace(/[«»]/g, ''))),
);
const misses = packs.flatMap(({ patterns }) => patterns.flatMap((pattern) => pattern.misses));

const WORDS = [
  'the and of call phone passport card my account number is hello we will 2024 10:30 id token secret key = : , . I sk AK',
  'Guten Tag, meine Telefonnummer lautet das Konto und die Rechnung vom Ausweis für 12 Äpfel',
  'la carte numéro est à été déjà où vous avez votre compte numero cuenta señor está aquí pasaporte',
  'номер паспорта и телефон мой ключ карта 中文 句子。 电话号码是 密码 カード番号 は です 전화번호 हेलो مرحبا رقم',
  '"key": "value", { } [ ] \\n \\u0041 %20 &amp; <b> ``` | --- | \u200b é e\u0301 😀 👩‍👩‍👧 ﬁ １２３',
].flatMap((line) => line.split(' '));

/** A way to pick by chance. */
export type Chance = () => number;

export const pick = <T>(chance: Chance, from: readonly T[]): T => {
  const picked = from[Math.floor(chance() * from.length)];
  if (picked === undefined) throw new Error('nothing to pick from');
  return picked;
};

const prose = (chance: Chance, words: number): string =>
  Array.from({ length: Math.floor(chance() * words) }, () => pick(chance, WORDS)).join(' ');

const upTo = (chance: Chance, most: number): number => Math.floor(chance() * most);
const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const letters = (chance: Chance, count: number): string =>
  Array.from({ length: count }, () => LETTERS[upTo(chance, 64)]).join('');

/** A private key, at times longer than what is ever held back, or without its end. */
const block = (chance: Chance): string => {
  const lines = Array.from({ length: upTo(chance, 30) }, () => letters(chance, 64)).join('\n');
  const end = chance() < 0.6 ? '\n-----END RSA PRIVATE KEY-----' : '';
  return `-----BEGIN RSA PRIVATE KEY-----\n${lines}${end}`;
};

/** A table whose header says what its numbers are. */
export const table = (chance: Chance, rows: number): string => {
  const sign = pick(chance, [',', '\t', ';', ' | ']);
  const named = pick(chance, ['ssn', 'iban', 'card number', 'passport', 'phone', 'note']);
  const header = ['name', named, 'city'].join(sign);
  const digits = (): string => String(100_000_000 + upTo(chance, 899_999_999));
  const row = (): string =>
    [pick(chance, ['Ann', 'Bob', 'Zoë']), digits(), pick(chance, ['Rome', 'Ulm'])].join(sign);
  return `${header}\n${Array.from({ length: rows }, row).join('\n')}\n`;
};

/** What is longer than any match, and matches. */
const long = (chance: Chance): string =>
  `eyJhbGciOiJIUzI1NiJ9.eyJ${letters(chance, 300)}.${letters(chance, 43)}`;

/** A text of about so many parts; every kind of part turns up. */
export const textOf = (chance: Chance, parts: number): string => {
  let text = '';
  for (let i = 0; i <= upTo(chance, parts); i++) {
    const kind = chance();
    if (kind < 0.45) text += pick(chance, hits);
    else if (kind < 0.5) text += pick(chance, misses);
    else if (kind < 0.54) text += block(chance);
    else if (kind < 0.57) text += long(chance);
    else if (kind < 0.6) text += Buffer.from(pick(chance, hits)).toString('base64');
    else if (kind < 0.64) text += `\n${table(chance, 1 + upTo(chance, 6))}`;
    else text += prose(chance, 12);
    text += pick(chance, [' ', '\n', ', ', '', '', '. ']);
  }
  return text;
};

/** A text cut by chance: into single characters, small pieces, or two halves. */
export const cutByChance = (chance: Chance, text: string): string[] => {
  const mode = chance();
  if (mode > 0.7) {
    const at = upTo(chance, text.length + 1);
    return [text.slice(0, at), text.slice(at)];
  }
  const pieces: string[] = [];
  const most = mode < 0.2 ? 1 : mode < 0.5 ? 9 : 40;
  for (let at = 0; at < text.length; ) {
    const end = at + 1 + upTo(chance, most);
    pieces.push(text.slice(at, end));
    at = end;
  }
  return pieces;
};

/** What was found, as it can be compared. */
export const told = (findings: readonly Finding[]): string[] =>
  findings.map(({ type, action, value }) => `${type} ${action} ${value}`).sort();

export class Refused extends Error {}

/** A reading that notes what is found, and refuses as an exchange would. */
export const readingOf = (plan: Plan, pseudonyms: Pseudonyms, findings: Finding[] = []): Reading => ({
  scanner: scannerOf(plan.rules),
  plan,
  counts: new Map(),
  pseudonym: pseudonyms.hideReply,
  restore: pseudonyms.restore,
  found: (_, finding) => {
    findings.push(finding);
    if (finding.action === 'block') throw new Refused(finding.type);
  },
  refuse: (types) => {
    throw new Refused(types.join());
  },
});

/** The pseudonyms of a request in which these addresses were. */
export const pseudonymsOf = (...values: readonly string[]): Pseudonyms => {
  const pseudonyms = new Pseudonyms();
  for (const value of values) pseudonyms.hide('email', value);
  return pseudonyms;
};

/** What the whole text says: the oracle. */
export const wholeOf = (plan: Plan, pseudonyms: Pseudonyms, text: string) =>
  inspectText(plan, text, {
    counts: new Map(),
    pseudonym: pseudonyms.hideReply,
    restore: pseudonyms.restore,
  });

/** Reads a text in pieces; `deliver` is told of each piece of text as it is let go. */
export const readInPieces = (
  reading: Reading,
  pieces: readonly string[],
  deliver: (text: string) => void,
): void => {
  const channel = new Channel(reading, 'content');
  const held: { start: number; text: string }[] = [];
  const release = (): void => {
    for (let first = held[0]; first !== undefined; first = held[0]) {
      if (channel.decided < first.start + first.text.length) return;
      held.shift();
      deliver(channel.shown(first.text, first.start));
      channel.drop(first.start + first.text.length);
    }
  };
  for (const text of pieces) {
    held.push({ start: channel.length, text });
    channel.push(text, true);
    release();
  }
  channel.close();
  release();
  if (held.length > 0) throw new Error('something was never let go');
};
