// Tokens that a target cannot count: nobody is asked, and the reply is an estimate.
import type { Exchange, Reply } from '../exchange.ts';
import { wholeReply } from '../exchange.ts';
import type { JsonObject } from '../json/document.ts';
import type { Ports } from '../ports.ts';
import { Refusal } from '../refusal.ts';
import type { Target } from '../routing/target.ts';
import { ingressOf } from '../translate/index.ts';
import { Notes } from '../translate/notes.ts';

/** Answers `{"input_tokens": n}`. Waits until the exchange is on record, as if it were sent. */
export const counted = async (_ports: Ports, exchange: Exchange, _target: Target): Promise<Reply> => {
  const { prompt, ledger } = exchange;
  if (prompt === undefined || ledger === undefined) throw new Error('a call needs a prompt and a ledger');
  mustBeSound(prompt.document.value);
  await ledger.opened();
  const tokens = Math.ceil(prompt.document.text.length / CHARS_PER_TOKEN);
  return wholeReply(
    200,
    { 'content-type': 'application/json' },
    new TextEncoder().encode(JSON.stringify({ input_tokens: tokens })),
  );
};

const CHARS_PER_TOKEN = 4;

/** No backend judges what is counted here, so we do: as a conversation that is to be translated. What could not be carried counts all the same. */
const mustBeSound = (body: JsonObject): void => {
  try {
    ingressOf('anthropic-messages')?.understand({ max_tokens: 1, ...body }, new Notes());
  } catch (error) {
    if (!(error instanceof Refusal && error.code === 'unsupported_parameter')) throw error;
  }
};
