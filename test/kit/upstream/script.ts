/**
 * What a scripted upstream can be told to answer: the reply types and a constructor for each kind of trouble.
 */
import { gzipSync } from 'node:zlib';

type Headers = Readonly<Record<string, string | readonly string[]>>;

/** One whole reply. Its length is declared when the body is bytes or text, chunked when it is a generator. */
export interface WholeReply {
  readonly status?: number;
  readonly headers?: Headers;
  readonly body?: string | Uint8Array | (() => Iterable<Uint8Array>);
}

/** A reply in pieces, each written exactly as given and on its own, so that tests can cut anywhere. */
export interface StreamReply {
  readonly sse: readonly (string | Uint8Array)[];
  readonly status?: number;
  readonly headers?: Headers;
  /** Pause before each piece. */
  readonly delayMs?: number;
  /** Destroys the connection after so many pieces, without the end of the body. */
  readonly cutAfter?: number;
  /** Never ends after the last piece. */
  readonly hang?: boolean;
}

/** The connection is destroyed before any header. */
export interface CutReply {
  readonly cut: true;
}

/** Declares `missing` bytes more than the body has, sends the body, destroys the connection. */
export interface TruncatedReply {
  readonly truncated: string | Uint8Array;
  readonly missing: number;
  readonly status?: number;
  readonly headers?: Headers;
}

/** Sends nothing, not even headers, for so long; then the given reply, or the default one. */
export interface StallReply {
  readonly stall: number;
  readonly afterwards?: Scripted;
}

/** Any reply that a script can ask for. */
export type Scripted = WholeReply | StreamReply | CutReply | TruncatedReply | StallReply;

/** An error in OpenAI's shape, with the type that goes with its status. */
export function error(
  status: number,
  code: string | null = null,
  more: {
    readonly message?: string;
    readonly param?: string;
    readonly type?: string;
    readonly headers?: Headers;
  } = {},
): WholeReply {
  const {
    message = `Scripted error ${status}`,
    param = null,
    type = errorType(status, code),
    headers,
  } = more;
  return json({ error: { message, type, param, code } }, status, headers);
}

/** A whole JSON reply. */
export function json(value: unknown, status = 200, headers: Headers = {}): WholeReply {
  return { status, headers, body: JSON.stringify(value) };
}

/** The connection dies before any header. */
export function cut(): CutReply {
  return { cut: true };
}

/** The body ends early: `missing` of the declared bytes never come. */
export function truncated(body: string | Uint8Array, missing = 100): TruncatedReply {
  return { truncated: body, missing };
}

/** Silence for `ms`, then `afterwards` or the default reply. */
export function stall(ms: number, afterwards?: Scripted): StallReply {
  return afterwards === undefined ? { stall: ms } : { stall: ms, afterwards };
}

/** Sends the client elsewhere; 307 and 308 keep method and body. */
export function redirect(to: string, status = 307): WholeReply {
  return { status, headers: { location: to, 'content-type': 'text/plain' }, body: '' };
}

/** The same reply, compressed: what a server does that ignores `accept-encoding: identity`. */
export function gzipped(value: unknown, status = 200): WholeReply {
  return { status, headers: { 'content-encoding': 'gzip' }, body: gzipSync(JSON.stringify(value)) };
}

/** A well-formed chat completion whose content is `mebibytes` MiB long, made as it is sent. */
export function huge(mebibytes: number): WholeReply {
  const head =
    '{"id":"chatcmpl-huge","object":"chat.completion","created":1,"model":"huge","choices":[{"index":0,"message":{"role":"assistant","content":"';
  const tail =
    '","refusal":null},"logprobs":null,"finish_reason":"length"}],"usage":{"prompt_tokens":1,"completion_tokens":1,"total_tokens":2}}';
  return {
    body: function* () {
      const block = Buffer.alloc(64 * 1024, 'a');
      yield Buffer.from(head);
      for (let i = 0; i < mebibytes * 16; i++) yield block;
      yield Buffer.from(tail);
    },
  };
}

/** One server-sent event with a JSON value, as OpenAI writes it. */
export function event(value: unknown): string {
  return `data: ${JSON.stringify(value)}\n\n`;
}

function errorType(status: number, code: string | null): string {
  if (code === 'insufficient_quota') return code;
  if (status === 429) return 'rate_limit_error';
  if (status === 503) return 'service_unavailable_error';
  return status >= 500 ? 'server_error' : 'invalid_request_error';
}
