// One request to one target: what every way to a backend shares. Nothing leaves before its record is durable and the zone was asked
// once more.
import type { CallDialectName } from '../dialects/dialect.ts';
import type { Exchange } from '../exchange.ts';
import type { Incoming, Ports } from '../ports.ts';
import { SecretMissing, UpstreamFault } from '../ports.ts';
import { providers } from '../providers/index.ts';
import type { Provider } from '../providers/provider.ts';
import { Refusal } from '../refusal.ts';
import type { Backend, Target } from '../routing/target.ts';
import { mayReach } from '../routing/target.ts';

const CONNECT_MS = 10_000;
/** A large model may read a long prompt for minutes before its first byte. */
const HEADERS_MS = 10 * 60_000;
/** Silence in the middle of a reply. */
const IDLE_MS = 5 * 60_000;

/** A request as a dialect makes it; address, credential and the provider's own headers are added here. */
export type Posted = {
  /** The target's dialect. */
  readonly dialect: CallDialectName;
  readonly stream: boolean;
  /** Parts of the caller's query that go on. */
  readonly query: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array | string;
  /** The body's SHA-256, where it is known already. */
  readonly sha256?: string | undefined;
};

/** The backend's URL without slashes at its end, or its provider's own. */
export const urlOf = (backend: Backend): string =>
  (backend.url ?? providers[backend.provider].defaultUrl ?? '').replace(/\/+$/, '');

/** Sends a request in a dialect the target speaks, with its credential. Rejects with a Refusal or an UpstreamFault. */
export const post = async (
  ports: Ports,
  exchange: Exchange,
  target: Target,
  posted: Posted,
): Promise<Incoming> => {
  const { backend, model } = target;
  const provider = providers[backend.provider];
  const [secret] = await Promise.all([secretOf(ports, backend), exchange.ledger?.opened()]);
  const address = provider.address(urlOf(backend), posted.dialect, { model, stream: posted.stream });
  const url = posted.query === '' ? address : `${address}?${posted.query}`;
  const body = provider.adapt?.(posted.body, posted.dialect) ?? posted.body;
  const headers = { ...provider.headers, ...posted.headers };
  const incoming = await dispatch(ports, exchange, target, {
    url,
    headers:
      secret === undefined
        ? headers
        : { ...headers, ...(await authorized(ports, exchange, provider, secret, { url, headers, body })) },
    body,
    sha256: body === posted.body ? posted.sha256 : undefined,
  });
  return provider.unwrap?.(incoming, posted.dialect) ?? incoming;
};

/** The headers a secret becomes; most need nothing but itself. */
const authorized = (
  ports: Ports,
  { connection }: Exchange,
  provider: Provider,
  secret: string,
  signed: {
    readonly url: string;
    readonly headers: Readonly<Record<string, string>>;
    readonly body: Uint8Array | string;
  },
): ReturnType<Provider['authorize']> =>
  provider.authorize(
    secret,
    { ...signed, method: 'POST' },
    { fetch: ports.fetch, now: ports.now, hangup: connection.hangup },
  );

/** A finished request; sends it if it may leave. */
export const dispatch = async (
  ports: Ports,
  exchange: Exchange,
  { backend }: Target,
  request: {
    readonly url: string;
    readonly headers: Readonly<Record<string, string>>;
    readonly body: Uint8Array | string;
    readonly sha256: string | undefined;
  },
): Promise<Incoming> => {
  const { grant, ledger } = exchange;
  if (grant === undefined || ledger === undefined) throw new Error('a call needs grant and ledger');
  await ledger.opened();
  // Invariant: asked last of all, at the connect, whatever was decided before.
  if (!mayReach(grant.dataClass, backend.zone)) throw new Refusal('zone_not_allowed');
  // The client left while the record was being opened: it is sealed by now, so nothing may leave any more.
  if (exchange.outcome() !== undefined) throw new UpstreamFault('gone', false, 'the client has gone');
  const { url, headers, body } = request;
  exchange.sentSha256 = request.sha256 ?? ports.hashes.sha256Hex(body);
  try {
    return await (providers[backend.provider].answer ?? ports.fetch)({
      url,
      method: 'POST',
      headers,
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

/** A backend's secret; undefined: it has none. Throws `backend_secret_missing`. */
export const secretOf = async (ports: Ports, backend: Backend): Promise<string | undefined> => {
  if (backend.secret === null) return undefined;
  try {
    return await ports.secrets.resolve(backend.secret, `backend/${backend.name}`);
  } catch (error) {
    if (error instanceof SecretMissing) throw new Refusal('backend_secret_missing', { note: error.message });
    throw error;
  }
};
