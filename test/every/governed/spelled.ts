// All that a body or a stream spells: each of its texts, and what the pieces of a text spell together, whichever dialect it is in.

/** The value that is to be hidden, and a text with it. */
export const VALUE = 'ann.lee@corp-mail.de';
export const TEXT = `Write to ${VALUE} now.`;
/** What stands in its place. */
export const HIDDEN = '[email]';
/** Any half of the value. */
export const LEAK = /ann\.lee|corp-mail/i;

type Json = ReturnType<typeof JSON.parse>;

/** Everything that `text` spells, one text a line. */
export const spelledIn = (text: string): string => {
  const channels = new Map<string, string>();
  for (const value of valuesOf(text)) walk(value, String(value?.type ?? ''), channels);
  const said = [...channels.values()];
  return [text, ...said, ...said.flatMap(decoded)].join('\n');
};

/** What stands there in base64, a data URL's too. */
const decoded = (text: string): string[] => {
  const base64 = /^(?:data:[^,]*;base64,)?([\w+/-]{16,}={0,2})$/.exec(text)?.[1];
  return base64 === undefined ? [] : [Buffer.from(base64, 'base64').toString()];
};

/** A whole body, or the events or lines of a stream. */
const valuesOf = (text: string): Json[] => {
  const whole = parsed(text);
  if (whole !== undefined) return [whole];
  return text.split('\n').flatMap((line) => {
    const value = parsed(line.replace(/^data: ?/, ''));
    return value === undefined ? [] : [value];
  });
};

const parsed = (text: string): Json | undefined => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

const walk = (value: Json, place: string, channels: Map<string, string>): void => {
  if (typeof value === 'string') {
    channels.set(place, (channels.get(place) ?? '') + value);
    return;
  }
  if (Array.isArray(value)) {
    // Bytes of a token, and tokens of a list, follow each other.
    if (place.endsWith('/bytes')) walk(String.fromCharCode(...value.map(Number)), `${place}/text`, channels);
    const isFlat = place.includes('logprobs');
    value.forEach((each, at) => {
      walk(each, isFlat ? `${place}/*` : `${place}/${each?.index ?? at}`, channels);
    });
    return;
  }
  if (typeof value !== 'object' || value === null) return;
  Object.entries(value).forEach(([key, each], at) => {
    // Tokens may be names of fields, the likeliest first.
    walk(key, `${place}#${at}`, channels);
    walk(each, `${place}/${key}`, channels);
  });
};
