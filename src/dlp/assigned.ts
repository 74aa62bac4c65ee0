// Where the value of an assignment begins: `NAME=value`, `"name": {"key": "value"}`, `name is value`, `--name value`, YAML, XML.

/** Longest rest of a name after its keyword, and longest way from it to the value, in characters. */
const NAME_CHARS = 40;
const WAY_CHARS = 120;
/** Names inside names: `algolia: { search: { key: ... } }`. */
const LEVELS = 3;
/** Words of prose between a name and its `is`. */
const PROSE_WORDS = 4;

const NAME = /[\w.-]{0,40}/y;
const CLOSING = /\\?["'`\])>]{0,3}/y;
const OPERATOR =
  /[ \t]*(?:=>|:=|==?|->|:|>|,(?=[ \t]*\\?["'`])|[ \t]is(?: now)?[ \t]*:?|[ \t](?:ist|est|es|è|é|to|was|lautet)[ \t]*:?)/y;
const SPACES = /[ \t\r\n]*/y;
const OPENING =
  /(?:\\?["'`(<[]|b"|r"|u"|\$\(|(?:Bearer|Basic|Token|token|bearer|basic|String|str|SecretStr)[ \t(]+\\?["'`]?)*/y;
const NESTED = /[{\s\\"'`]*(?=[A-Za-z_])[\w.-]{1,40}\\?["'`]?[ \t]*(?:=>|[:=])/y;
const FLAG = /(?:^|[\s"'`])--?[\w.-]*$/;

/** Positions at which the value of what is named at `[start, end)` may begin, at most a few. */
export const valuesOf = (text: string, start: number, end: number): readonly number[] => {
  const values: number[] = [];
  const limit = end + WAY_CHARS;
  const named = past(NAME, text, end);
  const closed = past(CLOSING, text, named);
  const operated = operatorAfter(text, closed);
  if (operated === undefined) {
    // A flag's value may follow a space; so may a header's in some tools.
    const flag = FLAG.test(text.slice(Math.max(0, start - NAME_CHARS), start));
    const next = past(SPACES, text, named);
    if (flag && next > named) values.push(past(OPENING, text, next));
    return values;
  }
  let at = operated;
  for (let level = 0; level < LEVELS && at < limit; level++) {
    values.push(past(OPENING, text, past(SPACES, text, at)));
    const nested = past(NESTED, text, at);
    if (nested === at) break;
    at = nested;
  }
  return values;
};

/** Past the operator that follows at once, or after a few words of prose. */
const operatorAfter = (text: string, from: number): number | undefined => {
  const direct = past(OPERATOR, text, from);
  if (direct > from) return direct;
  let at = from;
  for (let words = 0; words < PROSE_WORDS; words++) {
    const word = /[ \t]+[\p{L}\d_()/'-]{1,24}/uy;
    const next = past(word, text, at);
    if (next === at) return undefined;
    at = next;
    const operated = past(OPERATOR, text, past(CLOSING, text, at));
    if (operated > at) return operated;
  }
  return undefined;
};

const past = (pattern: RegExp, text: string, from: number): number => {
  pattern.lastIndex = from;
  return pattern.test(text) ? pattern.lastIndex : from;
};
