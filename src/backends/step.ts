// call: sends the request to the best target, once its record is durable, and makes the upstream's reply the exchange's.
import type { CallDialect } from '../dialects/dialect.ts';
import type { Exchange, Reply } from '../exchange.ts';
import type { Ports, Step } from '../ports.ts';
import { UpstreamFault } from '../ports.ts';
import { providers } from '../providers/index.ts';
import type { Target } from '../routing/target.ts';
import type { Way } from '../translate/way.ts';
import { askedIn, wayTo } from '../translate/way.ts';
import { counted } from './counted.ts';
import { direct } from './direct.ts';
import { foreign } from './foreign.ts';
import { upstreamHeaders } from './headers.ts';
import type { Posted } from './post.ts';
import { post } from './post.ts';
import { orLeave } from './reading.ts';
import { replyOf } from './reply.ts';
import { translated } from './translated.ts';
import { mustBePlain, refusedBy } from './upstream-errors.ts';

/** The last step. Throws a Refusal, or lets an UpstreamFault pass for `run` to name. */
export const call =
  (ports: Ports): Step =>
  async (c) => {
    const { exchange } = c.var;
    const targets = exchange.candidates
      .filter(({ passedOver }) => passedOver === null)
      .map(({ target }) => target);
    exchange.reply = await firstThatAnswers(ports, exchange, targets);
  };

/** Tries the targets in order; only one that provably got nothing of the request makes way for the next. */
const firstThatAnswers = async (
  ports: Ports,
  exchange: Exchange,
  targets: readonly Target[],
): Promise<Reply> => {
  for (const [index, target] of targets.entries()) {
    try {
      return await ask(ports, exchange, target);
    } catch (error) {
      const next = error instanceof UpstreamFault && error.kind === 'unreachable' && !error.sent;
      if (!next || index === targets.length - 1) throw error;
    }
  }
  throw new Error('route leaves at least one target');
};

const ask = (ports: Ports, exchange: Exchange, target: Target): Promise<Reply> => {
  const { dialect } = exchange;
  if (dialect.kind !== 'call') throw new Error('only a call is sent on');
  const way = wayTo(target, dialect.name);
  if (way === undefined) throw new Error('route leaves targets that can be reached');
  exchange.target = target;
  exchange.askedIn = askedIn(way, dialect.name, target);
  exchange.callerCredential = false;
  return along(ports, exchange, dialect, target, way);
};

const along = (
  ports: Ports,
  exchange: Exchange,
  dialect: CallDialect,
  target: Target,
  way: Way,
): Promise<Reply> => {
  switch (way.kind) {
    case 'through':
      return through(ports, exchange, dialect, target);
    case 'direct':
      return direct(ports, exchange, target, way.direct);
    case 'translated':
      return translated(ports, exchange, target, way);
    case 'foreign':
      return foreign(ports, exchange, target, way.ingress);
    case 'counted':
      return counted(ports, exchange, target);
  }
};

/** The body as it came, but for the model's name and what a step rewrote. */
const through = async (
  ports: Ports,
  exchange: Exchange,
  dialect: CallDialect,
  target: Target,
): Promise<Reply> => {
  const { prompt } = exchange;
  if (prompt === undefined) throw new Error('a call needs a prompt');
  const { document, asked } = prompt;
  if (asked.stream) dialect.askUsage(document);
  dialect.rename(document, target.model);
  const incoming = await post(ports, exchange, target, {
    dialect: dialect.name,
    stream: asked.stream,
    query: queryKept(exchange, dialect),
    headers: upstreamHeaders(exchange, asked.stream, dialect.framing),
    body: document.output(),
    sha256: document.edited ? undefined : prompt.sha256,
    brought: broughtBy(exchange, target),
  });
  const { ownErrors } = providers[target.backend.provider];
  if (ownErrors === true && incoming.status >= 300)
    return orLeave(incoming, ports, () => {
      mustBePlain(incoming);
      return refusedBy(exchange, incoming, ports);
    });
  return replyOf(exchange, dialect, incoming, ports);
};

/**
 * What the caller brings of the provider's own, where its use case lets it be used: only beside a key of ours, so that it is no
 * key of ours, and only here, where the caller's request goes on as it is to the very provider whose credential it is.
 */
const broughtBy = ({ grant, header }: Exchange, { backend }: Target): Posted['brought'] =>
  grant?.callerCredential === 'forward' && (header('x-gatehouse-key') ?? '') !== ''
    ? providers[backend.provider].brought?.(header)
    : undefined;

/** Those parts of the caller's query that choose a version or a beta of the API. */
const queryKept = ({ query }: Exchange, { queryKept: kept = [] }: CallDialect): string =>
  query
    .slice(1)
    .split('&')
    .filter((part) => kept.includes(part))
    .join('&');
