// route: which targets may have this exchange, best first.
import { rememberCatalogue } from '../models/table.ts';
import type { Ports, Step } from '../ports.ts';
import { Refusal, storeAway } from '../refusal.ts';
import { wayTo } from '../translate/way.ts';
import { candidatesFor } from './choose.ts';

/**
 * Fills `exchange.candidates`; throws `model_not_found`, `zone_not_allowed` when data may go to none of them, or
 * `dialect_not_spoken` when none it may go to speaks the client's dialect.
 */
export const route = (ports: Ports): Step => {
  const catalogue = rememberCatalogue(ports.store.db, ports);
  return async (c, next) => {
    const { exchange } = c.var;
    const { dialect, grant, prompt } = exchange;
    if (dialect.kind !== 'call' || grant === undefined || prompt === undefined)
      throw new Error('route needs a call, its grant and its prompt');
    const known = catalogue.get();
    const found = known instanceof Promise ? await known.catch(storeAway) : known;
    exchange.candidates = candidatesFor(
      found,
      prompt.asked.model,
      grant.dataClass,
      (target) => wayTo(target, dialect.name) !== undefined,
    );
    if (exchange.candidates.length === 0)
      throw new Refusal('model_not_found', { param: 'model', model: prompt.asked.model });
    if (exchange.candidates.every(({ passedOver }) => passedOver === 'zone'))
      throw new Refusal('zone_not_allowed', { param: 'model' });
    if (exchange.candidates.every(({ passedOver }) => passedOver !== null))
      throw new Refusal('dialect_not_spoken', { param: 'model', detail: `It is "${dialect.name}".` });
    await next();
  };
};
