// All we ask of the outside. A runtime (src/runtimes/) brings these and nothing else; the rest of the
// program knows no clock, no network, no disk and no platform but through them.
import type { MiddlewareHandler } from 'hono';
import type { Pack } from './dlp/pattern.ts';
import type { Exchange } from './exchange.ts';
import type { Named } from './prices/find.ts';
import type { Spool } from './spools/spool.ts';
import type { Store } from './stores/store.ts';
import type { Wrapping } from './vault/wrapping.ts';

/** Told once when the client has gone; a leaner AbortSignal. `onGone` returns a function that stops listening. */
export type Hangup = { readonly gone: boolean; onGone(listener: () => void): () => void };

/** A request to an upstream. Times are milliseconds; redirects are never followed. */
export type Outgoing = {
  readonly url: string;
  readonly method: 'GET' | 'POST';
  /** Lower-case names. `content-length` and `host` are the port's business. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Uint8Array | string;
  readonly hangup: Hangup;
  readonly connectMs: number;
  readonly headersMs: number;
  readonly idleMs: number;
};

/** An upstream's reply. Header names are lower case, repeated ones joined by `, `. Ending the iteration early ends the upstream. */
export type Incoming = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: AsyncIterable<Uint8Array>;
};

/** Sends a request; rejects with {@link UpstreamFault} before the headers, and its body iterator after. */
export type Fetch = (outgoing: Outgoing) => Promise<Incoming>;

/** Why an upstream gave no (whole) reply. Its message never holds a header value or a body. */
export class UpstreamFault extends Error {
  readonly kind: 'unreachable' | 'timeout' | 'cut' | 'gone' | 'protocol';
  /** Whether any byte of the request may have left: a call that may have been sent is never sent twice. */
  readonly sent: boolean;
  constructor(kind: UpstreamFault['kind'], sent: boolean, message: string, options?: ErrorOptions) {
    super(message, options);
    this.kind = kind;
    this.sent = sent;
  }
}

/** The body is longer than the limit that was given. */
export class BodyTooLong extends Error {}
/** The client stopped sending before its body was whole. */
export class BodyCut extends Error {}

/** One client's connection, as a runtime sees it; passed to `app.fetch` as `env`. */
export type Connection = {
  /** The remote IP address, '' where the runtime does not know it. */
  readonly address: string;
  readonly hangup: Hangup;
  /** Reads the request's body, at most `limit` bytes; rejects with {@link BodyTooLong} or {@link BodyCut}. */
  readBody(limit: number): Promise<Uint8Array>;
  /**
   * Sends a reply frame by frame with back-pressure. Where the runtime writes to the socket itself, resolves with nothing
   * when the last byte was handed over or the client has gone; elsewhere resolves at once with the Response to return.
   * When `frames` throws the client never sees a clean ending.
   */
  deliver(
    status: number,
    headers: Readonly<Record<string, string>>,
    frames: AsyncIterable<{ readonly bytes: Uint8Array }>,
    whole: boolean,
  ): Promise<Response | void>;
};

/** An incremental SHA-256. `hex` may be called once. */
export type Hasher = { update(bytes: Uint8Array | string): void; hex(): string };

/** Hashes by the fastest means of the runtime. */
export type Hashes = {
  sha256(): Hasher;
  /** One-shot SHA-256 as lower-case hex. */
  sha256Hex(bytes: Uint8Array | string): string;
};

/** What a secret is kept for; each purpose has a key of its own, derived from the root secret (HKDF-SHA-256). */
export type KeyPurpose = 'api-key' | 'admin-token' | 'credential' | 'vault' | 'end-user' | 'finding';

/** The deployment's secrets. Nothing it returns may be logged or sent anywhere but upstream. */
export type Secrets = Wrapping & {
  /** HMAC-SHA-256 of `text` under the key of `purpose`. */
  keyedHash(purpose: KeyPurpose, text: string): Uint8Array;
  /** Seals a literal (AES-256-GCM); `place` is bound to it, so a sealed text moved elsewhere does not open. */
  seal(text: string, place: string): Promise<string>;
  /**
   * The text behind a stored secret: `${env:NAME}`, `${file:/path}` or a sealed literal. It may be a few seconds old unless it
   * is asked for anew. Rejects with {@link SecretMissing}.
   */
  resolve(stored: string, place: string, anew?: 'anew'): Promise<string>;
};

/** A secret reference that leads nowhere (or nowhere it may lead). Its message names the reference, never a value. */
export class SecretMissing extends Error {}

export type LogLevel = 'debug' | 'info' | 'warn' | 'error';
/** One event a line. `fields` never hold secrets, prompts or replies. */
export type Log = (
  level: LogLevel,
  event: string,
  fields?: Readonly<Record<string, string | number | boolean | null>>,
) => void;

/** A pack that came with the program, or stands in the operator's folder. */
export type PackAtHand = { readonly pack: Pack; readonly from: 'built-in' | 'folder' };

/** The packs a runtime has at hand, no two of one name. `current` gives the same list until one of them changed. */
export type Packs = { current(): readonly PackAtHand[] };

/** Everything the gateway needs of a runtime. */
export type Ports = {
  readonly store: Store;
  readonly spool: Spool;
  readonly fetch: Fetch;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly random: (bytes: number) => Uint8Array;
  readonly hashes: Hashes;
  readonly secrets: Secrets;
  readonly packs: Packs;
  /** The prices of the operator's file. */
  readonly prices: readonly Named[];
  /** Lets work end after the reply (waitUntil); a rejection is logged, never thrown. */
  readonly defer: (work: Promise<unknown>) => void;
  /**
   * Has work done before the process ends in good order, while entries are still taken. On Workers, where nobody says when an
   * isolate ends, some seconds after a request, which may have been the last: so it may be done many times.
   */
  readonly atStop: (work: () => Promise<unknown>) => void;
  readonly log: Log;
  readonly limits: Limits;
  /** Whether a reply's last frame waits until its seal is durable. Its opened record is waited for in any case. */
  readonly strictAudit: boolean;
  /** Where automation's operator token is compared against; absent: the admin API answers 403. */
  readonly adminToken: string | undefined;
};

/** What an operator may set; each has a default in config.ts. */
export type Limits = {
  /** Longest request body accepted, in bytes. */
  readonly bodyBytes: number;
  /** How often a client whose reply is held back hears something, if not as often as dlp/step.ts says. */
  readonly keepAliveMs?: number;
};

/** What Hono knows of a request on the proxy. */
export type GatehouseEnv = { Bindings: Connection; Variables: { exchange: Exchange } };

/** One thing the gateway does to an exchange: a Hono middleware with `c.var.exchange`. */
export type Step = MiddlewareHandler<GatehouseEnv>;
