/**
 * Every dialect the tests speak.
 */
import { countTokens, messages } from './anthropic.ts';
import type { Spoken } from './spoken.ts';

export type { Spoken } from './spoken.ts';

export const SPOKEN: readonly Spoken[] = [messages, countTokens];
