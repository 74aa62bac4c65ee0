// Where the members of chosen arrays and objects stand in a JSON text. One walk over the text finds all of them.
import {
  CLOSE_ARRAY,
  CLOSE_OBJECT,
  COMMA,
  endOfString,
  endOfValue,
  OPEN_OBJECT,
  SPACE,
  skipSpace,
  stringAt,
} from './scan.ts';
import type { Name } from './value.ts';

/** An array or object whose members' places are wanted, and those inside it by name. Each must exist in the text. */
export interface Wanted {
  readonly inside: ReadonlyMap<Name, Wanted>;
}

/** One member or element. It spans `start` to `end`, its value alone `value` to `end` (for an element `start` is `value`). */
export type Member = { readonly name: Name; readonly start: number; readonly value: number; end: number };

/** One array or object: the offsets of its brackets, and its members as written. */
export type Span = { readonly open: number; close: number; readonly members: Member[] };

type Level = { readonly wanted: Wanted; readonly span: Span; readonly isObject: boolean };

/** The span of everything wanted, in one pass over a valid JSON text whose top value is `top`. Iterative: nesting costs no stack. */
export const findSpans = (text: string, top: Wanted): Map<Wanted, Span> => {
  const found = new Map<Wanted, Span>();
  const enter = (wanted: Wanted, open: number): Level => {
    const span: Span = { open, close: open, members: [] };
    found.set(wanted, span);
    return { wanted, span, isObject: text.charCodeAt(open) === OPEN_OBJECT };
  };
  const around: Level[] = [];
  let offset = skipSpace(text, 0);
  let level = enter(top, offset);
  offset++;
  while (offset < text.length) {
    const char = text.charCodeAt(offset);
    if (char === CLOSE_OBJECT || char === CLOSE_ARRAY) {
      level.span.close = offset++;
      const outer = around.pop();
      if (!outer) break;
      level = outer;
      const last = level.span.members.at(-1);
      if (last) last.end = offset;
    } else if (char <= SPACE || char === COMMA) {
      offset++;
    } else {
      const member = memberAt(text, offset, level);
      level.span.members.push(member);
      const inner = level.wanted.inside.get(member.name);
      if (inner) {
        around.push(level);
        level = enter(inner, member.value);
        offset = member.value + 1;
      } else {
        offset = member.end = endOfValue(text, member.value);
      }
    }
  }
  return found;
};

const memberAt = (text: string, start: number, level: Level): Member => {
  if (!level.isObject) return { name: level.span.members.length, start, value: start, end: start };
  const end = endOfString(text, start);
  const value = skipSpace(text, skipSpace(text, end) + 1);
  return { name: stringAt(text, start, end), start, value, end: value };
};
