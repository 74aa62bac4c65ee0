// A question as the packages take it that ask Gemini and Converse: our keys as theirs, and said what they would pass over in silence.
import type { Caps } from './caps.ts';
import type { ProviderOptions, Question } from './neutral.ts';
import type { Notes } from './notes.ts';
import { packagedHistory } from './packaged-history.ts';

/** The providers whose models are asked through a package. */
export type Packaged = 'google' | 'vertex' | 'bedrock';

/** Whether a provider's models are asked through a package. */
export const isPackaged = (provider: Caps['provider']): provider is Packaged =>
  provider === 'google' || provider === 'vertex' || provider === 'bedrock';

/** The question for a package; throws `unsupported_parameter`. What gets lost on the way is noted. */
export const packaged = (
  question: Question,
  asked: { readonly provider: Packaged; readonly model: string },
  notes: Notes,
): Question => {
  const { providerOptions, ...rest } = packagedHistory(question, asked, notes);
  noteUnsaid(providerOptions, asked.provider, notes);
  if (asked.provider === 'bedrock') return rest;
  const thinkingConfig = thinkingOf(question);
  return thinkingConfig === undefined ? rest : { ...rest, providerOptions: { google: { thinkingConfig } } };
};

/** Options that say in OpenAI's or Anthropic's words what is carried otherwise, or that mean nothing where they are not known. */
const CARRIED: ReadonlySet<string> = new Set([
  ...['thinking', 'strictJsonSchema', 'systemMessageMode', 'disableParallelToolUse'],
]);

/** Of what both words there are for one thing, one is told. */
const noteUnsaid = (options: ProviderOptions | undefined, provider: Packaged, notes: Notes): void => {
  for (const name of ['openai', 'anthropic'])
    for (const [key, value] of Object.entries(options?.[name] ?? {})) {
      if (CARRIED.has(key) || (key === 'parallelToolCalls' && value !== false)) continue;
      notes.dropped(snake(key));
    }
  const thinking = options?.anthropic?.thinking;
  if (provider === 'bedrock' && thinking !== undefined) notes.dropped('thinking');
};

/** `maxOutputTokens` as most clients would write it. */
export const snake = (name: string): string => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

/** How Gemini is to think. Whoever asks for reasoning wants to read it, which Gemini does only for whoever says so. */
const thinkingOf = ({
  reasoning,
  providerOptions,
}: Question): { includeThoughts?: boolean; thinkingBudget?: number } | undefined => {
  const thinking: unknown = providerOptions?.anthropic?.thinking;
  const of = (name: string): unknown =>
    typeof thinking === 'object' && thinking !== null ? Reflect.get(thinking, name) : undefined;
  const [type, budget] = [of('type'), of('budget_tokens')];
  if (type === 'disabled') return { thinkingBudget: 0 };
  if (typeof budget === 'number') return { includeThoughts: true, thinkingBudget: budget };
  const asked = reasoning !== undefined && reasoning !== 'none' && reasoning !== 'provider-default';
  return asked || type !== undefined ? { includeThoughts: true } : undefined;
};

/** Names that a package has for one API, and the one that is spoken of everywhere else; null: the same under an older name. */
const NAMES: Readonly<Record<string, string | null>> = {
  googleVertex: 'google',
  vertex: null,
  bedrock: null,
};

/** A part of a reply, or a piece of a whole one, with what its provider says of it under one name. */
export const unpackaged = <T extends { readonly type: string; readonly providerMetadata?: ProviderOptions }>(
  part: T,
): T => {
  if (part.providerMetadata === undefined) return part;
  const told = Object.entries(part.providerMetadata).flatMap(([name, value]) => {
    const known = NAMES[name];
    return known === null ? [] : [[known ?? name, value] as const];
  });
  return { ...part, providerMetadata: Object.fromEntries(told) };
};
