// The events of one streamed response: numbered, each with its name in both places, and the items they make up.
import type { Frame } from '../../exchange.ts';

const encoder = new TextEncoder();

/** Numbers events and items, and keeps the items for the response that ends them. */
export class Events {
  #number = 0;
  readonly #ids: string;
  /** The finished items as JSON texts, by their places. */
  readonly #items: string[] = [];

  /** `ids`: what all ids of the response have in them. */
  constructor(ids: string) {
    this.#ids = ids;
  }

  /** One event; `fields` are the JSON text of its own members. */
  event(type: string, fields: string, last = false): Frame {
    const data = `{"type":"${type}","sequence_number":${this.#number++},${fields}}`;
    return { bytes: encoder.encode(`event: ${type}\ndata: ${data}\n\n`), last };
  }

  /** A place for a new item. */
  place(prefix: 'msg' | 'rs' | 'fc' | 'ctc' | 'ig'): Place {
    const index = this.#items.push('') - 1;
    const id = `${prefix}_${this.#ids}_${index}`;
    return { index, id, at: `"item_id":"${id}","output_index":${index}` };
  }

  begun({ index }: Place, item: string): Frame {
    return this.event('response.output_item.added', `"output_index":${index},"item":${item}`);
  }

  done({ index }: Place, item: string): Frame {
    this.#items[index] = item;
    return this.event('response.output_item.done', `"output_index":${index},"item":${item}`);
  }

  /** Those that are done, in order. */
  items(): readonly string[] {
    return this.#items.filter((item) => item !== '');
  }
}

/** Where an item is; `at`: how its events say so. */
export type Place = { readonly index: number; readonly id: string; readonly at: string };
