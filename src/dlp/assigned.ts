// Where the value of an assignment begins: `NAME=value`, `"name": {"key": "value"}`, `name is value`, `--name value`, YAML, XML, CSV.

/** Longest rest of a name after its keyword, and longest way from it to the value, in characters. */
const NAME_CHARS = 40;
const WAY_CHARS = 120;
/** Members of an object that are looked at, and words of prose between a name and its `is`. */
const MEMBERS = 6;
const PROSE_WORDS = 4;

const NAME = /[\w.-]{0,40}/y;
const CLOSING = /\\?["'`\])>]{0,3}/y;
const SIGN = /[ \t]*(?:=>|:=|==?|->|[:：＝]|>|[,|\t](?=[ \t]*(?:\\?["'`]|[\w+/=-]{8})))/y;
const VERB =
  /[ \t]+(?:is|ist|est|es|è|é|to|was|lautet|jest|är|er|on|это|:)(?: now| jetzt)?(?![\p{L}\p{N}])[ \t]*:?/uy;
/** Scripts without spaces write on from the name: `のAPIキーは`, `的密钥是`. */
const JOINED = /[^\p{ASCII}]{0,20}?[A-Za-z]{0,12}[^\p{ASCII}]{0,20}?(?:は|是|为|為|：|는|은)[ \t]*/uy;
const SPACES = /[ \t\r\n]*/y;
const OPENING =
  /(?:\[\]byte\(|\\?["'`(<[「『“„«]|[@bru$]"|\$\(|(?:Bearer|Basic|Token|token|bearer|basic|String|str|SecretStr)[ \t(]+\\?["'`]?)*/y;
const WORD = /[ \t]+[\p{L}\d_()/'-]{1,24}/uy;
const INSIDE = /[ \t]*[({]|[ \t]*[\r\n]+[ \t]+/y;
const MEMBER = /[\w.-]{1,40}\\?["'`]?[ \t]*(?:=>|[:=])/g;
/** Members that leave it to what is around them to say what they hold: `- name: API_KEY\n  value: ...`, `variable "api_key" { default = ... }`. */
const PLAIN = /^(?:value|default)\b/i;
const CREDENTIAL = /identified by|key|secret|token|pass|pwd|auth|cred|sid|pat\b/i;
/** A type between a name and its value, a call, and a value that follows a credential's name with no sign at all. */
const TYPE = /[ \t]*&?(?:String|str|string|SecretStr|char|Text)\b\*?[ \t]*=[ \t]*/y;
const CALL = /[ \t]*\([ \t]*(?=\\?["'`])/y;
const BARE = /[A-Za-z0-9.+/-]*/y;
/** A value in quotation marks after its name, as in SQL: `PASSWORD '...'`. */
const QUOTED = /^(["'])[^"'\s]{6,}\1/;
const QUOTED_CHARS = 72;
/** A value without a sign before it is longer than most words, and has a digit. */
const BARE_CHARS = 12;
const CREDENTIAL_WORD = /^[ \t]+(?:key|token|secret|login|credential)$/i;
const ELEMENT = /<[\w:.-]*$/;
const FLAG = /(?:^|[\s"'`])--?[\w.-]*$/;

/** How far a pattern that does not match may look beyond where it begins, spaces apart, and how far one for joined words may. */
const AHEAD_CHARS = 32;
const JOINED_CHARS = 64;

/** How far the values of the last name were looked for, all but what the last patterns may have looked ahead. */
let reach = 0;

/** Whether the values that {@link valuesOf} gave last stay what they are, however `text` goes on. */
export const areSettled = (text: string): boolean => {
  let left = AHEAD_CHARS;
  for (let at = reach; at < text.length && left > 0; at++) if (text.charCodeAt(at) > SPACE) left -= 1;
  return left === 0;
};
const SPACE = 32;

/**
 * Positions at which the value of what is named at `[start, end)` may begin, at most a few. All ways to read it count, so that what
 * comes later in a stream adds readings and takes none away.
 */
export const valuesOf = (text: string, start: number, end: number): readonly number[] => {
  reach = end;
  const named = past(NAME, text, end);
  const closed = mayBegin(text, named, CLOSES) ? past(CLOSING, text, named) : named;
  const values = operatorsAfter(text, closed).flatMap((operated) => valuesAt(text, operated, end));
  if (text.charCodeAt(end) >= 128) {
    reach = Math.max(reach, end + JOINED_CHARS);
    const joined = past(JOINED, text, end);
    if (joined > end) values.push(...valuesAt(text, joined, end));
  }
  // The text of an element: `<apiKey>value</apiKey>`.
  if (text.charAt(named) === '>' && ELEMENT.test(text.slice(Math.max(0, start - NAME_CHARS), start)))
    values.push(...valuesAt(text, named + 1, end));
  const inside = mayBegin(text, closed, OPENS) ? past(INSIDE, text, closed) : closed;
  if (inside > closed) values.push(...membersOf(text, inside, end + WAY_CHARS));
  // A flag's value may follow a space.
  const next = mayBegin(text, named, OPENS) ? past(SPACES, text, named) : named;
  if (next > named && isFlag(text.slice(Math.max(0, start - NAME_CHARS), start)))
    values.push(past(OPENING, text, next));
  return values;
};

const isFlag = (before: string): boolean => before.includes('-') && FLAG.test(before);

/** The value after an operator, and those inside it when it is an object. */
const valuesAt = (text: string, operated: number, end: number): readonly number[] => {
  const inside = past(INSIDE, text, operated);
  const value = past(OPENING, text, past(SPACES, text, operated));
  return inside > operated ? [value, ...membersOf(text, inside, end + WAY_CHARS)] : [value];
};

/** Values of an object's members, or of a call's arguments, that are named as credentials are. */
const membersOf = (text: string, from: number, limit: number): readonly number[] => {
  const values: number[] = [];
  reach = Math.max(reach, limit);
  const near = text.slice(from, limit);
  MEMBER.lastIndex = 0;
  for (let i = 0; i < MEMBERS; i++) {
    const member = MEMBER.exec(near);
    if (member === null || near.slice(0, member.index).includes('}')) break;
    const at = from + member.index + member[0].length;
    if (CREDENTIAL.test(member[0]) || PLAIN.test(member[0]))
      values.push(past(OPENING, text, past(SPACES, text, at)));
  }
  return values;
};

/** Past the operator that follows at once or after a few words of prose, and past names that a value may follow with no sign. */
const operatorsAfter = (text: string, from: number): number[] => {
  const found: number[] = [];
  let isCredential = CREDENTIAL.test(text.slice(Math.max(0, from - NAME_CHARS), from));
  let at = from;
  for (let words = 0; words <= PROSE_WORDS; words++) {
    const closed = words > 0 && mayBegin(text, at, CLOSES) ? past(CLOSING, text, at) : at;
    const operated = pastOperator(text, closed);
    if (operated > closed) {
      found.push(past(TYPE, text, operated));
      break;
    }
    if (isCredential) {
      const bare = bareAfter(text, at);
      if (bare !== undefined) found.push(bare);
    }
    const next = mayBegin(text, at, SPACE_OR_TAB) ? past(WORD, text, at) : at;
    if (next === at) break;
    isCredential = CREDENTIAL_WORD.test(text.slice(at, next));
    at = next;
  }
  return found;
};

/** Past a sign, a verb or a bracket, whichever may be there by its first character. */
const pastOperator = (text: string, from: number): number => {
  let first = from;
  while (mayBegin(text, first, SPACE_OR_TAB)) first += 1;
  const isApart = first > from;
  if (text.charCodeAt(first) >= 128) return Math.max(past(SIGN, text, from), past(VERB, text, from));
  // A tab is a sign itself.
  const sign = mayBegin(text, first, SIGNS) || (isApart && text.slice(from, first).includes('\t'));
  return Math.max(
    sign ? past(SIGN, text, from) : from,
    isApart && mayBegin(text, first, VERBS) ? past(VERB, text, from) : from,
    mayBegin(text, first, BRACKET) ? past(CALL, text, from) : from,
  );
};

/** Where a value begins that stands bare after its name; one that the text's end cuts may be one. */
const bareAfter = (text: string, from: number): number | undefined => {
  const start = mayBegin(text, from, OPENS) ? past(SPACES, text, from) : from;
  if (start === from) return undefined;
  if (mayBegin(text, start, QUOTES)) {
    reach = Math.max(reach, start + QUOTED_CHARS);
    if (QUOTED.test(text.slice(start, start + QUOTED_CHARS))) return start + 1;
  }
  const end = past(BARE, text, start);
  if (end === text.length) return start;
  const value = text.slice(start, end);
  return value.length >= BARE_CHARS && /\d/.test(value) && !'=:_('.includes(text.charAt(end))
    ? start
    : undefined;
};

/** What the patterns begin with, in ASCII: a bit each, so that most are never tried. */
const CLOSES = 1;
const SPACE_OR_TAB = 2;
const SIGNS = 4;
const VERBS = 8;
const BRACKET = 16;
const OPENS = 32;
const QUOTES = 64;
const BEGINNINGS: Uint8Array = Uint8Array.from({ length: 128 }, (_, code) =>
  [`\\"'\`])>`, ' \t', '=:->,|\t', 'ietwljo:', '(', ' \t\r\n({', `"'`].reduce(
    (bits, signs, i) => (signs.includes(String.fromCharCode(code)) ? bits | (1 << i) : bits),
    0,
  ),
);

const mayBegin = (text: string, at: number, what: number): boolean =>
  ((BEGINNINGS[text.charCodeAt(at)] ?? 0) & what) !== 0;

const past = (pattern: RegExp, text: string, from: number): number => {
  pattern.lastIndex = from;
  const end = pattern.test(text) ? pattern.lastIndex : from;
  if (end > reach) reach = end;
  return end;
};
