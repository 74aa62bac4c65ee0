// What a client calls its tools, and what a target is told they are called: a target knows functions with plain names and no groups
// of them. A name can always be told back.

/** A tool as its client speaks of it. A `custom` tool takes any text, not arguments. */
export type Named = {
  readonly kind: 'function' | 'custom';
  readonly name: string;
  /** The group it is in. */
  readonly namespace?: string;
};

/** The longest name that every dialect takes. */
const NAME_CHARS = 64;

/** The names of one request. */
export class Names {
  readonly #flat = new Map<string, string>();
  readonly #named = new Map<string, Named>();

  /** The name a target hears; the same for the same tool. */
  flat(named: Named): string {
    const key = `${named.namespace ?? ''}\n${named.name}`;
    const known = this.#flat.get(key);
    if (known !== undefined) return known;
    const flat = this.#free(joined(named));
    this.#flat.set(key, flat);
    this.#named.set(flat, named);
    return flat;
  }

  /** What a name that a target says is to the client; a name nobody told it is passed on as it is. */
  named(flat: string): Named {
    return this.#named.get(flat) ?? { kind: 'function', name: flat };
  }

  #free(wanted: string): string {
    let name = wanted;
    for (let at = 2; this.#named.has(name); at++) name = `${wanted.slice(0, NAME_CHARS - 6)}_${at}`;
    return name;
  }
}

const joined = ({ name, namespace }: Named): string => {
  if (namespace === undefined) return name;
  const group = namespace.replace(/[^\w-]/g, '_').replace(/_+$/, '');
  const all = `${group}__${name}`;
  return all.length <= NAME_CHARS ? all : `${all.slice(0, NAME_CHARS - 9)}_${digestOf(all)}`;
};

/** FNV-1a in 32 bits, as eight hex digits: enough to tell names and texts apart that nobody chose to be alike. */
export const digestOf = (text: string): string => {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  return (hash >>> 0).toString(16).padStart(8, '0');
};
