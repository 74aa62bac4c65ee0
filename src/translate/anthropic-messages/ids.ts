// Ids of calls as Anthropic's API takes them: letters, digits, `_` and `-`, each once. Others are given another name, the same for a
// call and its result.

const TAKEN = /^[a-zA-Z0-9_-]{1,128}$/;
const OTHERS = /[^a-zA-Z0-9_-]/g;
/** What is kept of an id that is named anew. */
const KEPT_CHARS = 48;

/** The ids of one conversation, in its order. */
export class CallIds {
  readonly #used = new Set<string>();
  /** The id that the last call of this name goes by. */
  readonly #names = new Map<string, string>();

  /** The id of a call. A name that was used before, as servers that count from the start in every reply do, is made a new one. */
  called(id: string): string {
    const wanted = TAKEN.test(id) ? id : `${id.replace(OTHERS, '_').slice(0, KEPT_CHARS)}_`;
    let name = wanted;
    for (let count = 2; name === '' || this.#used.has(name); count++) name = `${wanted}_${count}`;
    this.#used.add(name);
    this.#names.set(id, name);
    return name;
  }

  /** The id of a result: that of the last call it can be of. */
  answered(id: string): string {
    return this.#names.get(id) ?? this.called(id);
  }
}
