// How a question's wish for reasoning is told to one of Anthropic's models: explicitly, and never at the price of a longer reply than
// was asked for.
import type { Json, JsonObject } from '../../json/value.ts';
import { at, isObject } from '../../json/value.ts';
import { maybe } from '../fields.ts';
import type { Messages, Question } from '../neutral.ts';
import type { Notes } from '../notes.ts';
import type { Claude } from './claude.ts';

type Effort = Exclude<Question['reasoning'], 'provider-default' | undefined>;

/** What the body says of thinking. */
export type Thinking = { readonly thinking?: JsonObject; readonly effort?: string; readonly on: boolean };

/** Tokens of thinking for an effort, where a model is told a number. */
const BUDGETS: Readonly<Record<Effort, number>> = {
  none: 0,
  minimal: 1_024,
  low: 4_096,
  medium: 10_240,
  high: 24_576,
  xhigh: 32_000,
  max: 48_000,
};
/** The API's own. */
const LEAST_BUDGET = 1_024;
/** What is left for the answer of a limit that is nearly all thinking. */
const ANSWER_TOKENS = 1_024;

/** What a question wishes. */
type Wish = {
  readonly off: boolean;
  readonly effort: Effort | undefined;
  readonly budget: number | undefined;
  /** How thoughts are shown, in the API's words. */
  readonly display: Json | undefined;
  /** Whether a summary of them is asked for in OpenAI's. */
  readonly summary: boolean;
};

const wishIn = ({ reasoning, providerOptions }: Question): Wish | undefined => {
  const asked = providerOptions?.anthropic?.thinking as Json | undefined;
  const thinking = isObject(asked) ? asked : undefined;
  const effort = reasoning === 'provider-default' ? undefined : reasoning;
  if (thinking === undefined && effort === undefined) return undefined;
  const budget = at(thinking, 'budget_tokens');
  const summary = providerOptions?.openai?.reasoningSummary;
  return {
    off: thinking?.type === 'disabled' || (thinking === undefined && effort === 'none'),
    effort: effort ?? (thinking?.type === 'between_tools' ? 'minimal' : undefined),
    budget: typeof budget === 'number' ? budget : undefined,
    display: at(thinking, 'display') ?? undefined,
    summary: typeof summary === 'string',
  };
};

const NOTHING: Thinking = { on: false };

/** What is told of thinking. `demanded`: a call of a tool is; `limit`: the most tokens of the reply, thinking included. */
export const thinkingOf = (
  { question, demanded }: { readonly question: Question; readonly demanded: boolean },
  claude: Claude | undefined,
  limit: number,
  notes: Notes,
): Thinking => {
  const wish = wishIn(question);
  if (wish === undefined) return NOTHING;
  if (claude === undefined) return unknownThinking(question, wish, notes);
  if (wish.off) return turnedOff(claude, notes);
  if (demanded && claude.off !== null) {
    notes.changed('reasoning_effort', 'off because a tool is demanded');
    return turnedOff(claude, notes);
  }
  if (claude.adaptive) return adaptively(claude, wish, notes);
  if (claude.budget) return budgeted(question.prompt, wish, limit, notes);
  notes.dropped('reasoning_effort');
  return NOTHING;
};

/** A model of somebody else's: what its client says in these very words is its own affair, an effort may be refused. */
const unknownThinking = ({ providerOptions }: Question, wish: Wish, notes: Notes): Thinking => {
  const asked = providerOptions?.anthropic?.thinking as Json | undefined;
  if (isObject(asked)) return { thinking: asked, on: false };
  if (!wish.off) notes.dropped('reasoning_effort');
  return NOTHING;
};

const turnedOff = ({ off, adaptive }: Claude, notes: Notes): Thinking => {
  if (off === 'disabled') return { thinking: { type: 'disabled' }, on: false };
  notes.changed('reasoning_effort', 'as little as the model can');
  if (off !== null) return { thinking: { type: off }, on: true };
  return { on: true, ...(adaptive ? { effort: 'low' } : {}) };
};

/** Efforts of models that find their own measure. */
const adaptively = ({ xhigh }: Claude, { effort, budget, ...shown }: Wish, notes: Notes): Thinking => {
  const display = shown.display ?? (shown.summary ? 'summarized' : undefined);
  const asked = effort ?? (budget === undefined ? undefined : effortFor(budget));
  const told = asked === undefined ? undefined : nearest(asked, xhigh);
  if (told !== effort) notes.changed('reasoning_effort', told ?? 'the model decides');
  return {
    thinking: { type: 'adaptive', ...maybe('display', display) },
    ...(told === undefined ? {} : { effort: told }),
    on: true,
  };
};

const nearest = (effort: Effort, xhigh: boolean): string => {
  if (effort === 'none' || effort === 'minimal') return 'low';
  return effort === 'xhigh' && !xhigh ? 'high' : effort;
};

/** The most effort whose number is not above `budget`. */
const effortFor = (budget: number): Effort =>
  (['xhigh', 'high', 'medium'] as const).find((effort) => BUDGETS[effort] <= budget) ?? 'low';

const budgeted = (prompt: Messages, wish: Wish, limit: number, notes: Notes): Thinking => {
  const wanted = wish.budget ?? BUDGETS[wish.effort ?? 'medium'];
  const budget = Math.min(Math.max(wanted, LEAST_BUDGET), limit - ANSWER_TOKENS);
  const why =
    budget < LEAST_BUDGET
      ? 'off within so few tokens'
      : lacksThoughts(prompt)
        ? 'off until the next turn, whose calls come with their thinking'
        : undefined;
  if (why !== undefined) {
    notes.changed('reasoning_effort', why);
    return { thinking: { type: 'disabled' }, on: false };
  }
  if (wish.budget !== budget) notes.changed('reasoning_effort', `${budget} tokens`);
  return {
    thinking: { type: 'enabled', budget_tokens: budget, ...maybe('display', wish.display) },
    on: true,
  };
};

/** Whether results are to be told of calls whose thinking is not there: with thinking on, the API refuses that. */
const lacksThoughts = (prompt: Messages): boolean => {
  if (prompt.at(-1)?.role !== 'tool') return false;
  const last = prompt.findLast(({ role }) => role === 'assistant');
  if (last?.role !== 'assistant') return false;
  const { signature, redactedData } = last.content[0]?.providerOptions?.anthropic ?? {};
  return signature === undefined && redactedData === undefined;
};
