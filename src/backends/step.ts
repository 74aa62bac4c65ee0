// call: sends the request to the best target, once its record is durable, and makes the upstream's reply the exchange's.
import type { CallDialect } from '../dialects/dialect.ts';
import type { Exchange } from '../exchange.ts';
import type { Incoming, Ports, Step } from '../ports.ts';
import { SecretMissing, UpstreamFault } from '../ports.ts';
import { providers } from '../providers/index.ts';
import { Refusal } from '../refusal.ts';
import type { Backend, Target } from '../routing/target.ts';
import { mayReach } from '../routing/target.ts';
import { upstreamHeaders } from './headers.ts';
import { replyOf } from './reply.ts';

const CONNECT_MS = 10_000;
/** A large model may read a long prompt for minutes before its first byte. */
const HEADERS_MS = 10 * 60_000;
/** Silence in the middle of a reply. */
const IDLE_MS = 5 * 60_000;

/** The last step. Throws a Refusal, or lets an UpstreamFault pass for `run` to name. */
export const call =
  (ports: Ports): Step =>
  async (c) => {
    const { exchange } = c.var;
    const { dialect, prompt } = exchange;
    if (dialect.kind !== 'call' || prompt === undefined) throw new Error('call needs a prompt');
    if (prompt.asked.stream) dialect.askUsage(prompt.document);
    const targets = exchange.candidates
      .filter(({ passedOver }) => passedOver === null)
      .map(({ target }) => target);
    const incoming = await firstThatAnswers(ports, exchange, dialect, targets);
    exchange.reply = await replyOf(exchange, dialect, incoming, ports);
  };

/** Tries the targets in order; only one that provably got nothing of the request makes way for the next. */
const firstThatAnswers = async (
  ports: Ports,
  exchange: Exchange,
  dialect: CallDialect,
  targets: readonly Target[],
): Promise<Incoming> => {
  for (const [index, target] of targets.entries()) {
    try {
      return await send(ports, exchange, dialect, target);
    } catch (error) {
      const next = error instanceof UpstreamFault && error.kind === 'unreachable' && !error.sent;
      if (!next || index === targets.length - 1) throw error;
    }
  }
  throw new Error('route leaves at least one target');
};

const send = async (
  ports: Ports,
  exchange: Exchange,
  dialect: CallDialect,
  target: Target,
): Promise<Incoming> => {
  const { grant, ledger, prompt } = exchange;
  if (grant === undefined || ledger === undefined || prompt === undefined)
    throw new Error('call needs grant, ledger and prompt');
  const { backend } = target;
  const provider = providers[backend.provider];
  exchange.target = target;
  dialect.rename(prompt.document, target.model);
  const [secret] = await Promise.all([secretOf(ports, backend), ledger.opened()]);
  // Invariant: asked last of all, at the connect, whatever was decided before.
  if (!mayReach(grant.dataClass, backend.zone)) throw new Refusal('zone_not_allowed');
  // The client left while the record was being opened: it is sealed by now, so nothing may leave any more.
  if (exchange.outcome() !== undefined) throw new UpstreamFault('gone', false, 'the client has gone');
  const body = prompt.document.output();
  exchange.sentSha256 = prompt.document.edited ? ports.hashes.sha256Hex(body) : prompt.sha256;
  try {
    return await (provider.answer ?? ports.fetch)({
      url: addressOf(
        exchange,
        dialect,
        provider.address((backend.url ?? provider.defaultUrl ?? '').replace(/\/+$/, ''), dialect.name),
      ),
      method: 'POST',
      headers: {
        ...provider.headers,
        ...upstreamHeaders(exchange, prompt.asked.stream, dialect.framing),
        ...(secret === undefined ? {} : provider.authorize(secret)),
      },
      body,
      hangup: exchange.connection.hangup,
      connectMs: CONNECT_MS,
      headersMs: HEADERS_MS,
      idleMs: IDLE_MS,
    });
  } catch (error) {
    if (error instanceof UpstreamFault && !error.sent) exchange.sentSha256 = undefined;
    throw error;
  }
};

/** With those parts of the caller's query that choose a version or a beta of the API. */
const addressOf = ({ query }: Exchange, { queryKept = [] }: CallDialect, url: string): string => {
  const kept = query
    .slice(1)
    .split('&')
    .filter((part) => queryKept.includes(part));
  return kept.length === 0 ? url : `${url}?${kept.join('&')}`;
};

const secretOf = async (ports: Ports, backend: Backend): Promise<string | undefined> => {
  if (backend.secret === null) return undefined;
  try {
    return await ports.secrets.resolve(backend.secret, `backend/${backend.name}`);
  } catch (error) {
    if (error instanceof SecretMissing) throw new Refusal('backend_secret_missing', { note: error.message });
    throw error;
  }
};
