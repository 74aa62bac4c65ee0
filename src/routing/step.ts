// route: which targets may have this exchange, best first.
import { rememberCatalogue } from '../models/table.ts';
import type { Ports, Step } from '../ports.ts';
import { Refusal, storeAway } from '../refusal.ts';
import { candidatesFor } from './choose.ts';

/** Fills `exchange.candidates`; throws `model_not_found` or, when data may go to none of them, `zone_not_allowed`. */
export const route = (ports: Ports): Step => {
  const catalogue = rememberCatalogue(ports.store.db, ports);
  return async (c, next) => {
    const { exchange } = c.var;
    if (exchange.grant === undefined || exchange.prompt === undefined)
      throw new Error('route needs grant and prompt');
    const known = catalogue.get();
    const found = known instanceof Promise ? await known.catch(storeAway) : known;
    exchange.candidates = candidatesFor(found, exchange.prompt.asked.model, exchange.grant.dataClass);
    if (exchange.candidates.length === 0) throw new Refusal('model_not_found', { param: 'model' });
    if (exchange.candidates.every(({ passedOver }) => passedOver !== null))
      throw new Refusal('zone_not_allowed', { param: 'model' });
    await next();
  };
};
