// Whether the value of something called a password, a key or a token is one: the name alone says too little, since
// code assigns variables, calls, paths and settings to such names all day.
import type { Checks } from './check.ts';
import { placeholder } from './secrets-placeholder.ts';

/** The passwords people choose (from the yearly lists of leaked ones) that look like plain words or numbers. */
const COMMON = new Set(
  (
    'changeit letmein welcome welcome1 qwerty qwertz azerty qwertyui iloveyou dragon monkey sunshine princess ' +
    'football baseball superman batman trustno1 hunter2 starwars passw0rd p4ssw0rd pa55word password1 password12 ' +
    'password123 passwort1 senha123 secret123 admin123 admin1234 root123 toor abc123 a1b2c3 1q2w3e 1q2w3e4r 1qaz2wsx ' +
    'qwe123 qazwsx zaq12wsx asdfgh asdf1234 123456 1234567 12345678 123456789 1234567890 12345 123123 111111 000000 ' +
    '666666 654321 987654321 112233 121212 101010 11111111 00000000 88888888 123321 correcthorsebatterystaple ' +
    'wachtwoord1 haslo123 heslo123 opensesame swordfish guest123 test1234 test123 demo1234 temp1234 temp123'
  ).split(' '),
);

/** Words that tell of a secret instead of being it: kinds, states, methods, units. */
const PLAIN =
  /^(?:[a-z]?sha-?\d{1,3}|md5|base\d\d|utf-?\d{1,2}|[rhep]s\d{3}|aes-?\d{3}(?:-?[a-z]{3})?|rsa-?\d{4}|argon2(?:id?|d)?|pbkdf2|scrypt|bcrypt|x509|oauth-?[12]|http-?[123]|ipv[46]|ed25519|secp256k1|v\d{1,3}(?:\.\d+)*|level-?\d|type-?\d|step-?\d|p\d{1,2}|aws4-hmac-sha256|k8s|i18n|mp[34]|s3|ec2|b2[bc]|2fa|mfa|otp)$/;

const DIGITS = /^[+-]?\d[\d.,:_/ -]*$/;
const UNIT =
  /^\d+(?:\.\d+)?(?:%|[kmgt]i?b|ms|s|sec|m|min|h|hrs?|d|days?|w|px|em|rem|chars?|bits?|bytes?|x)$/i;
const DATE = /^\d{4}-\d\d-\d\d|^\d{1,2}[./]\d{1,2}[./]\d{2,4}|^\d{1,2}-[A-Za-z]{3}-\d{2,4}/;
const UUID = /^\{?[\dA-Fa-f]{8}(?:-[\dA-Fa-f]{4}){3}-[\dA-Fa-f]{12}\}?$/;
const PATH =
  /^(?:[a-z][a-z\d+.-]*:\/\/|(?:arn|urn|mailto|data|vault|op|secret|ref|env|file|ssm|kms|gcp|aws):|\.{0,2}\/|~\/|[A-Za-z]:\\|\\\\)/i;
/** Base64 that happens to begin like a path: long, with no second slash soon and digits between. */
const SLASHED_KEY = /^\/[A-Za-z0-9+]*\d[A-Za-z0-9+/]{24,}={0,2}$/;
const FILE =
  /\.(?:pem|key|crt|cer|p12|pfx|jks|txt|json|ya?ml|toml|ini|conf|cfg|env|xml|html?|php|jsx?|tsx?|py|rb|go|java|kt|cs|sh|ps1|sql|csv|md|log|pdf|docx?|xlsx?|png|jpe?g|svg|gif|com|org|net|io|dev|local)$/i;
const EMAIL = /^[^@\s]+@[^@\s]+\.[A-Za-z]{2,}$/;
/** A call, an index, a member: `getenv("X")`, `os.environ['X']`, `config.password`, `a->b`, `A::B`. */
const CODE =
  /^(?:[A-Za-z_$][\w$]*(?:\(|\[[\w'"$]|->|::|\?\.)|[A-Za-z_$]+\d?\.[A-Za-z_$]+\d?(?:[.([=,;]|$)|[a-z]+[A-Z][A-Za-z]*\d\b|[a-z]+\d$)/;

/** Words and short numbers joined by dashes, dots, slashes or underscores: names of things, versions of models. */
const NAME =
  /^(?:[A-Za-z]{1,3}\d{1,3}|[A-Za-z]+|\d{1,8})(?:[-_./:| ](?:[A-Za-z]{1,3}\d{1,3}|[A-Za-z]+|\d{1,8}))+$/;

/** `password2`, `newToken1`, `kube-api-access-7xk2p`: a variable of a few, a thing with a suffix drawn for it. */
const NUMBERED =
  /^(?:(?:new|old|confirm|user|db|my|the|expected|actual|api)?_?(?:pass(?:word|wd|phrase)?|pwd|token|secret|key|credentials?)\d?|[a-z]{3,}(?:-[a-z]{3,})+(?:-[a-z\d]{4,12}){1,2})$/i;
/** `AuthenticationMD5Password`, `Uint8Array`, `X509Certificate`: a type of a program. */
const TYPE_NAME = /^(?:[A-Z][a-z]+)*[A-Z]*\d{1,4}(?:[A-Z][a-z]+)+$/;

/** Letters that spell words: few capitals among small ones, or vowels where a language has them. Drawn ones have neither. */
const wordy = (letters: string): boolean => {
  const capitals = letters.replace(/[^A-Z]/g, '').length / Math.max(1, letters.length);
  if (capitals > 0 && capitals < 1) return capitals < 0.28 || capitals > 0.75;
  const vowels = letters.replace(/[^aeiouyAEIOUY]/g, '').length / Math.max(1, letters.length);
  return vowels > 0.24 && !/[^aeiouy]{5}/i.test(letters);
};

/** What neither a password nor a key is, whatever it is assigned to. */
const plain = (value: string): boolean => {
  if (placeholder(value) || CODE.test(value) || EMAIL.test(value)) return true;
  if (PATH.test(value) && !SLASHED_KEY.test(value)) return true;
  if (FILE.test(value) && !/[!#$%^&*+=]/.test(value)) return true;
  return DATE.test(value) || UNIT.test(value) || PLAIN.test(value.toLowerCase());
};

/** A password hashed already: `$2b$...`, `$argon2id$...`, `{SSHA}...`, `pbkdf2_sha256$...`. */
const HASHED =
  /^(?:\$(?:2[abxy]?|argon2\w*|[1567y]|pbkdf2[\w-]*|scrypt|apr1|sha\d)\$|\{[A-Z]{3,}\d*\}|(?:pbkdf2|scrypt|bcrypt|argon2|sha\d+|md5)[_$:])/i;
/** What a value runs into when its end was not seen: the next parameter, the next property, an escaped line end. */
const OVERRUN =
  /\|[A-Za-z]+\||[&?][A-Za-z_][\w.-]*=|[,;|][A-Za-z_][\w.-]*(?:[=:]|$)|[)}\]][.,;]|\\[nrt"]|=>|&&|\|\|/;
/** `#login-field`, `.pwd`: where a password is typed, not what. */
const SELECTOR = /^[#.][a-z][\w-]*$/;
/** `Summer-2024`: words and numbers like a name's, but people's favourite. */
const FAVOURITE = /^[A-Z][a-z]{3,}(?:[-_.][A-Z][a-z]{3,}){0,3}[-_.]?\d{2,4}$/;

/**
 * Whether `value` is one a person or a generator would choose as a password: a common one, or of two kinds of characters
 * at least and neither a name, a call, a path, a number nor a stand-in.
 */
export const passwordLike = (value: string): boolean => {
  const bare = value.replace(/[.,;:!?]+$/, '');
  if (COMMON.has(bare.toLowerCase()) || FAVOURITE.test(bare)) return true;
  if (bare.length < 5 || plain(value) || plain(bare) || DIGITS.test(bare) || UUID.test(bare)) return false;
  if (HASHED.test(value) || OVERRUN.test(value) || SELECTOR.test(value)) return false;
  if (NAME.test(bare) || NUMBERED.test(bare) || TYPE_NAME.test(bare)) return false;
  if (/^\p{L}+$/u.test(bare)) return bare.length >= 8 && /^[A-Za-z]+$/.test(bare) && !wordy(bare);
  // A word with a dash, an apostrophe or signs around it: text, unless the signs are ones of passwords.
  if (/^[^\p{L}\p{N}]*\p{L}+(?:[-'’/]\p{L}+)*[^\p{L}\p{N}]*$/u.test(bare))
    return bare.length > 7 && /[@#$%^&*+=~|]/.test(bare);
  return !bare.startsWith('=') && /[\p{N}@#$%^&*!?+=~]/u.test(bare);
};

/** Bits of Shannon entropy a character. */
export const entropyOf = (text: string): number => {
  const counts = new Map<string, number>();
  for (const char of text) counts.set(char, (counts.get(char) ?? 0) + 1);
  let bits = 0;
  for (const count of counts.values()) bits -= (count / text.length) * Math.log2(count / text.length);
  return bits;
};

/** Below it a key of sixteen characters or more is spelled, not drawn; hexadecimal digits reach four at most. */
const KEY_ENTROPY = 3;

/** Whether `value` is drawn at random, as keys and tokens are: letters and digits mixed, no words, no stand-in. */
export const keyLike = (value: string): boolean => {
  if (UUID.test(value)) return !placeholder(value);
  if (plain(value) || DIGITS.test(value) || NAME.test(value) || NUMBERED.test(value)) return false;
  if (TYPE_NAME.test(value) || /\|[A-Za-z]+\|/.test(value)) return false;
  if (entropyOf(value) < KEY_ENTROPY) return false;
  const letters = value.replace(/[^A-Za-z]/g, '');
  const digits = value.length - value.replace(/\d/g, '').length;
  if (digits === 0) return !/[-_. ]/.test(value) && /[^aeiouy]{5}/i.test(letters) && !wordy(letters);
  // Names of things end in a number or have one in the middle; in a random text digits come in several places.
  const places = value.match(/\d+/g)?.length ?? 0;
  return places > 2 || (places > 1 && value.length < 24) || !wordy(letters);
};

/** A key in a cookie, where a UUID more often only counts visitors. */
const cookieLike = (value: string): boolean => !UUID.test(value) && keyLike(value);

const CLASSES = [/[A-Z]/, /[a-z]/, /\d/, /[!@#$%^&*?~]/];
/** Classes of characters as a rule for passwords spells them. */
const RULE = /[aA]-[zZ]|0-9|!@#|\(\?=|\\d/;

/** A password one knows by its looks alone: of all four kinds of characters, and none of what also has them. */
export const strongPassword = (value: string): boolean =>
  CLASSES.every((kind) => kind.test(value)) && !RULE.test(value) && passwordLike(value);

/** A password next to the word for one, without a sign between: capitals, small letters and digits as a generator mixes them. */
export const mixedPassword = (value: string): boolean => {
  if (!/[A-Z]/.test(value) || !/[a-z]/.test(value) || !/\d/.test(value) || !passwordLike(value)) return false;
  const letters = value.replace(/[^A-Za-z]/g, '');
  return letters.length > 3 && (value.match(/\d+/g)?.length ?? 0) > 1 && !wordy(letters);
};

/** The password glued to `-p`, as MySQL's programs take it. */
const flagPassword = (match: string): boolean => passwordLike(match.slice(2));

export const secretsLikenessChecks: Checks = {
  'password-like': passwordLike,
  'strong-password': strongPassword,
  'mixed-password': mixedPassword,
  'flag-password': flagPassword,
  'key-like': keyLike,
  'cookie-like': cookieLike,
  'mixed-case': (match) => /[A-Z]/.test(match) && /[a-z]/.test(match) && /\d/.test(match),
};
