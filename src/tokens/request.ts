// How many tokens a request is, counted without its model: its texts, a little for each object around them, a usual size for what is
// no text. The lens of its dialect says which strings are text.
import type { Structure } from '../dialects/lens.ts';
import { textsOf } from '../dialects/lens.ts';
import { uninspectable } from '../dlp/uninspectable.ts';
import type { Json } from '../json/value.ts';
import { isArray, isObject } from '../json/value.ts';
import { estimateTexts } from './estimate.ts';
import type { Ratios } from './ratios.ts';

/** A turn, a part of one, a tool, a field of a schema: each is told from the next by some tokens. */
const OBJECT_TOKENS = 4;
/** An image is 85 tokens to some 1,600 by its size and its vendor, a page of a document more; what it is, is not looked at. */
const FILE_TOKENS = 1_000;

/** An estimate before any correction. `isAllText`: nothing was guessed by its kind alone, so that it can be learned from. */
export type Estimated = { readonly tokens: number; readonly isAllText: boolean };

/** Estimates the input tokens of a request's body. `structure`: the dialect's, of requests. Takes milliseconds at most. */
export const estimateRequest = (body: Json, structure: Structure): Estimated => {
  let files = 0;
  let sealed = 0;
  const texts: string[] = [];
  for (const text of textsOf(body, structure)) {
    const unread = uninspectable(body, text);
    if (unread === undefined) texts.push(text.text);
    else if (unread.kind === ENCRYPTED) sealed++;
    else files++;
  }
  const { objects, numbers } = sizeOf(body);
  if (texts.length + files + numbers === 0) return { tokens: 0, isAllText: true };
  return {
    tokens: estimateTexts(texts) + objects * OBJECT_TOKENS + numbers + files * FILE_TOKENS,
    isAllText: files + sealed === 0,
  };
};

/** Hidden reasoning and signatures: what the provider makes of them, nobody here can tell. */
const ENCRYPTED = 'an encrypted block';

/** The input tokens that `model` (the upstream's name for it) would count, as far as this replica has learned; a whole number. */
export const inputTokens = (ratios: Ratios, model: string, body: Json, structure: Structure): number =>
  ratios.corrected(model, estimateRequest(body, structure).tokens);

/** Objects in a body, and numbers: in prompts that were made tokens by the client each is one. */
const sizeOf = (body: Json): { readonly objects: number; readonly numbers: number } => {
  let objects = 0;
  let numbers = 0;
  const todo: Json[] = [body];
  for (let here = todo.pop(); here !== undefined; here = todo.pop()) {
    if (typeof here === 'number') numbers++;
    else if (isArray(here)) for (const each of here) todo.push(each);
    else if (isObject(here)) {
      objects++;
      for (const each of Object.values(here)) if (each !== null && typeof each !== 'string') todo.push(each);
    }
  }
  return { objects, numbers };
};
