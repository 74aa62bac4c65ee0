// Finds its way in a JSON text (RFC 8259) that JSON.parse has accepted; on any other text the answers mean nothing, but come.
// Every function is linear, strings made of quotes or backslashes included.

export const QUOTE = 0x22;
export const COMMA = 0x2c;
export const COLON = 0x3a;
export const OPEN_ARRAY = 0x5b;
export const CLOSE_ARRAY = 0x5d;
export const OPEN_OBJECT = 0x7b;
export const CLOSE_OBJECT = 0x7d;
const BACKSLASH = 0x5c;
/** The last of the whitespace characters; between tokens nothing else up to it is valid. */
export const SPACE = 0x20;

/** Where the string that starts at `start` ends: the offset after its closing quote. */
export const endOfString = (text: string, start: number): number => {
  for (let quote = text.indexOf('"', start + 1); quote >= 0; quote = text.indexOf('"', quote + 1)) {
    // A run of backslashes is read once, because it ends at this quote and no other.
    let before = quote - 1;
    while (text.charCodeAt(before) === BACKSLASH) before--;
    if ((quote - before) % 2 === 1) return quote + 1;
  }
  return text.length;
};

/** The offset of the first character at or after `from` that is not whitespace. */
export const skipSpace = (text: string, from: number): number => {
  let offset = from;
  while (text.charCodeAt(offset) <= SPACE) offset++;
  return offset;
};

/** Where the value that starts at `start` ends. Iterative: nesting costs no stack. */
export const endOfValue = (text: string, start: number): number => {
  const first = text.charCodeAt(start);
  if (first === QUOTE) return endOfString(text, start);
  if (first !== OPEN_OBJECT && first !== OPEN_ARRAY) return endOfScalar(text, start);
  let depth = 0;
  for (let offset = start; offset < text.length; offset++) {
    const char = text.charCodeAt(offset);
    if (char === QUOTE) offset = endOfString(text, offset) - 1;
    else if (char === OPEN_OBJECT || char === OPEN_ARRAY) depth++;
    else if ((char === CLOSE_OBJECT || char === CLOSE_ARRAY) && --depth === 0) return offset + 1;
  }
  return text.length;
};

const endOfScalar = (text: string, start: number): number => {
  for (let offset = start; offset < text.length; offset++) {
    const char = text.charCodeAt(offset);
    if (char <= SPACE || char === COMMA || char === CLOSE_ARRAY || char === CLOSE_OBJECT) return offset;
  }
  return text.length;
};

/** `keys` as written (a key written twice counts twice), `depth` of nesting (`{}` is 1, a number 0), whether any key has an escape. */
export type Outline = { readonly keys: number; readonly depth: number; readonly escapedKeys: boolean };

/** What a JSON text is made of. */
export const outline = (text: string): Outline => {
  let keys = 0;
  let depth = 0;
  let deepest = 0;
  let start = 0;
  let end = 0;
  let backslash = nextBackslash(text, 0);
  let escapedKeys = false;
  for (let offset = 0; offset < text.length; offset++) {
    const char = text.charCodeAt(offset);
    if (char === QUOTE) {
      start = offset;
      end = endOfString(text, start);
      offset = end - 1;
    } else if (char === COLON) {
      keys++;
      // Each backslash is looked for once: only when the one known is behind this key.
      if (backslash < start) backslash = nextBackslash(text, start);
      if (backslash < end) escapedKeys = true;
    } else if (char === OPEN_OBJECT || char === OPEN_ARRAY) {
      depth++;
      if (depth > deepest) deepest = depth;
    } else if (char === CLOSE_OBJECT || char === CLOSE_ARRAY) {
      depth--;
    }
  }
  return { keys, depth: deepest, escapedKeys };
};

const nextBackslash = (text: string, from: number): number => {
  const found = text.indexOf('\\', from);
  return found < 0 ? text.length : found;
};

/** The string written from `start` to `end`, quotes included in the span. */
export const stringAt = (text: string, start: number, end: number): string => {
  const raw = text.slice(start + 1, end - 1);
  return raw.includes('\\') ? String(JSON.parse(text.slice(start, end))) : raw;
};
