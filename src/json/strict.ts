// The door for JSON: bytes become a value only if every parser there is would read the same value from them.
import { JsonFault, quotedKey } from './fault.ts';
import { readValue } from './parse.ts';
import {
  CLOSE_ARRAY,
  CLOSE_OBJECT,
  COLON,
  endOfString,
  OPEN_ARRAY,
  OPEN_OBJECT,
  outline,
  QUOTE,
  skipSpace,
  stringAt,
} from './scan.ts';
import type { Json, JsonObject } from './value.ts';
import { countKeys, isObject } from './value.ts';

const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Reads a JSON object (RFC 8259, UTF-8 without BOM, every key once); throws JsonFault. `depth` is in nested arrays and objects. */
export const readStrict = (
  bytes: Uint8Array,
  limits: { readonly depth: number },
): { text: string; value: JsonObject } => {
  const text = decoded(bytes);
  const parsed = parse(text);
  const { keys, depth, escapedKeys } = outline(text);
  if (depth > limits.depth)
    throw new JsonFault('depth', `The body nests ${depth} deep; the limit is ${limits.depth}.`);
  const value = escapedKeys ? readValue(text) : parsed;
  if (!isObject(value)) throw new JsonFault('not_object', 'The body is not a JSON object.');
  // JSON.parse keeps the last of two equal keys, another parser the first: a duplicate shows as a key that got lost.
  if (keys !== countKeys(value)) throw duplicateFault(text);
  return { text, value };
};

const decoded = (bytes: Uint8Array): string => {
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf)
    throw new JsonFault('encoding', 'The body starts with a byte order mark.');
  try {
    return UTF8.decode(bytes);
  } catch {
    throw new JsonFault('encoding', 'The body is not valid UTF-8.');
  }
};

const parse = (text: string): Json => {
  try {
    return JSON.parse(text);
  } catch (error) {
    // The engine's own message quotes the body. Only a position at its very end is the engine's and not the body's.
    const position =
      error instanceof Error
        ? /at position (\d+)(?: \(line \d+ column \d+\))?$/.exec(error.message)?.[1]
        : undefined;
    throw new JsonFault(
      'syntax',
      position === undefined
        ? 'The body is not valid JSON.'
        : `The body is not valid JSON at position ${position}.`,
    );
  }
};

const duplicateFault = (text: string): JsonFault => {
  const found = findDuplicate(text);
  return new JsonFault(
    'duplicate',
    found
      ? `The key ${quotedKey(found.key)} is in one object twice, at position ${found.position}.`
      : 'A key is in one object twice.',
  );
};

/** The first key that its object already has, with the position of its second spelling in UTF-16 units. */
export const findDuplicate = (text: string): { key: string; position: number } | undefined => {
  const around: (Set<string> | undefined)[] = [];
  let keys: Set<string> | undefined;
  for (let offset = 0; offset < text.length; offset++) {
    const char = text.charCodeAt(offset);
    if (char === OPEN_OBJECT || char === OPEN_ARRAY) {
      around.push(keys);
      keys = char === OPEN_OBJECT ? new Set() : undefined;
    } else if (char === CLOSE_OBJECT || char === CLOSE_ARRAY) {
      keys = around.pop();
    } else if (char === QUOTE) {
      const end = endOfString(text, offset);
      if (keys && text.charCodeAt(skipSpace(text, end)) === COLON) {
        const key = stringAt(text, offset, end);
        if (keys.has(key)) return { key, position: offset };
        keys.add(key);
      }
      offset = end - 1;
    }
  }
  return undefined;
};
