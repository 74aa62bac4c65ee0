// Names of tools as every target takes them: Anthropic's API knows longer ones than any other. A name can always be told back.
import { digestOf } from '../openai-responses/names.ts';

/** The longest name that every dialect takes. */
const NAME_CHARS = 64;
/** An underscore and eight digits. */
const DIGEST_CHARS = 9;

/** The names of one request. */
export class ToolNames {
  readonly #long = new Map<string, string>();

  /** The name that a target is told. */
  short(name: string): string {
    if (name.length <= NAME_CHARS) return name;
    const short = `${name.slice(0, NAME_CHARS - DIGEST_CHARS)}_${digestOf(name)}`;
    this.#long.set(short, name);
    return short;
  }

  /** The client's name of what a target says. */
  long(name: string): string {
    return this.#long.get(name) ?? name;
  }
}
