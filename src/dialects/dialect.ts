// The contract of the dialects rack: a wire language clients speak. Steps know no field of a body; they ask its dialect.
import type { Frame, Usage } from '../exchange.ts';
import type { Json, JsonDocument, Path } from '../json/document.ts';
import type { Refusal } from '../refusal.ts';
import type { FrameTexts, Structure } from './lens.ts';

/** What a use case's `endpoints` may name. */
export type CallEndpoint = 'chat' | 'completions' | 'embeddings';
/** The listings are every key's, probes everybody's; `unknown` is a path that is none of these. */
export type Endpoint = CallEndpoint | 'models' | 'probe' | 'unknown';

/** Dialects in which models are called: what a provider speaks. */
export type CallDialectName =
  | 'openai-chat'
  | 'openai-completions'
  | 'openai-embeddings'
  | 'openai-responses'
  | 'anthropic-messages'
  | 'anthropic-count-tokens'
  | 'ollama-chat'
  | 'ollama-generate'
  | 'ollama-embed'
  | 'ollama-embeddings';
export type DialectName =
  | CallDialectName
  | 'openai-models'
  | 'anthropic-models'
  | 'ollama-tags'
  | 'ollama-show'
  | 'probes'
  | 'unknown';

/** One path of the proxy. */
export type Route = { readonly method: 'GET' | 'POST'; readonly path: string; readonly endpoint: Endpoint };

/** What a request asks for, in words every step understands. */
export type Asked = {
  readonly model: string;
  readonly stream: boolean;
  /** Whether the client itself wants token usage in its stream. */
  readonly usage: boolean;
  /** What the client calls the person behind the request, by every name it gives; absent: none. */
  readonly endUsers?: readonly string[];
};

/** What a use case says of turns that could outrank its system prompt. */
export type CallerSystem = 'refuse' | 'demote' | 'allow';

/** What a frame or a reply says that concerns us: the usage it reports (a part of it, where more frames tell of it), and whether it tells of an error. */
export type Seen = { readonly usage?: Partial<Usage>; readonly failed?: boolean };

/** A refusal on the wire. */
export type Told = { readonly headers: Readonly<Record<string, string>>; readonly body: string };

/** What every dialect can do, the listings included. */
type Spoken = {
  readonly name: DialectName;
  readonly routes: readonly Route[];
  /** The dialect that is really spoken on such a route, where headers or the path tell; undefined: this one. */
  spokenAs?(header: (name: string) => string | undefined, path: string): Dialect | undefined;
  /** The header in which its clients look for a name of the exchange; absent: in none. */
  readonly idHeader?: string;
  /** A refusal as a whole reply in this dialect's error shape; the status is the refusal's own. */
  refusal(refusal: Refusal, exchange: string): Told;
};

/** A dialect in which models are called. */
export type CallDialect = Spoken & {
  readonly kind: 'call';
  readonly name: CallDialectName;
  /** How a streamed reply is cut into frames. */
  readonly framing: 'sse' | 'ndjson';
  /** Names of headers in which its servers say how much more may be asked of them. */
  readonly limitHeaders?: RegExp;
  /** Parts of the query (`beta=true`) that go on upstream as they are; no other does. */
  readonly queryKept?: readonly string[];
  /** Reads what is asked; throws `bad_request` or `ambiguous_body` when the body's outline is not this dialect's. */
  read(document: JsonDocument): Asked;
  /** Replaces the model's name. */
  rename(document: JsonDocument, model: string): void;
  /** Puts `prompt` above every turn, and deals with turns and fields that could outrank it. Throws `caller_system_refused`. */
  bindPrompt(document: JsonDocument, prompt: string | null, callerSystem: CallerSystem): void;
  /** Asks the upstream to report usage in its stream. */
  askUsage(document: JsonDocument): void;
  /** What one frame means, and whether it is the last, or there only because we asked for it. */
  inspect(bytes: Uint8Array, asked: Asked): Seen & { readonly last: boolean; readonly ours?: boolean };
  /** What a whole reply means; undefined: it is none, cut or not of this dialect. */
  inspectWhole(body: Uint8Array): Seen | undefined;
  /** Which strings of a request and of a whole reply are no text. */
  readonly structure: { readonly request: Structure; readonly reply: Structure };
  /** What of a request is no text and says something all the same, as nobody here can read it: lists of tokens. */
  unreadable?(document: JsonDocument): readonly { readonly place: string; readonly kind: string }[];
  /** Whether a string at this place of a whole reply or a frame is what the model wrote, told this once. */
  isWritten(path: Path): boolean;
  /** Nothing is generated and nothing is charged, so nothing is counted. */
  readonly isFree?: boolean;
  /**
   * The texts of one frame; undefined: it has none. `data` is what an event's bytes say, if that is known. Throws {@link Unreadable} for
   * a frame that is not this dialect's.
   */
  frameTexts(bytes: Uint8Array, data?: string): FrameTexts | undefined;
  /** The same frame with another body. */
  withBody(bytes: Uint8Array, body: Json): Uint8Array;
  /** What keeps a client waiting while the reply is held back; clients make nothing of it. */
  readonly keepAlive: Uint8Array;
  /** An error in the middle of a stream; never followed by a clean ending. */
  fault(refusal: Refusal, exchange: string): Frame;
};

/** What every step sees of a conversation. */
export type Lens = Pick<CallDialect, 'structure' | 'isWritten' | 'frameTexts' | 'withBody' | 'keepAlive'>;

/** One model in a listing. */
export type Listed = { readonly name: string; readonly createdAtMs: number };

/** What a listing is asked for. */
export type ListAsked = {
  readonly path: string;
  /** The model that its body names, where it has one. */
  readonly model: string | undefined;
};

/** A dialect in which models are listed, or one of them is shown. */
export type ListDialect = Spoken & {
  readonly kind: 'list';
  /** Reads the body, where there is one. */
  read?(document: JsonDocument): Asked;
  /** The reply's body; throws `model_not_found`. */
  list(models: readonly Listed[], asked: ListAsked): string;
};

/** What clients ask before they show a key, and what tells them no more than that somebody is there. */
export type ProbeDialect = Spoken & {
  readonly kind: 'probe';
  answer(path: string): string;
};

/** The dialect of a path that does not exist: it can only refuse. */
export type NoDialect = Spoken & { readonly kind: 'none' };

export type Dialect = CallDialect | ListDialect | ProbeDialect | NoDialect;
