// A custom tool takes a text as it is; elsewhere it is a function, whose one parameter is that text.
import { parseJson } from '../../json/parse.ts';
import { at } from '../../json/value.ts';

/** The text that a custom tool takes, of the JSON that wraps it; the JSON itself where a model wrote another. */
export const plainInput = (input: string): string => {
  try {
    const text = at(parseJson(input), 'input');
    return typeof text === 'string' ? text : input;
  } catch {
    return input;
  }
};
