// One request and its reply, first byte to last: what the steps share. Steps write their own part and read the rest.
import type { Asked, Dialect, Endpoint } from './dialects/dialect.ts';
import type { Evidence } from './dlp/evidence.ts';
import type { Suspicion } from './injection/suspicion.ts';
import type { JsonDocument } from './json/document.ts';
import type { Grant } from './keys/key.ts';
import type { Connection, Hasher } from './ports.ts';
import type { Cost } from './prices/cost.ts';
import type { Candidate, Target } from './routing/target.ts';
import type { VaultFact } from './vault/vault.ts';

/** How an exchange ended. */
export type Ending = 'complete' | 'refused' | 'failed' | 'abandoned';

/** An ending with what is to be said of it. `code` is a refusal's, or why it failed. */
export type Outcome = {
  readonly ending: Ending;
  readonly status: number;
  readonly code: string | null;
  readonly note: string | null;
};

/** One piece of a reply on the wire: an SSE event, an NDJSON line, or a whole body. */
export type Frame = {
  readonly bytes: Uint8Array;
  /** Whether the reply is whole with it. A stream without such a frame was cut. */
  readonly last: boolean;
};

/** The one kind of reply. A whole body is one frame. */
export type Reply = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly whole: boolean;
  readonly frames: AsyncIterable<Frame>;
};

/** Tokens as the upstream reported them. */
export type Usage = {
  readonly input_tokens: number;
  readonly output_tokens: number;
  /** Of the input: read from the provider's cache, and written to it. */
  readonly cached_input_tokens?: number;
  readonly cache_write_input_tokens?: number;
  /** Of what was written to the cache: what is kept there for an hour, and dearer. */
  readonly cache_write_1h_input_tokens?: number;
  /** Of the output. */
  readonly reasoning_tokens?: number;
};

/** Tokens as the record tells them: reported, but for the counts that `estimated` names. */
export type Used = Usage & { readonly estimated?: readonly ('input_tokens' | 'output_tokens')[] };

/** The prompt as received. */
export type Prompt = { readonly document: JsonDocument; readonly asked: Asked; readonly sha256: string };

/** What the record step offers to the steps after it. */
export type Ledger = {
  /** Starts writing the opened record; called once the prompt is known. Does not wait. */
  open(): void;
  /** Resolves when the opened record is durable; rejects when it cannot be. Nothing leaves before it does. */
  opened(): Promise<void>;
};

export type EndListener = (outcome: Outcome) => void | Promise<void>;

export type Exchange = {
  /** `ex_...` */
  readonly id: string;
  readonly openedAtMs: number;
  readonly dialect: Dialect;
  readonly endpoint: Endpoint;
  readonly method: string;
  readonly path: string;
  readonly connection: Connection;
  /** The query as it was sent, `?` included; '' for none. */
  readonly query: string;
  /** A request header by its lower-case name. */
  readonly header: (name: string) => string | undefined;
  /** The names of all request headers, in lower case. */
  readonly headerNames: () => readonly string[];
  ledger: Ledger | undefined;
  grant: Grant | undefined;
  /** Whether a key was shown and the store could not say whose it is: no stranger, as far as anybody knows. */
  unidentified: boolean;
  prompt: Prompt | undefined;
  candidates: readonly Candidate[];
  target: Target | undefined;
  /** The dialect its target is asked in, or the name of a provider that has words of its own; null: none. */
  askedIn: string | null;
  /** Whether what was sent went with a credential that the caller brought, in place of the backend's. */
  callerCredential: boolean;
  /** What its upstream calls it; undefined: it said no name, or was not asked. */
  upstreamId: string | undefined;
  /** What a translation left out or changed, or what is estimated, as the client is told; undefined: there is nothing to say. */
  warnings: string | undefined;
  /** The request as sent on; undefined: no byte of it can have left. */
  sentSha256: string | undefined;
  /** The reply as it came from upstream, hashed while it passes, event by event; undefined: none was read. */
  received: Hasher | undefined;
  /** The reply as the client got it, hashed while it passes; undefined: there was none for it yet. */
  delivered: Hasher | undefined;
  firstByteAtMs: number | undefined;
  /** As far as the upstream has told. */
  usage: Usage | undefined;
  /** As it ended; undefined: nothing was used, as far as anybody knows. */
  used: Used | undefined;
  /** What it cost; undefined: nothing was sent. */
  cost: Cost | undefined;
  reply: Reply | undefined;
  /** How it will end once its reply is out, when that is already known not to be `complete`. */
  verdict: Outcome | undefined;
  /** Attempts at injection in it; undefined: nobody looked. */
  injection: Suspicion | undefined;
  /** What its inspection found, both ways; undefined: none was made. */
  evidence: Evidence | undefined;
  /** What became of the content that is to be kept; undefined: none is. */
  vault: VaultFact | undefined;
  /** The outcome, once it has ended. */
  readonly outcome: () => Outcome | undefined;
  /** Listeners run last-in first-out, exactly once, whatever the ending; one that comes after it runs at once. */
  onEnd(listener: EndListener): void;
  /** Ends the exchange; the first call decides, every call waits for the listeners, and rejects if one of them did. */
  end(outcome: Outcome): Promise<void>;
};

/** Lets go of a reply that will not be read (to its end), so that its upstream does not go on for nobody. */
export const discard = (reply: Reply | undefined): void => {
  const left = reply?.frames[Symbol.asyncIterator]().return?.();
  // Not waited for: a generator answers only after the step it is in.
  left?.catch(() => undefined);
};

/** What the steps have yet to fill in when an exchange begins. */
export const UNFILLED = {
  ledger: undefined,
  grant: undefined,
  unidentified: false,
  prompt: undefined,
  candidates: [],
  target: undefined,
  askedIn: null,
  callerCredential: false,
  upstreamId: undefined,
  warnings: undefined,
  sentSha256: undefined,
  received: undefined,
  delivered: undefined,
  firstByteAtMs: undefined,
  usage: undefined,
  used: undefined,
  cost: undefined,
  reply: undefined,
  verdict: undefined,
  injection: undefined,
  evidence: undefined,
  vault: undefined,
} as const satisfies Partial<Exchange>;

/** A reply of one frame. */
export const wholeReply = (
  status: number,
  headers: Readonly<Record<string, string>>,
  bytes: Uint8Array,
): Reply => ({
  status,
  headers,
  whole: true,
  frames: only({ bytes, last: true }),
});

async function* only(frame: Frame): AsyncGenerator<Frame> {
  yield frame;
}
