// What a record says of an inspection: each type by its place, action and keyed digests; never a value.
import type { Direction } from '../policies/policy.ts';
import type { Finding } from './finding.ts';

/** Findings of one type at one place with one action. */
export type FindingFact = {
  readonly direction: Direction;
  readonly type: string;
  readonly category: string;
  readonly action: string;
  readonly place: string;
  count: number;
  /** HMAC-SHA-256 of the values under the deployment's key, in hex, the first few: the same value is known again. */
  readonly values: string[];
  readonly pack: string;
  readonly pack_version: number;
};

/** What was not inspected, and where. */
export type Uninspected = { readonly direction: Direction; readonly place: string; readonly kind: string };

/** Rows of findings, digests of a row, and places not inspected that a record lists; more are counted. */
const ROWS = 200;
const DIGESTS = 20;
/** Values of a row that are digested, again and again if they are the same. */
const DIGESTED = 1_000;
const PLACE_CHARS = 200;

/** The evidence of one exchange. `digest` is keyed: a bare hash of a social security number is that number. */
export class Evidence {
  readonly #rows = new Map<string, FindingFact>();
  readonly #uninspected: Uninspected[] = [];
  readonly #digest: (value: string) => string;
  readonly #inspected = new Set<Direction>();
  /** Findings and places beyond what is listed. */
  more = 0;

  constructor(digest: (value: string) => string) {
    this.#digest = digest;
  }

  get findings(): readonly FindingFact[] {
    return [...this.#rows.values()];
  }

  get uninspected(): readonly Uninspected[] {
    return this.#uninspected;
  }

  /** Notes that all texts of a direction were looked at; of a stream, all that will have been let go. */
  hasInspected(direction: Direction): void {
    this.#inspected.add(direction);
  }

  /** Takes it back: what looked at the texts broke. */
  hasFailed(direction: Direction): void {
    this.#inspected.delete(direction);
  }

  inspected(direction: Direction): boolean {
    return this.#inspected.has(direction);
  }

  found(direction: Direction, where: string, finding: Finding): void {
    const { type, category, action, pack, version, value } = finding;
    const place = where.slice(0, PLACE_CHARS);
    const key = `${direction} ${type} ${action} ${place}`;
    let row = this.#rows.get(key);
    if (row === undefined) {
      if (this.#rows.size >= ROWS) {
        this.more += 1;
        return;
      }
      row = { direction, type, category, action, place, count: 0, values: [], pack, pack_version: version };
      this.#rows.set(key, row);
    }
    row.count += 1;
    if (row.values.length >= DIGESTS || row.count > DIGESTED) return;
    const digest = this.#digest(value);
    if (!row.values.includes(digest)) row.values.push(digest);
  }

  notInspected(direction: Direction, where: string, kind: string): void {
    if (this.#uninspected.length >= ROWS) this.more += 1;
    else this.#uninspected.push({ direction, place: where.slice(0, PLACE_CHARS), kind });
  }
}
