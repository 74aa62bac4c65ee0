// Every way the gateway says no, in one table: what the client is told, with which status, and whether to try again.
// A refusal is told; anything else that is thrown is a fault: recorded, and told only as 500 with the exchange's id.

/** One way of saying no. `ending` is how the record calls it; `words` are public and hold no data of the request. */
type Row = {
  readonly status: number;
  readonly ending: 'refused' | 'failed';
  readonly words: string;
  /** Whether the same request may succeed later. */
  readonly retry: boolean;
};

const no = (status: number, words: string): Row => ({ status, ending: 'refused', words, retry: false });
const broken = (status: number, words: string): Row => ({ status, ending: 'failed', words, retry: true });

/** Code -> row. The codes stand in records and in clients' error bodies: add, never rename. */
export const REFUSALS = {
  missing_key: no(
    401,
    'No API key was given. Send it as "Authorization: Bearer", "x-api-key" or "x-gatehouse-key".',
  ),
  invalid_key: no(401, 'This API key is not valid.'),
  key_expired: no(401, 'This API key has expired.'),
  key_revoked: no(401, 'This API key has been revoked.'),
  endpoint_not_allowed: no(403, "This key's use case does not include this endpoint."),
  model_not_allowed: no(403, "This key's use case does not include this model."),
  caller_system_refused: no(403, "This key's use case sets the system prompt, so a caller may not send one."),
  zone_not_allowed: no(403, "No backend that may take this use case's data serves this model."),
  unsupported_parameter: no(
    400,
    'The backend that serves this model speaks another dialect, in which this parameter cannot be said.',
  ),
  dialect_not_spoken: no(400, "No backend that serves this model speaks this endpoint's dialect."),
  stored_state_refused: no(
    400,
    'What is stored at the provider belongs to all keys of the gateway, so a request may not refer to it. Send the whole conversation.',
  ),
  model_not_found: no(404, 'No such model here.'),
  not_found: no(404, 'No such endpoint here.'),
  method_not_allowed: no(405, 'This endpoint does not take this method.'),
  websocket_not_offered: no(426, 'This endpoint takes no WebSocket. Ask again over plain HTTP.'),
  body_too_long: no(413, 'The request body is too long.'),
  wrong_content_type: no(415, 'The request body must be application/json in UTF-8, not encoded otherwise.'),
  bad_json: no(400, 'The request body is not valid JSON.'),
  ambiguous_body: no(400, 'The request body can be read in more than one way.'),
  bad_request: no(400, 'The request is not valid.'),
  prompt_blocked: no(400, 'The request holds what may not be sent to a model.'),
  injection_blocked: no(400, 'The request looks like an attempt to make the model break its instructions.'),
  content_not_inspectable: no(
    400,
    'The request holds content that cannot be inspected, and its policy asks for that.',
  ),
  reply_blocked: no(403, 'The reply held what may not be given out.'),
  reply_exfiltrates: no(403, 'The reply would carry data away in an address.'),
  reply_not_inspectable: no(
    403,
    'The reply held content that cannot be inspected, and its policy asks for that.',
  ),
  body_cut: no(400, 'The request body ended early.'),
  audit_unavailable: {
    status: 503,
    ending: 'refused',
    words: 'The audit record cannot be written, so nothing was sent.',
    retry: true,
  },
  audit_unsealed: {
    status: 503,
    ending: 'failed',
    words: 'The audit record of this exchange could not be finished, so its answer is not given in full.',
    retry: true,
  },
  capture_unavailable: {
    status: 503,
    ending: 'failed',
    words: 'What this use case keeps of an exchange could not be stored, so its answer is not given in full.',
    retry: true,
  },
  store_unavailable: {
    status: 503,
    ending: 'refused',
    words: 'The gateway cannot reach its database.',
    retry: true,
  },
  patterns_unavailable: {
    status: 503,
    ending: 'refused',
    words: 'What to look for in texts cannot be loaded, so nothing was sent.',
    retry: true,
  },
  backend_secret_missing: {
    status: 503,
    ending: 'failed',
    words: "The backend's credential is not available.",
    retry: false,
  },
  upstream_unreachable: broken(502, 'The model backend cannot be reached.'),
  upstream_cut: broken(502, "The model backend's reply was cut off."),
  upstream_timeout: broken(504, 'The model backend took too long.'),
  upstream_protocol: broken(502, 'The model backend gave a reply that cannot be governed.'),
  upstream_denied: {
    status: 502,
    ending: 'failed',
    words: "The model backend did not accept the gateway's credential.",
    retry: false,
  },
  upstream_failed: broken(502, 'The model backend failed.'),
  upstream_refused: {
    status: 400,
    ending: 'failed',
    words: 'The model backend refused the request.',
    retry: false,
  },
  fault: {
    status: 500,
    ending: 'failed',
    words: 'The gateway failed. Quote the exchange id to your administrator.',
    retry: false,
  },
} as const satisfies Record<string, Row>;

export type RefusalCode = keyof typeof REFUSALS;

/** What may ride along with a code. Everything in it is public but `note`, which is for the record alone. */
export type RefusalExtra = {
  /** Added to the public words; must hold no secret and no text of a prompt. */
  readonly detail?: string;
  /** The offending parameter as a path: `messages[0].role`. */
  readonly param?: string;
  /** The status in place of the table's (an upstream's own 429 or 503). */
  readonly status?: number;
  readonly retryAfterS?: number;
  /** Whether the same request may succeed later, where an upstream said so itself. */
  readonly retry?: boolean;
  /** The model that was asked for, by the name the caller gave. */
  readonly model?: string;
  /** The methods the path does take, for `method_not_allowed`. */
  readonly allow?: string;
  /** An upstream's own code, which its clients may know. */
  readonly upstreamCode?: string;
  /** For the record only. */
  readonly note?: string;
};

/** Of an upstream's own: it waited for us too long, or something else was under way. Clients of all APIs try both again. */
const RETRIED: ReadonlySet<number> = new Set([408, 409]);

/** A no. Thrown by a step; told in the client's dialect. */
export class Refusal extends Error {
  readonly code: RefusalCode;
  readonly extra: RefusalExtra;
  constructor(code: RefusalCode, extra: RefusalExtra = {}) {
    super(extra.detail === undefined ? REFUSALS[code].words : `${REFUSALS[code].words} ${extra.detail}`);
    this.code = code;
    this.extra = extra;
  }
  get status(): number {
    return this.extra.status ?? REFUSALS[this.code].status;
  }
  get ending(): 'refused' | 'failed' {
    return REFUSALS[this.code].ending;
  }
  get retry(): boolean {
    const { retry, upstreamCode } = this.extra;
    if (retry !== undefined) return retry;
    // An upstream that is asked too much may have time later; one whose money is gone will not.
    if (this.status === 429) return upstreamCode !== 'insufficient_quota';
    return REFUSALS[this.code].retry || RETRIED.has(this.status);
  }
}

/** Anything thrown, as a refusal: what is not one is a fault, whose own words stay with us. */
export const asRefusal = (error: unknown): Refusal =>
  error instanceof Refusal ? error : new Refusal('fault');

/** For `.catch` on what was asked of the store: the client is told to come back, not that we broke. */
export const storeAway = (error: unknown): never => {
  throw new Refusal('store_unavailable', { note: error instanceof Error ? error.name : 'unknown' });
};
