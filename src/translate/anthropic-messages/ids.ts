// Ids of calls as Anthropic's API takes them: letters, digits, `_` and `-`, each once in a conversation. Others are given another
// name, the same for a call and its result.

const TAKEN = /^[a-zA-Z0-9_-]{1,128}$/;
const OTHERS = /[^a-zA-Z0-9_-]/g;
/** What is kept of an id that is named anew. */
const KEPT_CHARS = 48;

/** The ids of one conversation, in its order. */
export class CallIds {
  readonly #used: Set<string>;
  /** The name that the last call of an id goes by. */
  readonly #names = new Map<string, string>();

  /** `used`: ids that calls before have. */
  constructor(used: Iterable<string> = []) {
    this.#used = new Set(used);
  }

  /** The name of a call. An id that was used before, as servers use it that count from the start in every reply, is made a new one. */
  called(id: string): string {
    const wanted = TAKEN.test(id) ? id : id.slice(0, KEPT_CHARS).replace(OTHERS, '_') || 'call';
    let name = wanted;
    for (let count = 2; this.#used.has(name); count++) name = `${wanted}_${count}`;
    this.#used.add(name);
    this.#names.set(id, name);
    return name;
  }

  /** The name of a result: that of the last call it can be of. */
  answered(id: string): string {
    return this.#names.get(id) ?? this.called(id);
  }
}
