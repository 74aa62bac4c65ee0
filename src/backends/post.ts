// One request to one target: what every way to a backend shares. Nothing leaves before its record is durable and the zone was asked
// once more.
import type { CallDialectName } from '../dialects/dialect.ts';
import type { Exchange } from '../exchange.ts';
import { bearer } from '../keys/key.ts';
import type { Incoming, Ports } from '../ports.ts';
import { SecretMissing, UpstreamFault } from '../ports.ts';
import { providers } from '../providers/index.ts';
import type { Signed } from '../providers/provider.ts';
import type { Tokens } from '../providers/tokens.ts';
import { keepTokens } from '../providers/tokens.ts';
import { Refusal } from '../refusal.ts';
import type { Backend, Target } from '../routing/target.ts';
import { mayReach } from '../routing/target.ts';
import { upstreamIdIn } from './reply-headers.ts';

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
  /** Headers with the caller's own credential: then the backend's is neither looked up nor sent. */
  readonly brought?: Signed['headers'] | undefined;
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
  const { brought } = posted;
  if (brought !== undefined) exchange.callerCredential = true;
  const own = brought === undefined ? secretOf(ports, backend) : undefined;
  const [secret] = await Promise.all([own, exchange.ledger?.opened()]);
  const address = provider.address(baseOf(backend, secret), posted.dialect, { model, stream: posted.stream });
  // An API that keeps the dialect in another frame knows no such choices.
  const query = provider.adapt === undefined ? posted.query : '';
  const url = query === '' ? address : `${address}?${query}`;
  const asked = { url, method: 'POST', headers: posted.headers, body: posted.body } as const;
  const { headers, body } = provider.adapt?.(asked, posted.dialect) ?? asked;
  const incoming = await send(ports, exchange, target, secret, {
    url,
    headers: { ...provider.headers, ...headers, ...brought },
    body,
    sha256: body === posted.body ? posted.sha256 : undefined,
  });
  return provider.unwrap?.(incoming, posted.dialect) ?? incoming;
};

/** Where a backend's API begins; some can only be told with the secret at hand. */
export const baseOf = (backend: Backend, secret: string | undefined): string => {
  const url = urlOf(backend);
  return secret === undefined ? url : (providers[backend.provider].based?.(url, secret) ?? url);
};

/** A request but for its credential. `sha256`: its body's, where that is known already. */
export type Sent = Omit<Signed, 'method'> & { readonly sha256: string | undefined };

/** One store of tokens a gateway, whichever way they are needed on. */
const tokensOf = new WeakMap<Ports, Tokens>();

/** Adds the credential to a request, and sends it if it may leave. */
export const send = async (
  ports: Ports,
  exchange: Exchange,
  target: Target,
  secret: string | undefined,
  request: Sent,
): Promise<Incoming> => {
  const provider = providers[target.backend.provider];
  const tokens = tokensOf.get(ports) ?? keepTokens(ports);
  tokensOf.set(ports, tokens);
  // Nothing is asked of a cloud for the sake of what may not go there.
  mustReach(exchange, target);
  const credential: Signed['headers'] =
    secret === undefined
      ? {}
      : await provider.authorize(
          secret,
          { ...request, method: 'POST' },
          { fetch: ports.fetch, now: ports.now, tokens },
        );
  const headers = { ...request.headers, ...credential };
  const incoming = await dispatch(ports, exchange, target, { ...request, headers });
  const token = bearer(credential.authorization);
  if (incoming.status === 401 && token !== undefined) tokens.forget(token);
  return incoming;
};

/** Throws `zone_not_allowed`. */
const mustReach = ({ grant }: Exchange, { backend }: Target): void => {
  if (grant === undefined) throw new Error('a call needs a grant');
  if (!mayReach(grant.dataClass, backend.zone)) throw new Refusal('zone_not_allowed');
};

/** Sends a finished request if it may leave. */
const dispatch = async (
  ports: Ports,
  exchange: Exchange,
  target: Target,
  request: Sent,
): Promise<Incoming> => {
  const { ledger } = exchange;
  if (ledger === undefined) throw new Error('a call needs a ledger');
  await ledger.opened();
  // Invariant: asked last of all, at the connect, whatever was decided before.
  mustReach(exchange, target);
  // The client left while the record was being opened: it is sealed by now, so nothing may leave any more.
  if (exchange.outcome() !== undefined) throw new UpstreamFault('gone', false, 'the client has gone');
  const { url, headers, body } = request;
  exchange.sentSha256 = request.sha256 ?? ports.hashes.sha256Hex(body);
  try {
    const incoming = await (providers[target.backend.provider].answer ?? ports.fetch)({
      url,
      method: 'POST',
      headers,
      body,
      hangup: exchange.connection.hangup,
      connectMs: CONNECT_MS,
      headersMs: HEADERS_MS,
      idleMs: IDLE_MS,
    });
    exchange.upstreamId = upstreamIdIn(incoming.headers);
    return incoming;
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
