// A whole reply, inspected: rewritten in place, so that what is not hidden keeps its bytes; written anew where another reader would
// take it for something else.

import type { Structure } from '../dialects/lens.ts';
import { Unreadable, withTexts } from '../dialects/lens.ts';
import type { Json } from '../json/document.ts';
import { JsonDocument } from '../json/document.ts';
import { parseJson } from '../json/parse.ts';
import { countKeys, isArray, isObject } from '../json/value.ts';
import { isUtf8, keysSpelled, surveyOf } from './exact.ts';
import type { Inspection, Rewritten } from './inspection.ts';

const decoder = new TextDecoder();

/** A whole reply's body as it goes on; the same bytes when nothing of it changes. Throws a Refusal, or {@link Unreadable}. */
export const wholeInspected = (
  inspection: Inspection,
  bytes: Uint8Array,
  isStructure: Structure,
): Uint8Array | string => {
  const text = decoder.decode(bytes);
  const body = jsonOf(text);
  const isSound = isUtf8(bytes, text);
  if (body === undefined) {
    // An upstream's error page is one text.
    const [only] = inspection.reply([text], isStructure).texts;
    return only?.text ?? (isSound ? bytes : text);
  }
  const isExact = isSound && keysSpelled(text) === countKeys(body);
  const { texts, hasTokens } = inspection.reply(body, isStructure);
  if (!isExact || !isObject(body))
    return JSON.stringify(withTexts(body, texts), hasTokens ? noTokens : undefined);
  return texts.length > 0 || hasTokens
    ? edited(new JsonDocument(bytes, text, body), texts, hasTokens)
    : bytes;
};

/** The probabilities of tokens spell the text that was there before it was rewritten, so they go. */
const edited = (
  document: JsonDocument,
  texts: readonly Rewritten[],
  hasTokens: boolean,
): Uint8Array | string => {
  const tokens = hasTokens ? surveyOf(document.value).tokens : [];
  for (const { path, changes } of texts) document.reword(path, changes);
  const places = new Map(
    tokens.map(({ path }) => [path.slice(0, path.indexOf('logprobs') + 1).join('\n'), path]),
  );
  for (const path of places.values()) {
    const isList = path.at(-1) === 'logprobs';
    document.set(path.slice(0, path.indexOf('logprobs') + 1), isList ? [] : null);
  }
  return document.output();
};

const noTokens = (key: string, value: unknown): unknown =>
  key !== 'logprobs' ? value : Array.isArray(value) ? [] : null;

const jsonOf = (text: string): Json | undefined => {
  let value: Json;
  try {
    value = parseJson(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw new Unreadable('the reply cannot be read');
  }
  return isObject(value) || isArray(value) ? value : undefined;
};
