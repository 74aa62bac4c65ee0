// Tokens that a target cannot count: nobody is asked, and the reply is an estimate.
import type { Exchange, Reply } from '../exchange.ts';
import { wholeReply } from '../exchange.ts';
import type { JsonObject } from '../json/document.ts';
import type { Ports } from '../ports.ts';
import { Refusal } from '../refusal.ts';
import type { Target } from '../routing/target.ts';
import { ratiosOf } from '../tokens/ratios.ts';
import { inputTokens } from '../tokens/request.ts';
import { ingressOf } from '../translate/index.ts';
import { Notes } from '../translate/notes.ts';

/**
 * Answers `{"input_tokens": n}`, what the target's model would count as far as its replies have taught us, and says that it is an
 * estimate. Waits until the exchange is on record, as if it were sent.
 */
export const counted = async (ports: Ports, exchange: Exchange, target: Target): Promise<Reply> => {
  const { dialect, prompt, ledger } = exchange;
  if (prompt === undefined || ledger === undefined || dialect.kind !== 'call')
    throw new Error('a call needs a prompt and a ledger');
  mustBeSound(prompt.document.value);
  await ledger.opened();
  const ratios = ratiosOf(ports);
  const said = conversationIn(prompt.document.value);
  const tokens = inputTokens(ratios, target.model, said, dialect.structure.request);
  exchange.warnings = ESTIMATED;
  return wholeReply(
    200,
    { 'content-type': 'application/json', 'x-gatehouse-warnings': ESTIMATED },
    new TextEncoder().encode(JSON.stringify({ input_tokens: tokens })),
  );
};

const ESTIMATED = 'input_tokens: estimated';

/** What a model reads of a request. An image or a document counts as `tokens/request.ts` says. */
const conversationIn = (body: JsonObject): JsonObject =>
  Object.fromEntries(Object.entries(body).filter(([name]) => READ.has(name)));

const READ = new Set(['system', 'messages', 'tools', 'tool_choice', 'output_config', 'output_format']);

/** No backend judges what is counted here, so we do: as a conversation that is to be translated. What could not be carried counts all the same. */
const mustBeSound = (body: JsonObject): void => {
  try {
    ingressOf('anthropic-messages')?.understand({ max_tokens: 1, ...body }, new Notes());
  } catch (error) {
    if (!(error instanceof Refusal && error.code === 'unsupported_parameter')) throw error;
  }
};
