// What would become of a text that is an exchange of its own: for those who try patterns and policies.
import type { Action, Category } from './pattern.ts';
import type { Plan } from './plan.ts';
import { Pseudonyms } from './pseudonyms.ts';
import { inspectText } from './text.ts';

/** What was found in a text, and the text as it would go on. Of a finding its value is not told: `start` and `end` say where it is. */
export type Trial = {
  readonly text: string;
  readonly blocked: boolean;
  readonly findings: {
    readonly type: string;
    readonly category: Category;
    readonly pattern: string;
    readonly pack: string;
    readonly start: number;
    readonly end: number;
    readonly confidence: number;
    readonly action: Action;
  }[];
};

/** Tries `plan` on `text`. */
export const tried = (plan: Plan, text: string): Trial => {
  const hiding = { counts: new Map<string, number>(), pseudonym: new Pseudonyms().hide };
  const { text: shown, findings, stubborn } = inspectText(plan, text, hiding);
  return {
    text: shown,
    blocked: stubborn.length > 0 || findings.some(({ action }) => action === 'block'),
    findings: findings.map(({ type, category, pack, start, end, confidence, action }) => ({
      ...{ type, category, pattern: type, pack, start, end, confidence, action },
    })),
  };
};
