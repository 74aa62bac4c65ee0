// The contract of the providers rack: a kind of upstream, how to address it and authenticate to it.
import type { CallDialectName } from '../dialects/dialect.ts';
import type { Incoming, Outgoing } from '../ports.ts';
import type { NeutralModel } from '../translate/neutral.ts';
import type { Tokens } from './tokens.ts';

export type ProviderName =
  | 'openai'
  | 'azure'
  | 'anthropic'
  | 'google'
  | 'vertex'
  | 'bedrock'
  | 'ollama'
  | 'vllm'
  | 'sglang'
  | 'trtllm'
  | 'llamacpp'
  | 'compatible'
  | 'pretend';

/** What a call is about, as far as an address may depend on it. `model`: its name there. */
export type Addressed = { readonly model: string; readonly stream: boolean };

/** A request as it will be sent: what a signature is over. */
export type Signed = {
  readonly url: string;
  readonly method: 'POST';
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array | string;
};

/** What a credential may need besides itself, where it has to be exchanged for a token first. */
export type Means = {
  readonly fetch: (outgoing: Outgoing) => Promise<Incoming>;
  readonly now: () => number;
  /** Those of this gateway, whoever's request they are for. */
  readonly tokens: Tokens;
};

/**
 * What a model in the neutral form is made of. `fetch` is the gateway's own: it asks the zone, opens the record, hashes, and
 * adds the credential, which the model never sees.
 */
export type ForeignAsked = {
  readonly url: string;
  readonly model: string;
  readonly fetch: typeof globalThis.fetch;
};

type Headers = Readonly<Record<string, string>>;

export type Provider = {
  readonly name: ProviderName;
  /** The dialects it speaks natively. */
  readonly dialects: readonly CallDialectName[];
  /** Those of one model, where its models do not all speak the same. */
  dialectsOf?(model: string): readonly CallDialectName[];
  /** Its address when a backend names none; null: a backend must. */
  readonly defaultUrl: string | null;
  readonly needsSecret: boolean;
  /** The backend's URL with what only its secret knows: the project an account is of. */
  based?(url: string, secret: string): string;
  /** The full URL a dialect's request goes to. `url` is the backend's, without a slash at its end. */
  address(url: string, dialect: CallDialectName, asked: Addressed): string;
  /** Headers its API asks for, unless the caller sends them. */
  readonly headers?: Headers;
  /** The request where its API keeps the dialect in another frame (the model in the path, the version in the body). */
  adapt?(request: Signed, dialect: CallDialectName): Pick<Signed, 'headers' | 'body'>;
  /** The reply where its API wraps the dialect's (another framing); undefined: as it came. */
  unwrap?(incoming: Incoming, dialect: CallDialectName): Incoming;
  /**
   * The headers that carry a caller's own credential of this provider's (a subscription's token), where a request brings one;
   * undefined: it brings none.
   */
  brought?(header: (name: string) => string | undefined): Headers | undefined;
  /** Whether it tells of errors in a shape of its own, in whatever dialect it was asked. */
  readonly ownErrors?: true;
  /**
   * The headers that carry the secret, or what is made of it. Throws `backend_secret_missing` for a secret of another shape,
   * `upstream_denied` for one that is exchanged for no token, and an UpstreamFault when nobody can be asked for one.
   */
  authorize(secret: string, signed: Signed, means: Means): Headers | Promise<Headers>;
  /** Answers by itself, in place of the fetch port. */
  readonly answer?: (outgoing: Outgoing) => Promise<Incoming>;
  /** Its models in the neutral form, where it speaks none of our dialects for them. Loads what it needs when first asked. */
  model?(asked: ForeignAsked): Promise<NeutralModel>;
};
