// Callers' sessions, for whom placeholders stay the same from request to request. In the memory of this process alone, bound to the
// key that began them, and forgotten when they are old or too many.
import { Pseudonyms } from './pseudonyms.ts';

/** Sessions remembered, the latest used; with what one may hold they stay under 256 MiB. */
const SESSIONS = 500;
/** A session that was not used for so long is over. */
const IDLE_MS = 60 * 60_000;

type Session = { readonly pseudonyms: Pseudonyms; usedAtMs: number };

export class Sessions {
  readonly #sessions = new Map<string, Session>();
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  /** The pseudonyms of a session of `key`, by the name its caller gives it. */
  of(key: string, name: string): Pseudonyms {
    const id = `${key}\n${name}`;
    const now = this.#now();
    // The least recently used come first.
    for (const [other, { usedAtMs }] of this.#sessions) {
      if (this.#sessions.size < SESSIONS && now - usedAtMs < IDLE_MS) break;
      this.#sessions.delete(other);
    }
    const pseudonyms = this.#sessions.get(id)?.pseudonyms ?? new Pseudonyms();
    this.#sessions.delete(id);
    this.#sessions.set(id, { pseudonyms, usedAtMs: now });
    return pseudonyms;
  }
}
