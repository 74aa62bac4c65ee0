/**
 * Requests that no server of a dialect takes. The gateway judges what it decides on itself; what only a provider can judge is left to
 * the provider while it speaks the same dialect, and is the gateway's to judge where it translates.
 */
import type { Json, NotHere } from '../spoken.ts';
import { notHere } from '../spoken.ts';

/** What can be wrong with a request. */
export const FAULTS = [
  ...['missing fields', 'wrong types', 'lists too long', 'ids of calls twice', 'results without a call'],
  ...['calls without a result', 'base64 that is none', 'roles nobody knows'],
] as const;
export type Fault = (typeof FAULTS)[number];

/** One such request. */
export type Bad = {
  readonly name: string;
  readonly body: Json;
  /** The field that is named, as a path; its first word at least is told. */
  readonly param: string;
  /** Who says no while the backend speaks the dialect. */
  readonly by: 'gateway' | 'provider';
};

export type Faults = Readonly<Record<Fault, readonly Bad[] | NotHere>>;

export const byGateway = (name: string, body: Json, param: string): Bad => ({
  name,
  body,
  param,
  by: 'gateway',
});
export const byProvider = (name: string, body: Json, param: string): Bad => ({
  name,
  body,
  param,
  by: 'provider',
});

/** Those of a dialect that knows no tools, no media and no roles. */
export const TEXT_ALONE = {
  'ids of calls twice': notHere('it knows no tools'),
  'results without a call': notHere('it knows no tools'),
  'calls without a result': notHere('it knows no tools'),
  'base64 that is none': notHere('it takes no bytes'),
  'roles nobody knows': notHere('it knows no roles'),
} as const;

/** Longer than any list of messages, items or texts that is taken. */
export const TOO_MANY = 20_001;
export const many = <T>(each: T, count = TOO_MANY): readonly T[] => Array.from({ length: count }, () => each);
