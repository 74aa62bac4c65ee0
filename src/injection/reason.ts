// What a score is made of: reasons of kinds, each with a weight. One kind counts once, by its surest reason.

/** Where a text comes from: a person's turn, or a tool, a document, anything the person did not write. */
export type Source = 'user' | 'tool';
export type Verdict = 'clean' | 'suspect' | 'attack';

/** Why a text scores: what was found, how much it weighs (0 to 1), and where. */
export type Reason = {
  readonly name: string;
  readonly weight: number;
  readonly start: number;
  readonly end: number;
};

export type Scored = {
  readonly score: number;
  readonly verdict: Verdict;
  readonly reasons: readonly Reason[];
};

export const ATTACK = 0.5;
export const SUSPECT = 0.25;

export const verdictOf = (score: number): Verdict =>
  score >= ATTACK ? 'attack' : score >= SUSPECT ? 'suspect' : 'clean';

/** A reason with its kind: kinds add up, reasons of one kind do not. */
export type Ground = Reason & { readonly kind: string };

/** Reasons further apart than this do not add up: a long text says many things. In characters. */
const NEAR_CHARS = 3_000;
/** Reasons that are told. */
const MOST_REASONS = 16;
/** A reason that weighs less says nothing. */
const LEAST_WEIGHT = 0.03;

const round = (value: number): number => Math.round(value * 1000) / 1000;

/** The score of what was found: the doubts that each kind leaves, multiplied. */
export const scoreOf = (grounds: readonly Ground[]): Scored => {
  const told = grounds.filter(({ weight }) => weight >= LEAST_WEIGHT).sort((a, b) => b.weight - a.weight);
  const surest = told[0];
  if (surest === undefined) return { score: 0, verdict: 'clean', reasons: [] };
  const kinds = new Map<string, Ground>();
  for (const ground of told) {
    if (Math.abs(ground.start - surest.start) > NEAR_CHARS || kinds.has(ground.kind)) continue;
    kinds.set(ground.kind, ground);
  }
  let doubt = 1;
  for (const { weight } of kinds.values()) doubt *= 1 - weight;
  const score = round(1 - doubt);
  const reasons = [...kinds.values()]
    .slice(0, MOST_REASONS)
    .map(({ name, weight, start, end }) => ({ name, weight: round(weight), start, end }));
  return { score, verdict: verdictOf(score), reasons };
};
