// How hard a model is asked to think, in the words it knows.
import type { Question } from '../neutral.ts';
import type { Notes } from '../notes.ts';
import type { Effort, Flavour } from './flavour.ts';

/** Least first. */
const ORDER: readonly Effort[] = ['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max'];

/** What Anthropic's clients ask by a number of tokens: from so many on it is this effort. */
const BUDGETS = [
  [24_576, 'high'],
  [10_240, 'medium'],
] as const;

/** The effort nearest to the one asked for that the model knows; undefined: nothing is said of it. */
export const effortOf = (
  question: Question,
  { efforts, reasonsWithTools }: Flavour,
  notes: Notes,
): Effort | undefined => {
  const asked = askedOf(question);
  const [first, ...others] = efforts;
  if (!reasonsWithTools && (question.tools ?? []).length > 0) {
    // Such models refuse tools unless they are told not to think.
    if (asked !== 'none') notes.changed('reasoning_effort', 'none');
    return 'none';
  }
  if (asked === undefined) return undefined;
  if (first === undefined || (asked === 'none' && !efforts.some(isLittle))) {
    if (asked !== 'none') notes.dropped('reasoning_effort');
    return undefined;
  }
  const wanted = ORDER.indexOf(asked);
  const distance = (effort: Effort): number => Math.abs(ORDER.indexOf(effort) - wanted);
  const nearest = others.reduce((best, each) => (distance(each) < distance(best) ? each : best), first);
  if (nearest !== asked) notes.changed('reasoning_effort', nearest);
  return nearest;
};

const isLittle = (effort: Effort): boolean => effort === 'none' || effort === 'minimal';

const askedOf = ({ reasoning, providerOptions }: Question): Effort | undefined => {
  if (reasoning !== undefined && reasoning !== 'provider-default') return reasoning;
  const thinking = providerOptions?.anthropic?.thinking;
  if (typeof thinking !== 'object' || thinking === null || !('type' in thinking)) return undefined;
  if (thinking.type === 'disabled') return 'none';
  const budget = 'budget_tokens' in thinking ? thinking.budget_tokens : undefined;
  if (thinking.type !== 'enabled' || typeof budget !== 'number') return undefined;
  return BUDGETS.find(([least]) => budget >= least)?.[1] ?? 'low';
};
