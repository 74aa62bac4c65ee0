// What one record holds. Two entries make a record: `open`, written before anything leaves, and `seal`, written however
// the exchange ended. Neither ever holds the text of a prompt or a reply.
import type { Exchange, Outcome } from '../exchange.ts';
import type { Direction } from '../policies/policy.ts';
import type { Cost } from '../prices/cost.ts';
import { free } from '../prices/cost.ts';

/**
 * What an entry tells: `start` and `stop` of a writer, `open` and `seal` of an exchange, a `change` of configuration,
 * `strangers` refused for want of a key, counted; a `reading` of kept text, an `erasure` of it, a legal `hold` on it; an
 * `acknowledgement` of a break in a chain.
 */
export type EntryKind =
  | 'start'
  | 'stop'
  | 'open'
  | 'seal'
  | 'change'
  | 'strangers'
  | 'reading'
  | 'erasure'
  | 'hold'
  | 'acknowledgement';

/** One append to the audit. `body` holds JSON values only. */
export type Entry = {
  readonly kind: EntryKind;
  /** The exchange it is about, or null. */
  readonly exchange: string | null;
  readonly atMs: number;
  readonly body: Readonly<Record<string, unknown>>;
};

/** A field value a client chose is kept up to this many characters: enough to know it again, too short to flood. */
const FIELD_CHARS = 256;

/** A client's text as a record may hold it: bounded, and without NUL or lone surrogates, which Postgres refuses. */
export const fieldText = (text: string | undefined | null): string | null => {
  if (text === undefined || text === null) return null;
  const bounded = text.length > FIELD_CHARS ? `${text.slice(0, FIELD_CHARS)}…` : text;
  return bounded.toWellFormed().replaceAll('\u0000', '\uFFFD');
};

/** Who asked, for what, with which prompt: known before anything leaves. */
const intent = (exchange: Exchange): Record<string, unknown> => ({
  exchange: exchange.id,
  opened_at: new Date(exchange.openedAtMs).toISOString(),
  method: exchange.method,
  path: fieldText(exchange.path),
  dialect: exchange.dialect.name,
  endpoint: exchange.endpoint,
  address: exchange.connection.address === '' ? null : exchange.connection.address,
  client: fieldText(exchange.header('user-agent')),
  team: exchange.grant?.team ?? null,
  use_case: exchange.grant?.useCase ?? null,
  use_case_version: exchange.grant?.useCaseVersion ?? null,
  key: exchange.grant?.keyId ?? null,
  policy: exchange.grant?.policy ?? null,
  policy_version: exchange.grant?.policyVersion ?? null,
  data_class: exchange.grant?.dataClass ?? null,
  model: fieldText(exchange.prompt?.asked.model),
  stream: exchange.prompt?.asked.stream ?? null,
  prompt_sha256: exchange.prompt?.sha256 ?? null,
});

/** The entry written before anything leaves. */
export const openEntry = (exchange: Exchange, atMs: number): Entry => ({
  kind: 'open',
  exchange: exchange.id,
  atMs,
  body: intent(exchange),
});

/** The entry written when the exchange has ended; it stands on its own, also where nothing was opened. */
export const sealEntry = (exchange: Exchange, outcome: Outcome, atMs: number): Entry => ({
  kind: 'seal',
  exchange: exchange.id,
  atMs,
  body: {
    ...intent(exchange),
    sealed_at: new Date(atMs).toISOString(),
    ending: outcome.ending,
    status: outcome.status,
    code: outcome.code,
    note: fieldText(outcome.note),
    backend: exchange.target?.backend.name ?? null,
    zone: exchange.target?.backend.zone ?? null,
    caller_credential: exchange.callerCredential,
    // An explicit "backend/model" is the caller's own text.
    model_used: fieldText(exchange.target?.model),
    asked_in: exchange.askedIn,
    upstream_id: exchange.upstreamId ?? null,
    warnings: exchange.warnings ?? null,
    route: exchange.candidates.map(({ target, passedOver }) => ({
      backend: target.backend.name,
      model: fieldText(target.model),
      passed_over: passedOver,
    })),
    usage: exchange.used ?? null,
    ...costFields(exchange.cost ?? free('nothing_sent')),
    findings: exchange.evidence?.findings ?? [],
    findings_left_off: exchange.evidence?.more ?? 0,
    injection: exchange.injection?.attempts ?? [],
    coverage: coverage(exchange),
    sent_sha256: exchange.sentSha256 ?? null,
    reply_sha256: exchange.received?.hex() ?? null,
    delivered_sha256: exchange.delivered?.hex() ?? null,
    capture: exchange.grant?.capture ?? null,
    vault: exchange.vault ?? null,
    first_byte_ms: exchange.firstByteAtMs === undefined ? null : exchange.firstByteAtMs - exchange.openedAtMs,
    total_ms: atMs - exchange.openedAtMs,
  },
});

/** What it cost, and all that is needed to come to the same from `usage`. */
const costFields = ({ micros, reason, version, rates }: Cost): Record<string, unknown> => ({
  cost_micros: micros,
  cost_reason: reason,
  price_version: version,
  price: rates,
});

/** What was inspected, by what, and what was not. */
const coverage = (exchange: Exchange): Record<string, unknown>[] => {
  const { evidence, prompt, received } = exchange;
  const parts: { readonly part: string; readonly direction: Direction }[] = [];
  if (prompt !== undefined) parts.push({ part: 'request', direction: 'request' });
  if (received !== undefined) parts.push({ part: 'reply', direction: 'response' });
  return parts.map(({ part, direction }) => ({
    part,
    inspected_by: [
      ...(evidence?.inspected(direction) === true ? ['dlp'] : []),
      ...(exchange.injection?.inspected.some((each) => each === direction) ? ['injection'] : []),
    ],
    not_inspected: (evidence?.uninspected ?? [])
      .filter((place) => place.direction === direction)
      .map(({ place, kind }) => ({ place, kind })),
  }));
};
