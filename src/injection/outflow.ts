// Watches a reply for data on its way out in an address that a client fetches or shows: noted in the record, or the end of the reply.
import type { Exchange } from '../exchange.ts';
import type { PolicyBody } from '../policies/policy.ts';
import { Refusal } from '../refusal.ts';
import { exfiltration } from './exfiltration.ts';
import type { Scored } from './reason.ts';
import { ATTEMPTS, attemptOf } from './suspicion.ts';

/** A watch over the texts of one reply. Throws `reply_exfiltrates` where the policy blocks. */
export type Outflow = {
  /** A text that is whole. */
  whole(place: string, text: string): void;
  /** A text as it grows; gives from where on it must not be let go yet. */
  growing(place: string, text: string): number;
};

/** What may become an image, a link or a tag with an address, at the end of a text. Bounded: data shows long before. */
const OPENING =
  /(?:!(?:\[[^\]\n]{0,300})?|!?\[[^\]\n]{0,300}\](?:[(:]\s{0,4}[^)\s]{0,1000})?|<[A-Za-z][^>]{0,1000}|https?:?\/{0,2}[^\s)>"']{0,1000}|url\([^)\s]{0,1000})$/;
/** So much of a growing text is looked at. */
const TAIL_CHARS = 1_400;

/** The watch that a policy asks for; undefined: none. */
export const outflowOf = (exchange: Exchange, body: PolicyBody): Outflow | undefined => {
  const { injection } = body.response;
  if (injection === 'off') return undefined;
  const told = new Set<string>();
  const judge = (place: string, scored: Scored): void => {
    if (scored.score < body.injection_threshold || told.has(place)) return;
    told.add(place);
    note(exchange, place, scored);
    if (injection === 'block') {
      const reasons = [...new Set(scored.reasons.map(({ name }) => name))].join(', ');
      throw new Refusal('reply_exfiltrates', { detail: `Found: ${reasons}.` });
    }
  };
  looked(exchange);
  return {
    whole: (place, text) => {
      if (text.includes('//')) judge(place, exfiltration(text));
    },
    growing: (place, text) => {
      const from = Math.max(0, text.length - TAIL_CHARS);
      const tail = text.slice(from);
      if (tail.includes('//')) judge(place, exfiltration(tail));
      if (injection !== 'block') return text.length;
      const opening = OPENING.exec(tail);
      return opening === null ? text.length : from + opening.index;
    },
  };
};

const looked = (exchange: Exchange): void => {
  const { inspected, attempts } = exchange.injection ?? { inspected: [], attempts: [] };
  exchange.injection = { inspected: [...inspected, 'response'], attempts };
};

const note = (exchange: Exchange, place: string, scored: Scored): void => {
  const { inspected, attempts } = exchange.injection ?? { inspected: [], attempts: [] };
  if (attempts.length < ATTEMPTS)
    exchange.injection = { inspected, attempts: [...attempts, attemptOf('response', place, scored)] };
};
