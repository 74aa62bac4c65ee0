// What a translation could not carry as it was asked. What changes the meaning of a request is refused; the rest is left out or
// changed, and the client is told in `x-gatehouse-warnings`.
import type { Json, JsonObject } from '../json/value.ts';
import { isArray, isObject } from '../json/value.ts';
import { Refusal } from '../refusal.ts';

/** A header longer than this is cut at a whole note. */
const HEADER_CHARS = 2_048;
/** Names come from a body: what is no plain path is not said in a header. */
const PLAIN = /^[\w.[\]-]{1,100}$/;
/** More than the header holds; a body may give cause for any number. */
const NOTES = 200;

/** Collects notes, each once, in order. */
export class Notes {
  readonly #notes = new Set<string>();
  #names: Readonly<Record<string, string>> = {};

  /** What the client's dialect calls parameters that are spoken of by another name here. */
  called(names: Readonly<Record<string, string>>): void {
    this.#names = names;
  }

  /** The client's name of a parameter. */
  nameOf(param: string): string {
    return (Object.hasOwn(this.#names, param) ? this.#names[param] : undefined) ?? param;
  }

  /** The parameter is not sent on: the target has no such thing, and the reply means the same without it. */
  dropped(param: string): void {
    this.#add(param, 'dropped');
  }

  /** Whatever an object at `param` says besides what is read of it (`read`) is not sent on. */
  others(said: JsonObject, read: ReadonlySet<string>, param: string): void {
    for (const [key, value] of Object.entries(said))
      if (!read.has(key) && says(value)) this.dropped(`${param}.${key.slice(0, 90)}`);
  }

  /** The parameter is sent on as something else; `how` in few plain words (`clamped to 1`). */
  changed(param: string, how: string): void {
    this.#add(param, how);
  }

  /** The value of the header, `seed: dropped, temperature: clamped to 1`; undefined: there is nothing to say. */
  header(): string | undefined {
    let all = '';
    for (const note of this.#notes) {
      if (all.length + note.length > HEADER_CHARS) break;
      all += all === '' ? note : `, ${note}`;
    }
    return all === '' ? undefined : all;
  }

  #add(param: string, how: string): void {
    const name = this.nameOf(param);
    if (this.#notes.size < NOTES) this.#notes.add(`${PLAIN.test(name) ? name : 'a parameter'}: ${how}`);
  }
}

/** Whether a value asks for anything: what is off or empty is as good as absent. */
const says = (value: Json): boolean =>
  value !== null &&
  value !== false &&
  value !== '' &&
  !(isArray(value) && value.length === 0) &&
  !(isObject(value) && Object.keys(value).length === 0);

/** The refusal of a parameter that cannot be carried to the target and would be missed. */
export const cannotCarry = (param: string, detail?: string): Refusal =>
  new Refusal('unsupported_parameter', { param, ...(detail === undefined ? {} : { detail }) });
