// What stands where a secret will be: placeholders, references to variables, masks. None of them is worth hiding.
import type { Checks } from './check.ts';

/** What documentation writes into a secret's place, and what random characters spell once in many millions. */
const WORDS = new RegExp(
  (
    'example sample placeholder dummy redacted masked removed insert replace changethis fake foobar notreal not-real ' +
    'not_real notasecret not-a- not_a_ your_ your- your. yourapi yourkey yourtoken yoursecret yourpass yourown my_api ' +
    'my-api my_secret my-secret my_token my-token mytoken myapikey mysecretkey api-key-here api_key_here key_here ' +
    'key-here token_here token-here secret_here secret-here password_here password-here goeshere goes_here goes-here ' +
    'xxxx todo censored obfuscated sanitized scrubbed filtered deadbeefdeadbeef qwertyuiop dein- ihr- votre- tu- ' +
    'ejemplo beispiel exemple esempio exemplo voorbeeld przyklad пример'
  )
    .replaceAll('.', '\\.')
    .replaceAll(' ', '|'),
);

/** As many characters in a row, each the same or each the next one, are typed, not drawn. */
const SAME = 6;
const NEXT = 8;

/** Whether a text has a long row of one character, or of the alphabet or the digits in order. */
const typed = (text: string): boolean => {
  let same = 1;
  let next = 1;
  for (let i = 1; i < text.length; i++) {
    const step = text.charCodeAt(i) - text.charCodeAt(i - 1);
    same = step === 0 ? same + 1 : 1;
    next = step === 1 || (step === -9 && text[i] === '0') ? next + 1 : 1;
    if (same >= SAME || next >= NEXT) return true;
  }
  return false;
};

const PAIRS = ['<>', '[]', '{}', '()', '%%', '@@', '__', '##'];

/** `${VAR}`, `{{ var }}`, `$VAR`, `$var`, `%VAR%`, `<your key>`, `[key]`, `@VAR@`, `%s`, and what merely begins so. */
const reference = (value: string): boolean => {
  const ends = `${value.charAt(0)}${value.charAt(value.length - 1)}`;
  if (value.length > 1 && PAIRS.includes(ends)) return true;
  if (/^(?:[$#@]?\$?\{|\$\(|<%|%\(|\$[A-Za-z_]+[/.:)\]-])|[$#]\{|\{\{/.test(value)) return true;
  return /^(?:\$[A-Z_][A-Z0-9_]*|\$[a-z_][A-Za-z_]*|%[sdvqr])$/.test(value);
};

/** `****`, `abc***`, `...`, `sk-...`, and a row of anything that hides. */
const hidden = (value: string): boolean =>
  value.includes('***') ||
  value.includes('•••') ||
  value.includes('…') ||
  value.includes('...') ||
  /^[xX*#?_.-]+$/.test(value);

/** Whether a value is a stand-in for a secret rather than one. Linear in its length. */
export const placeholder = (value: string): boolean => {
  return WORDS.test(value.toLowerCase()) || typed(value) || reference(value) || hidden(value);
};

export const secretsPlaceholderChecks: Checks = {
  'not-placeholder': (match) => !placeholder(match),
};
