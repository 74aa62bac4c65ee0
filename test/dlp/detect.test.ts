// Values are found whatever they are written with, at their places in the text as given, and a text that comes in pieces says
// the same as the whole.
import { expect, test } from 'vitest';
import { compilePacks } from '../../src/dlp/compile.ts';
import { detect } from '../../src/dlp/detect.ts';
import { packSchema, THRESHOLD } from '../../src/dlp/pattern.ts';
import type { Match } from '../../src/dlp/scan.ts';
import { HOLD, Scanner } from '../../src/dlp/scan.ts';
import { disguised, seeded } from './disguise.ts';

const pattern = (id: string, regex: string, rest: Record<string, unknown> = {}) => ({
  id,
  title: id,
  category: 'pii',
  regex,
  hits: ['x'],
  ...rest,
});

const rules = compilePacks([
  packSchema.parse({
    pack: 'trial',
    title: 'Trial',
    version: 1,
    patterns: [
      pattern(
        'email',
        '[a-zA-Z0-9._+-]{1,64}@[a-zA-Z0-9-]{1,63}(?:\\.[a-zA-Z0-9-]{1,63}){0,4}\\.[a-zA-Z]{2,24}',
      ),
      pattern('card', '\\d{4}[ -]?\\d{4}[ -]?\\d{4}[ -]?\\d{4}', {
        keywords: ['card number'],
        confidence: 0.7,
      }),
      pattern('ssn', '\\d{3}-\\d{2}-\\d{4}', { keywords: ['ssn', 'social security'], context: 'required' }),
      pattern('passport', '[A-Z]{2} ?\\d{4,9}', { keywords: ['паспорт'], context: 'required' }),
      pattern('phone', '\\+\\d{1,3}(?:[ -]?\\d{2,4}){2,5}', { boundary: 'token' }),
      pattern('aws', 'AKIA[0-9A-Z]{16}', { category: 'secrets', boundary: 'token' }),
      pattern('jwt', 'eyJ[A-Za-z0-9_-]{5,}\\.eyJ[A-Za-z0-9_-]{5,}\\.[A-Za-z0-9_-]{3,}', {
        category: 'secrets',
        severity: 'critical',
        boundary: 'token',
      }),
      pattern('pem', '-----BEGIN [A-Z ]{0,20}PRIVATE KEY-----', {
        category: 'secrets',
        until: '-----END [A-Z ]{0,20}PRIVATE KEY-----',
      }),
    ],
  }),
]);
const scanner = new Scanner(rules);
const wanted = new Uint8Array(rules.rules.length).fill(HOLD);

const found = (text: string): readonly string[] =>
  detect(scanner, text, false, wanted)
    .matches.filter(({ confidence }) => confidence >= THRESHOLD)
    .map(({ rule, start, end }) => `${rule.pattern.id} ${text.slice(start, end)}`);

const base64 = (text: string): string => Buffer.from(text).toString('base64');
const tags = (text: string): string =>
  [...text].map((char) => String.fromCodePoint(0xe0000 + char.charCodeAt(0))).join('');

test('a value in disguise is found as it is written, disguise and all', () => {
  for (const value of [
    'john.doe@example.com',
    'jo\u200bhn.d\u00adoe@exam\u2060ple.com',
    'ｊｏｈｎ.doe＠example．com',
    'john.doe@example。com',
    '𝐣𝐨𝐡𝐧.𝕕𝕠𝕖@𝒆𝒙𝒂𝒎𝒑𝒍𝒆.𝚌𝚘𝚖',
    'ⓙⓞⓗⓝ.doe@example.com',
    'jоhn.dое@ехаmрlе.соm',
    'аррӏе@ехаmрlе.соm',
    'сосо@сосо.com',
    'ᴊᴏʜɴ@ᴇxᴀᴍᴘʟᴇ.ᴄᴏᴍ',
    'j̶o̶h̶n̶@̶e̶x̶a̶m̶p̶l̶e̶.̶c̶o̶m̶',
    'john%2Edoe%40example%2ecom',
    'john.doe&commat;example&period;com',
    'john.doe&#64;example&#x2E;com',
    'john.doe&#64example.com',
    'john\\u002edoe\\u0040example.com',
    'john\\\\x2edoe\\\\x40example.com',
    'jºhn@example.com',
  ])
    expect(found(`write to ${value}, please`), value).toContain(`email ${value}`);
  for (const value of [
    '４１１１ １１１１ １１１１ １１１１',
    '٤١١١ ١١١١ ١١١١ ١١١١',
    '४१११-११११-११११-११११',
    '𝟜𝟙𝟙𝟙 𝟙𝟙𝟙𝟙 𝟙𝟙𝟙𝟙 𝟙𝟙𝟙𝟙',
    '①②③④ ①②③④ ①②③④ ①②③④',
    '¹²³⁴ ₁₂₃₄ ¹²³⁴ ₁₂₃₄',
    '4\u20e3111\u00a01111\u20111111\u22121111',
    '4111&nbsp;1111&#160;1111&ndash;1111',
    '\u{1fbf4}111 1111 1111 1111',
  ])
    expect(found(`no ${value} there`), value).toContain(`card ${value}`);
  expect(found('АКІА1234567890АВСDЕF'), 'in lookalikes').toEqual(['aws АКІА1234567890АВСDЕF']);
  expect(found('паспорт АВ 123456')).toEqual(['passport АВ 123456']);
});

test('what an escape, a separator or a footnote would hide is found too', () => {
  expect(found('"\\n4111 1111 1111 1111\\n"')).toEqual(['card 4111 1111 1111 1111']);
  expect(found('at C:\\nancy@example.com')).toContain('email nancy@example.com');
  expect(found('x\u200b4111 1111 1111 1111\u200by')).toEqual(['card 4111 1111 1111 1111']);
  expect(found('see john@example.com¹ or 4111 1111 1111 1111²')).toEqual(
    expect.arrayContaining(['email john@example.com', 'card 4111 1111 1111 1111']),
  );
  expect(found(`4${tags('a')}111 1111${tags('b')} 1111 1111`)).toEqual([
    `card 4${tags('a')}111 1111${tags('b')} 1111 1111`,
  ]);
});

test('an encoded value is found, and only what carries it is named', () => {
  const said = 'please write to john.doe@example.com today';
  const padded = base64(`${said}!`);
  for (const text of [padded, `token=${padded}`, `data:text/plain;base64,${padded}`, `/path/x/${padded}`]) {
    const [only = '', ...rest] = found(text);
    expect(rest).toEqual([]);
    const carried = only.slice('email '.length);
    expect(padded).toContain(carried);
    expect(Buffer.from(carried, 'base64').toString()).toContain('john.doe@example.com');
    expect(carried.length).toBeLessThan(40);
  }
  const long = base64(`${said} - `.repeat(4));
  expect(found(long.replace(/.{64}/g, '$&\r\n'))).toHaveLength(4);
  expect(found(long.replace(/.{76}/g, '$&\\n'))).toHaveLength(4);
  expect(found(Buffer.from(said).toString('hex'))).toEqual([
    `email ${Buffer.from('john.doe@example.com').toString('hex')}`,
  ]);
  const bytes = [...Buffer.from(said)].map((byte) => `0x${byte.toString(16)}`).join(', ');
  expect(found(`[${bytes}]`)).toHaveLength(1);
  expect(found(said.replace(/./g, (char) => `\\x${char.charCodeAt(0).toString(16)}`))).toHaveLength(1);
  expect(found(`hi${tags('john.doe@example.com')}`)).toEqual([`email ${tags('john.doe@example.com')}`]);
  expect(found(base64('привет, пишите на john.doe@example.com'))).toHaveLength(1);
  expect(found(base64('123-45-6789'))).toEqual([]);
  expect(found(base64('ssn 123-45-6789'))).toHaveLength(1);
});

test('what is in a token without being a secret itself is a finding of its own', () => {
  const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const jwt = `${part({ alg: 'HS256', typ: 'JWT' })}.${part({ email: 'john.doe@example.com' })}.c2lnbmF0dXJl`;
  expect(found(jwt).map((line) => line.split(' ')[0])).toEqual(['jwt', 'email']);
  const clean = `${part({ alg: 'HS256', typ: 'JWT' })}.${part({ sub: 'someone', iat: 1516239022 })}.c2lnbmF0dXJl`;
  expect(found(clean).map((line) => line.split(' ')[0])).toEqual(['jwt']);
});

test('ordinary text of any script is not flagged', () => {
  for (const text of [
    'Обычный русский текст: 5 сентября 2024 года, т.е. осенью, в 10-м доме.',
    'Ελληνικό κείμενο με αριθμούς 2024 και σημεία.',
    'Հայերեն տեքստ 2024 թվականի համար։',
    '普通的中文文本，包含数字１２３４５６和标点。日本語の文章、２０２４年。',
    'نص عربي عادي ١٢٣٤٥٦ في عام ٢٠٢٤.',
    'internationalization /usr/local/share/applications d41d8cd98f00b204e9800998ecf8427e',
    '❤️ 👩‍💻 🇩🇪 1️⃣ m² CO₂ ½ № 5',
  ])
    expect(found(text), text).toEqual([]);
});

const sign = ({ rule, start, end, confidence, unclosed }: Match): string =>
  `${start}-${end} ${rule.pattern.id} ${confidence.toFixed(4)} ${unclosed}`;

/** What the scan of `text`'s first `chars` says otherwise than the whole of what it has decided; none: ''. */
const fault = (text: string, chars: number, whole: readonly Match[]): string => {
  const { matches, decided } = detect(scanner, text.slice(0, chars), true, wanted);
  const before = (all: readonly Match[]) => all.filter(({ start }) => start < decided).map(sign);
  const [now, then] = [before(matches), before(whole)];
  if (now.join() === then.join()) return '';
  return `${JSON.stringify(text)} cut at ${chars}, decided to ${decided}: ${now.join()} | whole: ${then.join()}`;
};

test('however a text is cut, what is decided of its beginning is what the whole says', () => {
  const random = seeded(20_240_911);
  let cuts = 0;
  let matches = 0;
  const faults: string[] = [];
  for (let texts = 0; texts < Number(process.env.DISGUISED_TEXTS ?? 120); texts++) {
    const text = disguised(random);
    const whole = detect(scanner, text, false, wanted).matches;
    matches += whole.length;
    for (let chars = 0; chars <= text.length; chars++, cuts++) {
      const line = fault(text, chars, whole);
      if (line !== '') faults.push(line);
    }
  }
  console.log(`${cuts} cuts, ${matches} matches`);
  expect(faults.slice(0, 3)).toEqual([]);
});

test('what is held back is bounded, also of an image in base64', () => {
  const random = seeded(7);
  const image = Buffer.from(Uint8Array.from({ length: 30_000 }, () => random() * 256)).toString('base64');
  for (let chars = 1; chars < image.length; chars += 97) {
    const { decided } = detect(scanner, image.slice(0, chars), true, wanted);
    expect(chars - decided).toBeLessThan(256);
  }
});

test('the same text gives the same matches in the same order, each once', () => {
  const random = seeded(11);
  for (let texts = 0; texts < 200; texts++) {
    const text = disguised(random);
    const all = detect(scanner, text, false, wanted).matches.map(sign);
    expect(detect(scanner, text, false, wanted).matches.map(sign)).toEqual(all);
    expect(new Set(all).size).toBe(all.length);
  }
});
