// Takes a text out of the JSON that wraps it while it is written: a tool that takes any text is told to targets as a function of one
// text, `{"input": "..."}`, and its client waits for the text.
import { parseJson } from '../../json/parse.ts';
import { at } from '../../json/value.ts';
import { CUSTOM_INPUT } from './tools.ts';

/** The text of a whole input; what a model wrote otherwise is that text itself. */
export const customText = (input: string): string => {
  try {
    const text = at(parseJson(input), CUSTOM_INPUT);
    return typeof text === 'string' ? text : input;
  } catch {
    return input;
  }
};

const BEGINS = new RegExp(`^\\s*\\{\\s*"${CUSTOM_INPUT}"\\s*:\\s*"`);
/** Longer than what a model writes before the text; what does not begin so by then is taken when it is whole. */
const BEGINS_CHARS = 64;

/** Reads one input piece by piece. */
export class CustomInput {
  #before = '';
  #state: 'before' | 'text' | 'over' = 'before';
  /** What of the text cannot be told yet: half an escape, half a character. */
  #held = '';

  /** The piece of the text that a piece of the JSON adds. */
  add(delta: string): string {
    if (this.#state === 'over') return '';
    if (this.#state === 'text') return this.#text(delta);
    this.#before += delta;
    const begins = BEGINS.exec(this.#before);
    if (begins === null) {
      if (this.#before.length > BEGINS_CHARS) this.#state = 'over';
      return '';
    }
    this.#state = 'text';
    return this.#text(this.#before.slice(begins[0].length));
  }

  #text(delta: string): string {
    const raw = this.#held + delta;
    let end = 0;
    let last = 0;
    while (end < raw.length && raw[end] !== '"') {
      const length = raw[end] !== '\\' ? 1 : raw[end + 1] === 'u' ? 6 : 2;
      if (end + length > raw.length) break;
      last = end;
      end += length;
    }
    if (raw[end] === '"') this.#state = 'over';
    else if (HIGH_HALF.test(raw.slice(last, end))) end = last;
    this.#held = raw.slice(end);
    const text = unescaped(raw.slice(0, end));
    // No JSON after all: its end tells what it is.
    if (text === undefined) this.#state = 'over';
    return text ?? '';
  }
}

/** The first half of a character, as it is or escaped. */
const HIGH_HALF = /^(?:[\ud800-\udbff]|\\u[dD][89abAB][0-9a-fA-F]{2})$/;

const unescaped = (raw: string): string | undefined => {
  if (!raw.includes('\\')) return raw;
  try {
    const text = parseJson(`"${raw}"`);
    return typeof text === 'string' ? text : undefined;
  } catch {
    return undefined;
  }
};
