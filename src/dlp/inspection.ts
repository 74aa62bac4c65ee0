// What is found in one exchange, both ways, and what becomes of its texts. Keeps the evidence; keeps no value.

import type { Structure, TextAt } from '../dialects/lens.ts';
import { pathText, textsOf } from '../dialects/lens.ts';
import type { Json, JsonDocument } from '../json/document.ts';
import type { Path } from '../json/value.ts';
import type { Direction, PolicyBody } from '../policies/policy.ts';
import { Refusal } from '../refusal.ts';
import type { Reading } from './channel.ts';
import type { Rules } from './compile.ts';
import type { Evidence } from './evidence.ts';
import type { Counts, Finding } from './finding.ts';
import type { Plan } from './plan.ts';
import { planOf } from './plan.ts';
import { Pseudonyms } from './pseudonyms.ts';
import type { Scanner } from './scan.ts';
import { inspectText, scannerOf } from './text.ts';
import { uninspectable } from './uninspectable.ts';

/** The inspection of one exchange. Its pseudonyms live as long as it does. */
export class Inspection {
  readonly #scanner: Scanner;
  readonly #plans: Readonly<Record<Direction, Plan>>;
  readonly #counts: Readonly<Record<Direction, Counts>> = { request: new Map(), response: new Map() };
  readonly #policy: PolicyBody;
  readonly #evidence: Evidence;
  readonly pseudonyms = new Pseudonyms();

  constructor(rules: Rules, policy: PolicyBody, evidence: Evidence) {
    this.#scanner = scannerOf(rules);
    this.#plans = { request: planOf(rules, policy, 'request'), response: planOf(rules, policy, 'response') };
    this.#policy = policy;
    this.#evidence = evidence;
  }

  /** Inspects every text of a request and rewrites what the policy says; `own`: the use case's own words, not looked at. Throws a Refusal. */
  request(document: JsonDocument, isStructure: Structure, own: string | null): void {
    const changes = this.#changes(document.value, isStructure, 'request', own);
    for (const { path, text } of changes) document.set(path, text);
  }

  /** Inspects every text of a whole reply's body. Throws a Refusal. */
  reply(body: Json, isStructure: Structure): readonly { readonly path: Path; readonly text: string }[] {
    return this.#changes(body, isStructure, 'response', null);
  }

  #changes(
    body: Json,
    isStructure: Structure,
    direction: Direction,
    own: string | null,
  ): readonly { readonly path: Path; readonly text: string }[] {
    const changes = [];
    const blocked: Finding[] = [];
    for (const at of textsOf(body, isStructure)) {
      if (at.text === own || this.#isUninspectable(body, at, direction)) continue;
      const text = this.#text(at, direction, blocked);
      if (text !== at.text && !at.key) changes.push({ path: at.path, text });
    }
    if (blocked.length > 0)
      throw blockedBy(
        direction,
        blocked.map(({ type }) => type),
      );
    return changes;
  }

  /** Notes what cannot be read here, and refuses it if the policy says so. */
  #isUninspectable(body: Json, at: TextAt, direction: Direction): boolean {
    const kind = uninspectable(body, at);
    if (kind === undefined) return false;
    this.#notInspected(direction, pathText(at.path), kind);
    return true;
  }

  #notInspected(direction: Direction, place: string, kind: string): void {
    this.#evidence.notInspected(direction, place, kind);
    if (this.#policy[direction].uninspected === 'refuse')
      throw new Refusal(direction === 'request' ? 'content_not_inspectable' : 'reply_not_inspectable', {
        detail: `It holds ${kind}.`,
        ...(direction === 'request' ? { param: place } : {}),
      });
  }

  /** One text as it goes on. What it may not hold is added to `blocked`. */
  #text(at: TextAt, direction: Direction, blocked: Finding[]): string {
    const { text, rounds, stubborn } = inspectText(
      this.#plans[direction],
      at.text,
      this.#counts[direction],
      this.pseudonyms.hide,
    );
    for (const finding of rounds.flat()) {
      this.#evidence.found(direction, pathText(at.path), finding);
      // A key cannot be rewritten without changing what the body says.
      if (finding.action === 'block' || (at.key && finding.replacement !== undefined)) blocked.push(finding);
    }
    if (stubborn.length > 0)
      throw blockedBy(
        direction,
        stubborn.map(({ type }) => type),
      );
    return direction === 'response' ? this.#restored(text, false) : text;
  }

  #restored(text: string, open: boolean): string {
    let out = '';
    let at = 0;
    for (const { start, end, value } of this.pseudonyms.restore(text, open).values) {
      out += text.slice(at, start) + value;
      at = end;
    }
    return at === 0 ? text : out + text.slice(at);
  }

  /** How the channels of a streamed reply are read. */
  reading(): Reading {
    return {
      scanner: this.#scanner,
      plan: this.#plans.response,
      counts: this.#counts.response,
      pseudonym: this.pseudonyms.hide,
      restore: this.pseudonyms.restore,
      found: (channel, finding) => {
        this.#evidence.found('response', channel, finding);
        if (finding.action === 'block') throw blockedBy('response', [finding.type]);
      },
      notInspected: (channel, kind) => this.#notInspected('response', channel, kind),
    };
  }

  /** Whether nothing of a reply would be looked at: no rule is wanted, and no placeholder is out. */
  get passesReplies(): boolean {
    return this.pseudonyms.size === 0 && this.#plans.response.wanted.every((wanted) => wanted === 0);
  }
}

/** Names the types, never the values. */
const blockedBy = (direction: Direction, types: readonly string[]): Refusal => {
  const named = [...new Set(types)].slice(0, 10).join(', ');
  return new Refusal(direction === 'request' ? 'prompt_blocked' : 'reply_blocked', {
    detail: `Found: ${named}.`,
  });
};
