// What a scan of a growing text leaves for the next one of it: that one passes over what is new alone, and knows the keywords before it.
import { isWordly } from './fold.ts';
import type { Keywords } from './near.ts';
import { dropFrom, newKeywords } from './near.ts';
import { GrowingViews } from './view/growing.ts';
import { viewsOf } from './view.ts';

export class Trail {
  /** Nothing is asked for that begins before it. */
  from = 0;
  /** From here on literals may go on when the text does. */
  loose = 0;
  /** The keywords of the text when it was scanned last. */
  readonly keywords: Keywords = newKeywords();
  #text = '';

  /**
   * Where the next pass over `text` begins: where no word goes on, before all that is asked for and all that may have changed. From
   * there on no keyword is known. Of a text that is not the last one gone on, nothing is.
   */
  goOn(text: string): number {
    let at = Math.min(this.from, this.loose);
    while (at > 0 && isWordly(text.charCodeAt(at - 1))) at -= 1;
    if (text.slice(0, at) !== this.#text.slice(0, at)) at = 0;
    this.#text = text;
    dropFrom(this.keywords, at);
    return at;
  }
}

/** A text that grows, as far as it has been scanned, view by view. */
export class Grown {
  text: string;
  /** Nothing is asked for that begins before it. */
  from = 0;
  readonly #views = new GrowingViews(viewsOf);
  readonly #trails: Trail[] = [];

  constructor(text: string) {
    this.text = text;
  }

  /** The views of the text as it is now. */
  views(): ReturnType<typeof viewsOf> {
    return this.#views.of(this.text, this.from);
  }

  /** The trail of a view, in which what is asked for begins at unit `from`. */
  trail(view: number, from: number): Trail {
    const trail = this.#trails[view] ?? new Trail();
    this.#trails[view] = trail;
    trail.from = from;
    return trail;
  }
}
