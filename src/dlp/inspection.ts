// What is found in one exchange, both ways, and what becomes of its texts. Keeps the evidence; keeps no value.

import type { Structure, TextAt } from '../dialects/lens.ts';
import { pathText, textsOf } from '../dialects/lens.ts';
import type { Outflow } from '../injection/outflow.ts';
import type { Json, JsonDocument } from '../json/document.ts';
import type { Path } from '../json/value.ts';
import type { Direction, PolicyBody } from '../policies/policy.ts';
import { Refusal } from '../refusal.ts';
import type { Reading } from './channel.ts';
import type { Rules } from './compile.ts';
import type { Evidence } from './evidence.ts';
import { isToken, surveyOf } from './exact.ts';
import type { Counts, Finding } from './finding.ts';
import type { Plan } from './plan.ts';
import { planOf } from './plan.ts';
import { Pseudonyms } from './pseudonyms.ts';
import type { Scanner } from './scan.ts';
import { SKIP } from './scan.ts';
import type { Change, Inspected } from './text.ts';
import { inspectText, scannerOf } from './text.ts';
import { uninspectable } from './uninspectable.ts';

/** A text that goes on as another, and what differs. */
export type Rewritten = { readonly path: Path; readonly text: string; readonly changes: readonly Change[] };

/** The inspection of one exchange. Its pseudonyms are the exchange's own, or those of a session. */
export class Inspection {
  readonly #scanner: Scanner;
  readonly #plans: Readonly<Record<Direction, Plan>>;
  readonly #counts: Readonly<Record<Direction, Counts>> = { request: new Map(), response: new Map() };
  readonly #policy: PolicyBody;
  readonly #evidence: Evidence;
  readonly #pseudonyms: Pseudonyms;

  readonly #outflow: Outflow | undefined;

  constructor(
    rules: Rules,
    policy: PolicyBody,
    evidence: Evidence,
    pseudonyms = new Pseudonyms(),
    outflow?: Outflow,
  ) {
    this.#outflow = outflow;
    this.#scanner = scannerOf(rules);
    this.#plans = { request: planOf(rules, policy, 'request'), response: planOf(rules, policy, 'response') };
    this.#policy = policy;
    this.#evidence = evidence;
    this.#pseudonyms = pseudonyms;
  }

  /** Inspects every text of a request and rewrites what the policy says; `own`: the use case's own words, not looked at. Throws a Refusal. */
  request(document: JsonDocument, isStructure: Structure, own: string | null): void {
    if (!this.#looks('request')) return;
    const { value } = document;
    if (this.#plans.request.actions.includes('pseudonymise'))
      for (const { text } of textsOf(value, isStructure)) this.#pseudonyms.reserve(text);
    for (const { path, changes } of this.#changes(value, isStructure, 'request', own))
      document.reword(path, changes);
    this.#evidence.hasInspected('request');
  }

  /** Notes what of a request is no text and cannot be read. Throws a Refusal if the policy says so. */
  unread(place: string, kind: string): void {
    this.#notInspected('request', place, kind);
  }

  /** Inspects every text of a whole reply's body, and what its lists of tokens spell. Throws a Refusal. */
  reply(
    body: Json,
    isStructure: Structure,
  ): { readonly texts: readonly Rewritten[]; readonly hasTokens: boolean } {
    if (this.#outflow !== undefined)
      for (const { path, text, key } of textsOf(body, isStructure))
        if (!key) this.#outflow.whole(pathText(path), text);
    const texts = this.#changes(body, isStructure, 'response', null);
    const { tokens } = surveyOf(body);
    const spelled = tokens.some(({ text }) => this.#quietly(text) !== text);
    if (this.#looks('response')) this.#evidence.hasInspected('response');
    return { texts, hasTokens: spelled || (texts.length > 0 && tokens.length > 0) };
  }

  #changes(
    body: Json,
    isStructure: Structure,
    direction: Direction,
    own: string | null,
  ): readonly Rewritten[] {
    const changes = [];
    const blocked: string[] = [];
    for (const at of textsOf(body, isStructure)) {
      if (at.text === own || isToken(at.path) || this.#isUninspectable(body, at, direction)) continue;
      const { text, changes: parts } = this.#text(at, direction, blocked);
      if (text !== at.text && !at.key) changes.push({ path: at.path, text, changes: parts });
    }
    if (blocked.length > 0) throw blockedBy(direction, blocked);
    return changes;
  }

  /** Notes what cannot be read here, and refuses it if the policy says so. */
  #isUninspectable(body: Json, at: TextAt, direction: Direction): boolean {
    const kind = uninspectable(body, at);
    if (kind === undefined) return false;
    this.#notInspected(direction, pathText(at.path), kind.kind);
    return !kind.isText;
  }

  #notInspected(direction: Direction, place: string, kind: string): void {
    this.#evidence.notInspected(direction, place, kind);
    if (this.#policy[direction].uninspected === 'refuse')
      throw new Refusal(direction === 'request' ? 'content_not_inspectable' : 'reply_not_inspectable', {
        detail: `It holds ${kind}.`,
        ...(direction === 'request' ? { param: place } : {}),
      });
  }

  /** One text as it goes on. Types that it may not hold are added to `blocked`. */
  #text(at: TextAt, direction: Direction, blocked: string[]): Inspected {
    const counts = this.#counts[direction];
    const hiding =
      direction === 'request'
        ? { counts, pseudonym: this.#pseudonyms.hide }
        : { counts, pseudonym: this.#pseudonyms.hideReply, restore: this.#pseudonyms.restore };
    const inspected = inspectText(this.#plans[direction], at.text, hiding);
    const { findings, stubborn } = inspected;
    for (const finding of findings) {
      this.#evidence.found(direction, pathText(at.path), finding);
      // A key cannot be rewritten without changing what the body says.
      if (finding.action === 'block' || (at.key && finding.replacement !== undefined))
        blocked.push(finding.type);
    }
    blocked.push(...stubborn.map(({ rule }) => rule.pattern.id));
    return inspected;
  }

  /** What says again what another text says: looked at, but neither counted nor told. */
  #quietly(text: string): string {
    const hiding = { counts: new Map<string, number>(), pseudonym: (type: string) => `[${type}]` };
    return inspectText(this.#plans.response, text, hiding).text;
  }

  /** How the channels of a streamed reply are read. */
  reading(): Reading {
    if (this.#looks('response')) this.#evidence.hasInspected('response');
    return {
      scanner: this.#scanner,
      plan: this.#plans.response,
      counts: this.#counts.response,
      pseudonym: this.#pseudonyms.hideReply,
      restore: this.#pseudonyms.restore,
      found: (place: string, finding: Finding) => {
        this.#evidence.found('response', place, finding);
        if (finding.action === 'block') throw blockedBy('response', [finding.type]);
      },
      refuse: (types) => {
        throw blockedBy('response', types);
      },
      notInspected: (place, kind) => this.#notInspected('response', place, kind),
      ...(this.#outflow === undefined ? {} : { outflow: this.#outflow.growing }),
    };
  }

  /** Whether nothing of a reply would be looked at: no rule is wanted, no placeholder is out, and all content is welcome. */
  get passesReplies(): boolean {
    return !this.#pseudonyms.isOut && !this.#looks('response') && this.#outflow === undefined;
  }

  #looks(direction: Direction): boolean {
    return (
      this.#plans[direction].wanted.some((wanted) => wanted !== SKIP) ||
      this.#policy[direction].uninspected === 'refuse'
    );
  }
}

/** Names the types, never the values. */
const blockedBy = (direction: Direction, types: readonly string[]): Refusal => {
  const named = [...new Set(types)].slice(0, 10).join(', ');
  return new Refusal(direction === 'request' ? 'prompt_blocked' : 'reply_blocked', {
    ...(named === '' ? {} : { detail: `Found: ${named}.` }),
  });
};
