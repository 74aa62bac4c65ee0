// Packs made ready to run: every pattern's automata, and one search for all that leads to them.
import type { Check } from './checks/check.ts';
import { checks as allChecks } from './checks/index.ts';
import type { Entrances } from './gate.ts';
import type { Meanings } from './meanings.ts';
import { MeaningsMaker } from './meanings.ts';
import type { Pack, Pattern } from './pattern.ts';
import type { Anchor } from './regex/anchor.ts';
import { anchorOf, firstAnchorOf, firstOf } from './regex/anchor.ts';
import { Automaton } from './regex/automaton.ts';
import type { CharSet } from './regex/char-set.ts';
import { isDigitLed } from './regex/digits.ts';
import { mustBeSmall } from './regex/nfa.ts';
import { firstRunsOf } from './regex/shape.ts';
import type { Node } from './regex/syntax.ts';
import { parseRegex, RegexFault } from './regex/syntax.ts';
import { Selector } from './selector.ts';
import { Starts } from './starts.ts';
import { Trie } from './trie.ts';

/** One printed form of a pattern. `left`, if any, is walked backwards from where `right` begins. */
export type Form = {
  /** Its place among the forms of all rules. */
  readonly index: number;
  readonly rule: Rule;
  readonly left: Automaton | undefined;
  readonly right: Automaton;
  /** What walks the whole of it: for those who look at what is growing. */
  readonly whole: Automaton;
  /** What leads to it: a literal that `right` begins with, a run of digits at its start, or nothing but the start of a word. */
  readonly led: 'literal' | 'digits' | 'words';
  /** Spellings of the literal, folded by the search; none unless that is what leads to it. */
  readonly literals: readonly string[];
  /** By ASCII unit: whether `right` may begin so; units beyond ASCII always may. Shared by forms that begin alike. */
  readonly first: Uint8Array;
};

/** One pattern, ready to run. */
export type Rule = {
  readonly index: number;
  readonly pack: string;
  readonly version: number;
  /** Whether only a policy that names it looks for it. */
  readonly asked: boolean;
  readonly pattern: Pattern;
  readonly checks: readonly Check[];
  readonly forms: readonly Form[];
  readonly until: Until | undefined;
};

/** How a block ends. */
type Until = { readonly literal: string; readonly automaton: Automaton };

/** All patterns in force, ready to run. */
export type Rules = {
  readonly rules: readonly Rule[];
  readonly forms: readonly Form[];
  /** What the literals of the searches mean, by their number. */
  readonly meanings: Meanings;
  /** What a pass over a text looks for. */
  readonly entrances: Entrances;
  /** Forms that begin at a run of digits, without need of a keyword or with. */
  readonly numbers: Selector;
  readonly waiting: Selector;
  /** Forms that need no keyword and may begin at any word. */
  readonly eager: Selector;
  /** Forms with something before their literal: they may be growing before it is seen. And those of them that may begin inside a word. */
  readonly led: Selector;
  readonly ledAnywhere: Selector;
  /** The literals that forms begin with, by the form: at the start of a word, and anywhere; and the longest one's length. */
  readonly begun: Trie;
  readonly begunAnywhere: Trie;
  readonly literalChars: number;
};

/** A pattern that cannot run, and why. */
export class PatternFault extends Error {}

/** Makes packs ready to run; throws {@link PatternFault} naming the pattern. No two patterns may have one id. */
export const compilePacks = (packs: readonly Pack[]): Rules => {
  const steps = compileSteps(packs);
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
  }
};

/** After so many patterns whoever compiles may do something else: some milliseconds' work. */
const STEP_PATTERNS = 40;

/** The same, a few milliseconds a step: all packs take some tens of them. */
export function* compileSteps(packs: readonly Pack[]): Generator<undefined, Rules, undefined> {
  const rules: Rule[] = [];
  const maker = new RulesMaker();
  const known = new Map<string, string>();
  for (const pack of packs) {
    for (const pattern of pack.patterns) {
      const other = known.get(pattern.id);
      if (other !== undefined)
        throw new PatternFault(`${pattern.id}: packs ${other} and ${pack.pack} both have this id`);
      known.set(pattern.id, pack.pack);
      rules.push(compilePattern(pattern, pack, rules.length, maker));
      if (rules.length % STEP_PATTERNS === 0) yield;
    }
  }
  yield;
  return yield* maker.made(rules);
}

/** Gathers what all rules need together. */
class RulesMaker {
  readonly forms: Form[] = [];
  readonly #meanings = new MeaningsMaker();
  readonly #numbers = new Selector();
  readonly #waiting = new Selector();
  readonly #eager = new Selector();
  readonly #led = new Selector();
  readonly #ledAnywhere = new Selector();
  readonly #numberStarts = new Starts();
  readonly #eagerStarts = new Starts();
  readonly #firsts = new Map<string, Uint8Array>();

  /** Adds a form, which is `node`; not yet to what its literals mean. */
  add(form: Form, node: Node): void {
    const { context, boundary } = form.rule.pattern;
    const loose = boundary === 'none';
    this.forms.push(form);
    if (form.left !== undefined) this.#led.add(form, node);
    if (form.left !== undefined && loose) this.#ledAnywhere.add(form, node);
    if (form.led === 'digits' && context !== 'assigned') {
      this.#numberStarts.add(firstOf(node), firstRunsOf(node), loose);
      (context === 'required' ? this.#waiting : this.#numbers).add(form, node);
    } else if (form.led === 'words' && context === 'raises') {
      this.#eagerStarts.add(firstOf(node), firstRunsOf(node), loose);
      this.#eager.add(form, node);
    }
  }

  addRule(rule: Rule): void {
    this.#meanings.add(rule);
  }

  /** Which ASCII units are in a set. */
  firsts(set: CharSet): Uint8Array {
    const key = set.join(';');
    const known = this.#firsts.get(key);
    if (known !== undefined) return known;
    const table = new Uint8Array(128);
    for (const [first, last] of set) table.fill(1, first, last + 1);
    this.#firsts.set(key, table);
    return table;
  }

  *made(rules: readonly Rule[]): Generator<undefined, Rules, undefined> {
    const words = new Trie(this.#meanings.literals(false));
    yield;
    const anywhere = new Trie(this.#meanings.literals(true));
    const { forms } = this;
    return {
      rules,
      forms,
      meanings: this.#meanings.made(),
      entrances: { words, anywhere, numbers: this.#numberStarts, eager: this.#eagerStarts },
      numbers: this.#numbers,
      waiting: this.#waiting,
      eager: this.#eager,
      led: this.#led,
      ledAnywhere: this.#ledAnywhere,
      begun: begunBy(forms.filter(({ rule }) => rule.pattern.boundary !== 'none')),
      begunAnywhere: begunBy(forms.filter(({ rule }) => rule.pattern.boundary === 'none')),
      literalChars: Math.max(0, ...forms.flatMap(({ literals }) => literals.map(({ length }) => length))),
    };
  }
}

/** The literals that forms begin with, by the form's index. */
const begunBy = (forms: readonly Form[]): Trie =>
  new Trie(
    forms.flatMap(({ left, literals, index }) =>
      left === undefined ? literals.map((text) => ({ text, id: index, exact: true })) : [],
    ),
  );

const compilePattern = (pattern: Pattern, pack: Pack, index: number, maker: RulesMaker): Rule => {
  const named = pattern.check === undefined ? [] : [pattern.check].flat();
  const checks = named.map((name) => {
    const check = Object.hasOwn(allChecks, name) ? allChecks[name] : undefined;
    if (check === undefined) throw new PatternFault(`${pattern.id}: no check is called ${name}`);
    return check;
  });
  if (pattern.context !== 'raises' && pattern.keywords.length === 0)
    throw new PatternFault(`${pattern.id}: context ${pattern.context} needs keywords`);
  const forms: Form[] = [];
  const rule: Rule = {
    index,
    pack: pack.pack,
    version: pack.version,
    asked: pack.default === 'off' || pattern.default === 'off',
    pattern,
    checks,
    forms,
    until: readable(pattern, untilOf),
  };
  for (const source of [pattern.regex].flat())
    forms.push(...readable(pattern, () => formsOf(rule, source, maker)));
  maker.addRule(rule);
  return rule;
};

const readable = <T>(pattern: Pattern, read: (pattern: Pattern) => T): T => {
  try {
    return read(pattern);
  } catch (error) {
    if (error instanceof RegexFault) throw new PatternFault(`${pattern.id}: ${error.message}`);
    throw error;
  }
};

/** Each alternative of a regular expression is led to in its own way. */
const formsOf = (rule: Rule, source: string, maker: RulesMaker): Form[] => {
  const options = optionsOf(source, rule.pattern.ignore_case);
  return options.map((option, at) => {
    const form = formOf(rule, option, source, at, maker);
    maker.add(form, option);
    return form;
  });
};

const optionsOf = (source: string, ignoreCase: boolean): readonly Node[] => {
  const node = parseRegex(source, ignoreCase);
  return node.kind === 'any' ? node.options : [node];
};

const NOTHING: Node = { kind: 'any', options: [] };

/** A form's trees are not kept: few of its automata are ever walked, and those read its source again. */
const formOf = (rule: Rule, node: Node, source: string, at: number, maker: RulesMaker): Form => {
  mustBeSmall(node);
  const best = rule.pattern.context === 'assigned' ? undefined : anchorOf(node);
  const isDigits = best === undefined && isDigitLed(node);
  const isBare = best === undefined && !isDigits && rule.pattern.context === 'raises';
  const anchor = isBare && rule.pattern.boundary !== 'none' ? firstAnchorOf(node) : best;
  const again = (): Node => optionsOf(source, rule.pattern.ignore_case)[at] ?? NOTHING;
  const split = (): Anchor | undefined => anchorOf(again());
  const whole = new Automaton(again, false);
  const isLed = anchor?.left !== undefined;
  const unanchored = isDigits ? 'digits' : 'words';
  return {
    index: maker.forms.length,
    rule,
    left: isLed ? new Automaton(() => split()?.left ?? again(), true) : undefined,
    right: isLed ? new Automaton(() => split()?.right ?? again(), false) : whole,
    whole,
    led: anchor === undefined ? unanchored : 'literal',
    literals: anchor?.literals ?? [],
    first: maker.firsts(firstOf(anchor?.right ?? node)),
  };
};

const untilOf = ({ until, ignore_case: ignoreCase }: Pattern): Until | undefined => {
  if (until === undefined) return undefined;
  const literal = /^[^\\[\](){}|?*+.^$]+/.exec(until)?.[0];
  if (literal === undefined || literal.length < 3 || ignoreCase)
    throw new RegexFault('until must begin with a literal of three characters or more, in one case');
  parseRegex(until, false);
  return { literal, automaton: new Automaton(() => parseRegex(until, false), false) };
};
