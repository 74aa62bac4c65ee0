// Packs made ready to run: every pattern's automata, and one search for all that leads to them.
import type { Check } from './checks/check.ts';
import { checks as allChecks } from './checks/index.ts';
import { fold } from './fold.ts';
import { LiteralSearch } from './literals.ts';
import type { Meaning } from './meanings.ts';
import { Meanings } from './meanings.ts';
import type { Pack, Pattern } from './pattern.ts';
import { anchorOf, firstOf } from './regex/anchor.ts';
import { Automaton } from './regex/automaton.ts';
import { has } from './regex/char-set.ts';
import { isDigitLed } from './regex/digits.ts';
import { buildNfa } from './regex/nfa.ts';
import type { Node } from './regex/syntax.ts';
import { parseRegex, RegexFault } from './regex/syntax.ts';
import { Selector } from './selector.ts';
import { WordSearch } from './words.ts';

/** One printed form of a pattern. `left`, if any, is walked backwards from where `right` begins. */
export type Form = {
  readonly rule: Rule;
  readonly left: Automaton | undefined;
  readonly right: Automaton;
  /** The whole of it, and what walks that: for those who look at many forms at once, or at what is growing. */
  readonly node: Node;
  readonly whole: Automaton;
  /** What leads to it: a literal that `right` begins with, a run of digits at its start, or nothing but the start of a word. */
  readonly led: 'literal' | 'digits' | 'words';
  /** Spellings of the literal, folded by the search; none unless that is what leads to it. */
  readonly literals: readonly string[];
  /** By ASCII unit: whether `right` may begin so; units beyond ASCII always may. */
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
  /** What the literals of the searches mean, by their number. */
  readonly meanings: readonly Meaning[];
  /** The literals that stand at the start of a word, and those that may stand anywhere. */
  readonly words: WordSearch;
  readonly anywhere: LiteralSearch;
  /** Forms that begin at a run of digits, with need of a keyword or without. */
  readonly numbers: Selector;
  /** Forms that need no keyword and may begin at any word, and the ASCII units they may begin with. */
  readonly eager: Selector;
  readonly eagerFirst: Uint8Array;
  /** Forms with something before their literal: they may be growing before it is seen. */
  readonly led: Selector;
  /** By a folded text, the forms whose literal is longer and begins so; texts have at most `prefixChars`. */
  readonly prefixes: ReadonlyMap<string, readonly Form[]>;
  readonly prefixChars: number;
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

/** The same, a few milliseconds a step: all packs take some hundreds of them. */
export function* compileSteps(packs: readonly Pack[]): Generator<undefined, Rules, undefined> {
  const rules: Rule[] = [];
  const table = new Meanings();
  const known = new Map<string, string>();
  for (const pack of packs) {
    for (const pattern of pack.patterns) {
      const other = known.get(pattern.id);
      if (other !== undefined)
        throw new PatternFault(`${pattern.id}: packs ${other} and ${pack.pack} both have this id`);
      known.set(pattern.id, pack.pack);
      const rule = compilePattern(pattern, pack, rules.length);
      rules.push(rule);
      table.add(rule);
      if (rules.length % STEP_PATTERNS === 0) yield;
    }
  }
  return assemble(rules, table);
}

const assemble = (rules: readonly Rule[], table: Meanings): Rules => {
  const forms = rules.flatMap((rule) => rule.forms);
  const eager = forms.filter(({ led, rule }) => led === 'words' && rule.pattern.context === 'raises');
  return {
    rules,
    meanings: table.all,
    words: new WordSearch(table.literals.filter(({ id }) => !isAnywhere(table.all[id]))),
    anywhere: new LiteralSearch(table.literals.filter(({ id }) => isAnywhere(table.all[id]))),
    numbers: new Selector(
      forms.filter(({ led, rule }) => led === 'digits' && rule.pattern.context !== 'assigned'),
    ),
    eager: new Selector(eager),
    eagerFirst: Uint8Array.from({ length: 128 }, (_, code) =>
      eager.some(({ first }) => first[code] === 1) ? 1 : 0,
    ),
    led: new Selector(forms.filter(({ left }) => left !== undefined)),
    ...prefixesOf(forms),
  };
};

/** Whether what a literal is for may begin inside a word. */
const isAnywhere = (meaning: Meaning | undefined): boolean => meaning?.openStart ?? true;

const prefixesOf = (forms: readonly Form[]): Pick<Rules, 'prefixes' | 'prefixChars'> => {
  const prefixes = new Map<string, Set<Form>>();
  let prefixChars = 0;
  for (const form of forms) {
    if (form.left !== undefined) continue;
    for (const literal of form.literals) {
      prefixChars = Math.max(prefixChars, literal.length - 1);
      for (let chars = 1; chars < literal.length; chars++) {
        const prefix = fold(literal.slice(0, chars));
        prefixes.set(prefix, (prefixes.get(prefix) ?? new Set()).add(form));
      }
    }
  }
  return { prefixes: new Map([...prefixes].map(([prefix, set]) => [prefix, [...set]])), prefixChars };
};

const compilePattern = (pattern: Pattern, pack: Pack, index: number): Rule => {
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
  for (const source of [pattern.regex].flat()) forms.push(...readable(pattern, () => formsOf(rule, source)));
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
const formsOf = (rule: Rule, source: string): Form[] => {
  const node = parseRegex(source, rule.pattern.ignore_case);
  return (node.kind === 'any' ? node.options : [node]).map((option) => formOf(rule, option));
};

const formOf = (rule: Rule, node: Node): Form => {
  const anchor = rule.pattern.context === 'assigned' ? undefined : anchorOf(node);
  const right = anchor?.right ?? node;
  const unanchored = anchor === undefined && isDigitLed(buildNfa(node, false)) ? 'digits' : 'words';
  const firsts = firstOf(right);
  const whole = new Automaton(node, false);
  return {
    rule,
    left: anchor?.left === undefined ? undefined : new Automaton(anchor.left, true),
    right: anchor?.left === undefined ? whole : new Automaton(right, false),
    node,
    whole,
    led: anchor === undefined ? unanchored : 'literal',
    literals: anchor?.literals ?? [],
    first: Uint8Array.from({ length: 128 }, (_, code) => (has(firsts, code) ? 1 : 0)),
  };
};

const untilOf = ({ until, ignore_case: ignoreCase }: Pattern): Until | undefined => {
  if (until === undefined) return undefined;
  const literal = /^[^\\[\](){}|?*+.^$]+/.exec(until)?.[0];
  if (literal === undefined || literal.length < 3 || ignoreCase)
    throw new RegexFault('until must begin with a literal of three characters or more, in one case');
  return { literal, automaton: new Automaton(parseRegex(until, false), false) };
};
