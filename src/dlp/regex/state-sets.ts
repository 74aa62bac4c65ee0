// Sets of states, numbered as they are first seen: the states of a deterministic automaton that is made as texts ask for it. All lie in
// a few arrays, for there are thousands of automata.

const FIRST_ITEMS = 16;
const FIRST_SETS = 8;

export class StateSets {
  #items = new Uint16Array(FIRST_ITEMS);
  /** Where each set begins in `#items`; one more than there are. */
  #first = new Int32Array(FIRST_SETS + 1);
  /** Numbers of sets and one, by hash; twice as many places as sets at least. */
  #slots = new Uint16Array(2 * FIRST_SETS);
  count = 0;

  /** The set's number; a new one if it has not been seen. */
  idOf(members: ArrayLike<number>): number {
    let hash = 7;
    for (let i = 0; i < members.length; i++) hash = (Math.imul(hash, 31) + (members[i] ?? 0)) | 0;
    let slot = (hash ^ (hash >>> 15)) & (this.#slots.length - 1);
    for (let known = this.#slots[slot] ?? 0; known !== 0; known = this.#slots[slot] ?? 0) {
      if (this.#is(known - 1, members)) return known - 1;
      slot = (slot + 1) & (this.#slots.length - 1);
    }
    const id = this.count;
    const from = this.from(id);
    while (from + members.length > this.#items.length) this.#items = twice(this.#items);
    this.#items.set(members, from);
    if (id + 1 === this.#first.length) this.#moreSets();
    this.#first[id + 1] = from + members.length;
    this.count += 1;
    this.#slots[slot] = id + 1;
    if (2 * this.count >= this.#slots.length) this.#moreSlots();
    return id;
  }

  /** Where a set begins; it ends where the next begins. */
  from(id: number): number {
    return this.#first[id] ?? 0;
  }

  at(place: number): number {
    return this.#items[place] ?? 0;
  }

  #is(id: number, members: ArrayLike<number>): boolean {
    const from = this.from(id);
    if (this.from(id + 1) - from !== members.length) return false;
    for (let i = 0; i < members.length; i++) if (this.#items[from + i] !== members[i]) return false;
    return true;
  }

  #moreSets(): void {
    const more = new Int32Array(this.#first.length * 2);
    more.set(this.#first);
    this.#first = more;
  }

  #moreSlots(): void {
    const slots = new Uint16Array(this.#slots.length * 2);
    for (let id = 0; id < this.count; id++) {
      let hash = 7;
      for (let at = this.from(id); at < this.from(id + 1); at++)
        hash = (Math.imul(hash, 31) + this.at(at)) | 0;
      let slot = (hash ^ (hash >>> 15)) & (slots.length - 1);
      while (slots[slot] !== 0) slot = (slot + 1) & (slots.length - 1);
      slots[slot] = id + 1;
    }
    this.#slots = slots;
  }
}

const twice = (items: Uint16Array): Uint16Array<ArrayBuffer> => {
  const more = new Uint16Array(items.length * 2);
  more.set(items);
  return more;
};
