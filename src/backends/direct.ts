// A call to a target that says the same in other words: another spelling of the request, and of its whole reply.
import { dialectNamed } from '../dialects/index.ts';
import type { Exchange, Reply } from '../exchange.ts';
import type { Ports } from '../ports.ts';
import type { Target } from '../routing/target.ts';
import type { Direct } from '../translate/direct.ts';
import { Notes } from '../translate/notes.ts';
import { orLeave } from './reading.ts';
import { postOwn, wholeJson, wholeTranslated } from './translated.ts';
import { mustBePlain, refusedBy } from './upstream-errors.ts';

/** Calls a target in its own dialect. */
export const direct = async (
  ports: Ports,
  exchange: Exchange,
  target: Target,
  pair: Direct,
): Promise<Reply> => {
  const { prompt } = exchange;
  if (prompt === undefined) throw new Error('a call needs a prompt');
  const notes = new Notes();
  const asked = prompt.document.value;
  const body = JSON.stringify(pair.body(asked, target.model, notes));
  const incoming = await postOwn(ports, exchange, target, pair.to, false, body);
  return orLeave(incoming, ports, async () => {
    mustBePlain(incoming);
    if (incoming.status >= 300) return refusedBy(exchange, incoming, ports);
    const reply = await wholeJson(exchange, dialectNamed(pair.to), incoming, ports);
    return wholeTranslated(exchange, pair.reply(reply, asked), notes);
  });
};
