// A JSON body as its text: a few values can change while everything else keeps its exact bytes (numbers' spelling, whitespace,
// escapes, order of keys, fields we know nothing about). Always: the output parses to `value`.

import { parseJson } from './parse.ts';
import type { Patch, Rewording } from './patch.ts';
import {
  newPatch,
  noteGone,
  noteInserted,
  noteReplaced,
  noteReworded,
  patched,
  patchInside,
} from './patch.ts';
import { readStrict } from './strict.ts';
import type { Json, JsonObject, OpenContainer, Path } from './value.ts';
import { at, isArray, isObject, put } from './value.ts';

export { JsonFault, type JsonFaultReason } from './fault.ts';
export type { Json, JsonArray, JsonObject, Path } from './value.ts';

/** Opens a body that is one unambiguous JSON object; throws JsonFault. `depth` is in nested arrays and objects. */
export const openDocument = (bytes: Uint8Array, limits: { readonly depth: number }): JsonDocument => {
  const { text, value } = readStrict(bytes, limits);
  return new JsonDocument(bytes, text, value);
};

/**
 * An opened body and its edits. Made by `openDocument`.
 *
 * Values given to an edit are taken as JSON.stringify writes them, at that moment. Paths are those of `value` as it is now. A path
 * that leads nowhere, or to the wrong kind of value, is our own mistake: a RangeError, and nothing is edited.
 */
export class JsonDocument {
  readonly bytes: Uint8Array;
  readonly text: string;
  #value: JsonObject;
  /** The edits; `undefined` when nothing of the text is left. */
  #patch: Patch | undefined = newPatch();
  /** Copies made since `value` was last seen: nobody else has them, so they may change. */
  #own = new Map<Json, OpenContainer>();
  #edited = false;
  #output: string | undefined;

  constructor(bytes: Uint8Array, text: string, value: JsonObject) {
    this.bytes = bytes;
    this.text = text;
    this.#value = value;
  }

  /** The body as edited so far. What was handed out once does not change; later edits show in a later `value`. */
  get value(): JsonObject {
    if (this.#own.size > 0) this.#own = new Map();
    return this.#value;
  }

  get edited(): boolean {
    return this.#edited;
  }

  /** Replaces the value at `path`, which must exist; `[]` replaces the whole body, by an object. */
  set(path: Path, value: Json): void {
    const name = path.at(-1);
    const settled = settle(value);
    if (name === undefined) {
      if (!isObject(settled)) throw new RangeError('a body must stay an object');
      this.#value = settled;
      this.#patch = undefined;
    } else {
      const { container, patch } = this.#reach(path.slice(0, -1));
      if (at(container, name) === undefined) throw new RangeError('no value at this path');
      put(container, name, settled);
      if (patch) noteReplaced(patch, name);
    }
    this.#changed();
  }

  /** Replaces parts of the string at `path`; the rest of it keeps its spelling, escapes included. Parts are in order, and apart. */
  reword(path: Path, parts: readonly Rewording[]): void {
    const name = path.at(-1);
    const { container, patch } = this.#reach(path.slice(0, -1));
    const text = name === undefined ? undefined : at(container, name);
    if (name === undefined || typeof text !== 'string') throw new RangeError('no string at this path');
    let reworded = '';
    let from = 0;
    for (const { start, end, replacement } of parts) {
      reworded += text.slice(from, start) + replacement;
      from = end;
    }
    put(container, name, reworded + text.slice(from));
    if (patch) noteReworded(patch, name, parts);
    this.#changed();
  }

  /** Puts `value` before all elements of the array at `path`. */
  prepend(path: Path, value: Json): void {
    this.#insert(path, value, 'front');
  }

  /** Puts `value` after all elements of the array at `path`. */
  append(path: Path, value: Json): void {
    this.#insert(path, value, 'back');
  }

  /** Gives the object at `path` the member `key`: a new one at its end, or the one it has with a new value. */
  add(path: Path, key: string, value: Json): void {
    const settled = settle(value);
    const { container, patch } = this.#reach(path);
    if (Array.isArray(container)) throw new RangeError('no object at this path');
    const known = at(container, key) !== undefined;
    put(container, key, settled);
    if (patch && known) noteReplaced(patch, key);
    else if (patch) patch.added.add(key);
    this.#changed();
  }

  /** Takes the member or element at `path` out, which must exist. Each costs what comes after it: take many from the end backwards. */
  remove(path: Path): void {
    const name = path.at(-1);
    if (name === undefined) throw new RangeError('a body cannot be removed');
    const { container, patch } = this.#reach(path.slice(0, -1));
    if (at(container, name) === undefined) throw new RangeError('no value at this path');
    if (patch) noteGone(patch, name, Array.isArray(container) ? container.length : 0);
    if (!Array.isArray(container)) delete container[name];
    else if (typeof name === 'number') container.splice(name, 1);
    this.#changed();
  }

  /** The body to send: the very `bytes` it was opened with if nothing was edited, else the edited text. */
  output(): Uint8Array | string {
    if (!this.#edited) return this.bytes;
    this.#output ??= this.#patch ? patched(this.text, this.#patch, this.#value) : JSON.stringify(this.#value);
    return this.#output;
  }

  #insert(path: Path, value: Json, where: 'front' | 'back'): void {
    const settled = settle(value);
    const { container, patch } = this.#reach(path);
    if (!Array.isArray(container)) throw new RangeError('no array at this path');
    if (patch) noteInserted(patch, where, container.length);
    if (where === 'front') container.unshift(settled);
    else container.push(settled);
    this.#changed();
  }

  /** Our own copy of the array or object at `path`, with its patch if it is still the text's. */
  #reach(path: Path): { container: OpenContainer; patch: Patch | undefined } {
    if (!this.#has(path)) throw new RangeError('no array or object at this path');
    let container = this.#owned(this.#value);
    if (isObject(container)) this.#value = container;
    let patch = this.#patch;
    for (const name of path) {
      const owned = this.#owned(at(container, name) ?? null);
      put(container, name, owned);
      if (patch) patch = patchInside(patch, name);
      container = owned;
    }
    return { container, patch };
  }

  #has(path: Path): boolean {
    let value: Json | undefined = this.#value;
    for (const name of path) value = at(value, name);
    return isArray(value) || isObject(value);
  }

  #owned(value: Json): OpenContainer {
    const known = this.#own.get(value);
    if (known) return known;
    const copy: OpenContainer = isArray(value) ? [...value] : isObject(value) ? { ...value } : {};
    this.#own.set(copy, copy);
    return copy;
  }

  #changed(): void {
    this.#edited = true;
    this.#output = undefined;
  }
}

/** What JSON makes of `value`: so `-0`, `Infinity` and what the caller changes later cannot make text and value differ. */
const settle = (value: Json): Json => {
  if (typeof value === 'string' || typeof value === 'boolean' || value === null) return value;
  return parseJson(JSON.stringify(value));
};
