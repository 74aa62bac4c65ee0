// Lists of whole numbers that grow, without an object for each.

/** The array with twice the room. */
export const grown = (array: Int32Array): Int32Array<ArrayBuffer> => {
  const larger = new Int32Array(array.length * 2);
  larger.set(array);
  return larger;
};

/** A list that grows, emptied by `count = 0`. */
export class Ints {
  values: Int32Array = new Int32Array(64);
  count = 0;

  push(value: number): void {
    if (this.count === this.values.length) this.values = grown(this.values);
    this.values[this.count] = value;
    this.count += 1;
  }

  at(index: number): number {
    return this.values[index] ?? 0;
  }

  set(index: number, value: number): void {
    this.values[index] = value;
  }

  /** What was pushed, in an array of its own. */
  all(): Int32Array {
    return this.values.slice(0, this.count);
  }

  /** What was pushed from `from` on. */
  from(from: number): Int32Array {
    return this.values.slice(from, this.count);
  }
}

/** Lists by number, in two arrays: list `i` is `items[first[i]]` up to `items[first[i + 1]]`. */
export type Lists = { readonly first: Int32Array; readonly items: Int32Array };

/** Gathers lists: pairs of a list's number and an item. */
export class ListsMaker {
  readonly #lists = new Ints();
  readonly #items = new Ints();

  add(list: number, item: number): void {
    this.#lists.push(list);
    this.#items.push(item);
  }

  /** The lists, of `count` numbers, items in the order they were added. */
  made(count: number): Lists {
    const first = new Int32Array(count + 1);
    const lists = this.#lists.all();
    for (const list of lists) first[list + 1] = (first[list + 1] ?? 0) + 1;
    for (let i = 0; i < count; i++) first[i + 1] = (first[i + 1] ?? 0) + (first[i] ?? 0);
    const next = first.slice();
    const items = new Int32Array(lists.length);
    for (let i = 0; i < lists.length; i++) {
      const list = lists[i] ?? 0;
      const at = next[list] ?? 0;
      items[at] = this.#items.at(i);
      next[list] = at + 1;
    }
    return { first, items };
  }
}

/** Whether list `list` has `item`; lists are ascending where this is asked, and short. */
export const listHas = ({ first, items }: Lists, list: number, item: number): boolean => {
  let low = first[list] ?? 0;
  let high = first[list + 1] ?? 0;
  while (low < high) {
    const middle = (low + high) >> 1;
    const here = items[middle] ?? 0;
    if (here === item) return true;
    if (here < item) low = middle + 1;
    else high = middle;
  }
  return false;
};
