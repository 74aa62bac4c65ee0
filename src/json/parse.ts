// JSON.parse made reliable. V8's reads an escaped key as another key when an object parsed earlier, in anyone's body, had a key that
// looks like its raw spelling: after {"a":[],"\\":0}, it reads {"a":1,"\u0063":2} as {"a":1,"\\":2}. Source: nodejs/node#63785.
import {
  CLOSE_ARRAY,
  CLOSE_OBJECT,
  COLON,
  COMMA,
  endOfString,
  endOfValue,
  OPEN_ARRAY,
  OPEN_OBJECT,
  outline,
  QUOTE,
  SPACE,
  stringAt,
} from './scan.ts';
import type { Json, OpenContainer } from './value.ts';
import { put } from './value.ts';

/** The value of any JSON text (RFC 8259), the last of equal keys winning; throws JSON.parse's SyntaxError, which quotes the text. */
export const parseJson = (text: string): Json => {
  const value: Json = JSON.parse(text);
  return text.includes('\\') && outline(text).escapedKeys ? readValue(text) : value;
};

/** Arrays and objects inside each other. Real bodies stay under 20; whatever walks through a value, or writes it, goes deeper by far. */
export const DEPTH_LIMIT = 100;

/** Whether a text nests deeper than that: what does would break what walks through it. */
export const isDeep = (text: string): boolean =>
  text.length > 2 * DEPTH_LIMIT && outline(text).depth > DEPTH_LIMIT;

/** As `parseJson`; throws a SyntaxError for what nests too deep, too. */
export const parseShallow = (text: string): Json => {
  if (isDeep(text)) throw new SyntaxError('the text nests too deep');
  return parseJson(text);
};

/** The value of a text that JSON.parse has accepted. Iterative: nesting costs no stack. */
export const readValue = (text: string): Json => {
  const top: Json[] = [];
  const around: OpenContainer[] = [];
  let container: OpenContainer = top;
  let key: string | undefined;
  const place = (value: Json): void => {
    if (Array.isArray(container)) container.push(value);
    else if (key !== undefined) put(container, key, value);
    key = undefined;
  };
  let offset = 0;
  while (offset < text.length) {
    const char = text.charCodeAt(offset);
    if (char <= SPACE || char === COMMA || char === COLON) {
      offset++;
    } else if (char === OPEN_OBJECT || char === OPEN_ARRAY) {
      const opened: OpenContainer = char === OPEN_OBJECT ? {} : [];
      place(opened);
      around.push(container);
      container = opened;
      offset++;
    } else if (char === CLOSE_OBJECT || char === CLOSE_ARRAY) {
      container = around.pop() ?? top;
      offset++;
    } else if (char === QUOTE) {
      const end = endOfString(text, offset);
      const string = stringAt(text, offset, end);
      if (Array.isArray(container) || key !== undefined) place(string);
      else key = string;
      offset = end;
    } else {
      const end = endOfValue(text, offset);
      place(JSON.parse(text.slice(offset, end)));
      offset = end;
    }
  }
  return top[0] ?? null;
};
