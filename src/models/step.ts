// list: the last step of a listing. Shows the models this key may use, and no other.

import { wholeReply } from '../exchange.ts';
import type { Ports, Step } from '../ports.ts';
import { storeAway } from '../refusal.ts';
import { mayReach } from '../routing/target.ts';
import { mayUseModel } from '../usecases/scope.ts';
import { rememberCatalogue } from './table.ts';

/** Answers with the models of the catalogue that the key's use case includes and that its data may reach. */
export const list = (ports: Ports): Step => {
  const catalogue = rememberCatalogue(ports.store.db, ports);
  return async (c) => {
    const { exchange } = c.var;
    const { dialect, grant } = exchange;
    if (dialect.kind !== 'list' || grant === undefined) throw new Error('list needs a listing and a grant');
    const known = catalogue.get();
    const { models, backends } = known instanceof Promise ? await known.catch(storeAway) : known;
    const shown = [...models.values()].filter(
      ({ name, targets }) =>
        mayUseModel(grant, name) &&
        targets.some(({ backend }) => mayReach(grant.dataClass, backends.get(backend)?.zone ?? 'cloud')),
    );
    shown.sort((a, b) => (a.name < b.name ? -1 : 1));
    exchange.reply = wholeReply(
      200,
      { 'content-type': 'application/json' },
      new TextEncoder().encode(
        dialect.list(shown, { path: exchange.path, model: exchange.prompt?.asked.model }),
      ),
    );
  };
};
