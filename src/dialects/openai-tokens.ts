// Texts that may also come as lists of tokens, which nobody here can read: the prompt of completions, the input of embeddings.
import type { Json } from '../json/value.ts';
import { isArray } from '../json/value.ts';
import { bad } from './outline.ts';

/** More than any API takes at once. */
export const TEXTS = 10_000;

const isTokens = (value: Json): boolean =>
  isArray(value) && value.length > 0 && value.every((token) => typeof token === 'number');

/** Throws unless it is a text, a list of texts, a list of tokens, or a list of such lists. */
export const mustBeTexts = (value: Json | undefined, param: string): void => {
  if (typeof value === 'string') return;
  if (!isArray(value) || value.length === 0)
    throw bad(param, `"${param}" must be a text, or a list of texts or tokens.`);
  if (isTokens(value)) return;
  if (value.length > TEXTS) throw bad(param, `The limit is ${TEXTS} texts.`);
  value.forEach((each, index) => {
    if (typeof each !== 'string' && !isTokens(each))
      throw bad(`${param}[${index}]`, 'It must be a text or a list of tokens.');
  });
};

/** Where tokens stand. */
export const tokensIn = (
  value: Json | undefined,
  param: string,
): readonly { readonly place: string; readonly kind: string }[] => {
  const kind = 'a list of tokens';
  if (!isArray(value)) return [];
  if (isTokens(value)) return [{ place: param, kind }];
  return value.flatMap((each, index) => (isTokens(each) ? [{ place: `${param}[${index}]`, kind }] : []));
};
