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
  /(?:\\?["'`(<[]|b"|r"|u"|\$\(|(?:Bearer|Basic|Token|token|bearer|basic|String|str|SecretStr)[ \t(]+\\?["'`]?)*/y;
const WORD = /[ \t]+[\p{L}\d_()/'-]{1,24}/uy;
const INSIDE = /[ \t]*[({]|[ \t]*[\r\n]+[ \t]+/y;
const MEMBER = /[\w.-]{1,40}\\?["'`]?[ \t]*(?:=>|[:=])/g;
const CREDENTIAL = /key|secret|token|pass|pwd|auth|cred|sid|pat\b/i;
/** A type between a name and its value, a call, and a value that follows a credential's name with no sign at all. */
const TYPE = /[ \t]*&?(?:String|str|string|SecretStr|char|Text)\b\*?[ \t]*=[ \t]*/y;
const CALL = /[ \t]*\([ \t]*(?=\\?["'`])/y;
const BARE = /[ \t]+(?=[A-Za-z_.+/=-]{0,60}\d[\w.+/=-]{11})/y;
const CREDENTIAL_WORD = /^[ \t]+(?:key|token|secret|login|credential)$/i;
const FLAG = /(?:^|[\s"'`])--?[\w.-]*$/;

/** Positions at which the value of what is named at `[start, end)` may begin, at most a few. */
export const valuesOf = (text: string, start: number, end: number): readonly number[] => {
  const named = past(NAME, text, end);
  const closed = past(CLOSING, text, named);
  const operated = operatorAfter(text, closed) ?? afterJoined(text, end);
  const from = operated ?? closed;
  const inside = past(INSIDE, text, from);
  if (inside > from) return membersOf(text, inside, end + WAY_CHARS);
  if (operated !== undefined) return [valueAt(text, operated)];
  // A flag's value may follow a space.
  const next = past(SPACES, text, named);
  return next > named && FLAG.test(text.slice(Math.max(0, start - NAME_CHARS), start))
    ? [past(OPENING, text, next)]
    : [];
};

const valueAt = (text: string, from: number): number => past(OPENING, text, past(SPACES, text, from));

/** Values of an object's members, or of a call's arguments, that are named as credentials are. */
const membersOf = (text: string, from: number, limit: number): readonly number[] => {
  const values: number[] = [];
  MEMBER.lastIndex = from;
  for (let i = 0; i < MEMBERS; i++) {
    const member = MEMBER.exec(text);
    if (member === null || member.index > limit || text.slice(from, member.index).includes('}')) break;
    if (CREDENTIAL.test(member[0])) values.push(valueAt(text, MEMBER.lastIndex));
  }
  return values;
};

/** Past the operator that follows at once, or after a few words of prose. */
const operatorAfter = (text: string, from: number): number | undefined => {
  let at = from;
  for (let words = 0; words <= PROSE_WORDS; words++) {
    const closed = words === 0 ? at : past(CLOSING, text, at);
    const operated = Math.max(past(SIGN, text, closed), past(VERB, text, closed));
    if (operated > closed) return past(TYPE, text, operated);
    const called = past(CALL, text, closed);
    if (called > closed) return called;
    const next = past(WORD, text, at);
    if (next === at) return undefined;
    if (
      CREDENTIAL_WORD.test(text.slice(at, next)) ||
      (words === 0 && CREDENTIAL.test(text.slice(from - NAME_CHARS, from)))
    ) {
      const bare = past(BARE, text, next);
      if (bare > next) return bare;
    }
    at = next;
  }
  return undefined;
};

const afterJoined = (text: string, end: number): number | undefined => {
  if (text.charCodeAt(end) < 128) return undefined;
  const joined = past(JOINED, text, end);
  return joined > end ? joined : undefined;
};

const past = (pattern: RegExp, text: string, from: number): number => {
  pattern.lastIndex = from;
  return pattern.test(text) ? pattern.lastIndex : from;
};
