// A body with members of its top object taken out and put in; everything else keeps its exact bytes.
import { JsonDocument } from './document.ts';
import { parseJson } from './parse.ts';
import type { Json, JsonObject } from './value.ts';
import { isObject } from './value.ts';

/**
 * `change` sees the top object and says what is gone and what is put (a new member, or a new value of an old one). The body is
 * one of ours: a JSON object in UTF-8.
 */
export const withMembers = (
  body: Uint8Array | string,
  change: (value: JsonObject) => {
    readonly gone?: readonly string[];
    readonly put?: Readonly<Record<string, Json>>;
  },
): Uint8Array | string => {
  const bytes = typeof body === 'string' ? new TextEncoder().encode(body) : body;
  const text = typeof body === 'string' ? body : new TextDecoder().decode(body);
  const value = parseJson(text);
  if (!isObject(value)) throw new Error('a body to send is an object');
  const document = new JsonDocument(bytes, text, value);
  const { gone = [], put = {} } = change(value);
  for (const name of gone) if (Object.hasOwn(value, name)) document.remove([name]);
  for (const [name, member] of Object.entries(put)) document.add([], name, member);
  return document.output();
};
