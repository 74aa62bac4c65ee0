// What was edited in a JSON text, kept by the names things have in that text, and the one splice that writes it.
import type { Member, Span } from './spans.ts';
import { findSpans } from './spans.ts';
import type { Json, JsonObject, Name } from './value.ts';
import { at } from './value.ts';

/** Stands in `order` for an element that is not in the text. */
const INSERTED = -1;

/** The edits to one array or object of the text. Names are those of the text, except in `added`. */
export type Patch = {
  readonly inside: Map<Name, Patch>;
  readonly replaced: Set<Name>;
  /** Strings of which only parts have changed. */
  readonly reworded: Map<Name, readonly Rewording[]>;
  readonly gone: Set<Name>;
  /** Keys the text does not have, or no longer. */
  readonly added: Set<string>;
  /** For an array that lost or gained elements: each element's index in the text. */
  order: number[] | undefined;
};

/** A part of a string, in UTF-16 units of its value, and what stands there now. In order, and apart. */
export type Rewording = { readonly start: number; readonly end: number; readonly replacement: string };

export const newPatch = (): Patch => ({
  inside: new Map(),
  replaced: new Set(),
  reworded: new Map(),
  gone: new Set(),
  added: new Set(),
  order: undefined,
});

/** The name in the text of what is now called `name`; `undefined` if the text has no such thing. */
const nameInText = (patch: Patch, name: Name): Name | undefined => {
  if (typeof name === 'string') return patch.added.has(name) ? undefined : name;
  const index = patch.order ? patch.order[name] : name;
  return index === INSERTED ? undefined : index;
};

/** The patch of the array or object called `name`; `undefined` when it is not the text's, so that it is written anew as a whole. */
export const patchInside = (patch: Patch, name: Name): Patch | undefined => {
  const original = nameInText(patch, name);
  if (original === undefined || patch.replaced.has(original)) return undefined;
  const known = patch.inside.get(original);
  if (known) return known;
  const inner = newPatch();
  patch.inside.set(original, inner);
  return inner;
};

/** Notes that `name` has a new value. */
export const noteReplaced = (patch: Patch, name: Name): void => {
  const original = nameInText(patch, name);
  if (original === undefined) return;
  patch.inside.delete(original);
  patch.reworded.delete(original);
  patch.replaced.add(original);
};

/** Notes that parts of the string `name` have changed; once: after another edit of it, it is replaced. */
export const noteReworded = (patch: Patch, name: Name, parts: readonly Rewording[]): void => {
  const original = nameInText(patch, name);
  if (original === undefined || patch.replaced.has(original)) return;
  if (patch.reworded.has(original)) noteReplaced(patch, name);
  else patch.reworded.set(original, parts);
};

/** Notes that `name` is no more; `length` is the array's before that. */
export const noteGone = (patch: Patch, name: Name, length: number): void => {
  const original = nameInText(patch, name);
  if (typeof name === 'number') orderOf(patch, length).splice(name, 1);
  else patch.added.delete(name);
  if (original === undefined) return;
  patch.inside.delete(original);
  patch.replaced.delete(original);
  patch.reworded.delete(original);
  patch.gone.add(original);
};

/** Notes a new element at the front or the back; `length` is the array's before that. */
export const noteInserted = (patch: Patch, where: 'front' | 'back', length: number): void => {
  const order = orderOf(patch, length);
  if (where === 'front') order.unshift(INSERTED);
  else order.push(INSERTED);
};

const orderOf = (patch: Patch, length: number): number[] => {
  patch.order ??= Array.from({ length }, (_, index) => index);
  return patch.order;
};

type Splice = { readonly start: number; readonly end: number; readonly text: string };
type Task = { readonly patch: Patch; readonly value: Json };

/** The text with its edits; `value` is what the result parses to. What was not edited keeps its exact spelling. */
export const patched = (text: string, top: Patch, value: JsonObject): string => {
  const spans = findSpans(text, top);
  const splices: Splice[] = [];
  const todo: Task[] = [{ patch: top, value }];
  for (let task = todo.pop(); task; task = todo.pop()) {
    const span = spans.get(task.patch);
    if (span) collect(text, task, span, splices, todo);
  }
  // Where an insertion meets a removal it comes first.
  splices.sort((a, b) => a.start - b.start || a.end - b.end);
  const pieces: string[] = [];
  let done = 0;
  for (const splice of splices) {
    pieces.push(text.slice(done, splice.start), splice.text);
    done = splice.end;
  }
  pieces.push(text.slice(done));
  return pieces.join('');
};

/** Adds the splices of one array or object to `splices`, and the arrays and objects edited inside it to `todo`. */
const collect = (
  text: string,
  { patch, value }: Task,
  { open, close, members }: Span,
  splices: Splice[],
  todo: Task[],
): void => {
  const { front, back } = insertions(patch, value);
  const first = members.find((member) => !patch.gone.has(member.name));
  const last = members.findLast((member) => !patch.gone.has(member.name));
  if (!first || !last) {
    if (members.length + front.length + back.length > 0)
      splices.push({ start: open + 1, end: close, text: [...front, ...back].join(',') });
    return;
  }
  if (front.length > 0) splices.push({ start: first.start, end: first.start, text: `${front.join(',')},` });
  if (back.length > 0) splices.push({ start: last.end, end: last.end, text: `,${back.join(',')}` });
  const nameNow = namesNow(patch);
  members.forEach((member, index) => {
    if (patch.gone.has(member.name)) {
      splices.push(removal(members, member, index, first));
      return;
    }
    const now = nameNow(member.name);
    const inner = patch.inside.get(member.name);
    const parts = patch.reworded.get(member.name);
    if (parts !== undefined) splices.push(...rewordings(text, member.value, parts));
    else if (patch.replaced.has(member.name))
      splices.push({ start: member.value, end: member.end, text: JSON.stringify(at(value, now)) });
    else if (inner) todo.push({ patch: inner, value: at(value, now) ?? null });
  });
};

/** The parts of the string that is written from `start` on. A character that is written as an escape is one unit. */
const rewordings = (text: string, start: number, parts: readonly Rewording[]): Splice[] => {
  let unit = 0;
  let at = start + 1;
  const placeOf = (wanted: number): number => {
    for (; unit < wanted; unit++) {
      if (text[at] !== '\\') at += 1;
      else at += text[at + 1] === 'u' ? 6 : 2;
    }
    return at;
  };
  return parts.map((part) => ({
    start: placeOf(part.start),
    end: placeOf(part.end),
    text: JSON.stringify(part.replacement).slice(1, -1),
  }));
};

/** A member goes with the comma before it, or, before the first that stays, with the comma after it. */
const removal = (members: readonly Member[], member: Member, index: number, first: Member): Splice =>
  member.start < first.start
    ? { start: member.start, end: members[index + 1]?.start ?? member.end, text: '' }
    : { start: members[index - 1]?.end ?? member.start, end: member.end, text: '' };

/** What is new before and after all that stays, each written as JSON. */
const insertions = (patch: Patch, value: Json): { front: string[]; back: string[] } => {
  const front: string[] = [];
  const back = [...patch.added].map((name) => `${JSON.stringify(name)}:${JSON.stringify(at(value, name))}`);
  let side = front;
  patch.order?.forEach((original, index) => {
    if (original === INSERTED) side.push(JSON.stringify(at(value, index)));
    else side = back;
  });
  return { front, back };
};

const namesNow = ({ order }: Patch): ((original: Name) => Name) => {
  if (!order) return (original) => original;
  const indexes = new Map<Name, number>(order.map((original, index) => [original, index]));
  return (original) => indexes.get(original) ?? original;
};
