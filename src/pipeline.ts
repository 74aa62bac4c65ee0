// START HERE. A request's way through the gateway, top to bottom; its reply comes back bottom to top.
import { record } from './audit/step.ts';
import { call } from './backends/step.ts';
import { answer, read } from './dialects/step.ts';
import { inspect } from './dlp/step.ts';
import { withstand } from './injection/step.ts';
import { acquaint, identify } from './keys/step.ts';
import { list } from './models/step.ts';
import type { Ports, Step } from './ports.ts';
import { price } from './prices/step.ts';
import { route } from './routing/step.ts';
import { count } from './tokens/step.ts';
import { scope } from './usecases/step.ts';
import { keep } from './vault/step.ts';

/** A call of a model. */
export const pipeline = (ports: Ports): Step[] => [
  record(ports), //   audit     opens the record; seals it however this ends
  identify(ports), // keys      whose key is this? which use case?
  read(ports), //     dialects  the body, within limits, hashed and read; the opened record is on its way to the spool
  scope(ports), //    usecases  may it use this endpoint and model? binds the system prompt
  keep(ports), //     vault     copies prompt and reply for the use cases that have them kept
  withstand(ports), // injection does a text try to turn the model against its owner?
  inspect(ports), //  dlp       the prompt on its way out, the reply on its way in
  route(ports), //    routing   which targets may have it, best first
  price(ports), //    prices    what it cost
  count(ports), //    tokens    how much was used: as reported, else estimated
  call(ports), //     backends  once the record is open: send, stream back
];

/** A listing of models: governed alike, but nothing leaves. */
export const listing = (ports: Ports): Step[] => [
  record(ports),
  identify(ports),
  read(ports),
  scope(ports),
  list(ports),
];

/** What clients ask before they show a key: recorded, and counted where strangers ask. */
export const probing = (ports: Ports): Step[] => [record(ports), acquaint(ports), answer(ports)];

/** A path that does not exist: recorded, refused by the proxy. */
export const nowhere = (ports: Ports): Step[] => [record(ports), acquaint(ports)];
