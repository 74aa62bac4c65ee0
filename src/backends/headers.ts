// Which of a caller's headers go on to an upstream: those that choose a version or a beta of its API, or tell its server how the
// client works. Never its key, its cookies, where it came from, or anything that could choose another account.
import type { CallDialect } from '../dialects/dialect.ts';

/** Headers whose names begin so belong to the API that is spoken, known today or not. */
const SPOKEN =
  /^(?:anthropic-|openai-|x-openai-|x-codex-|x-claude-code-)|^(?:idempotency-key|x-app|originator|session_id)$/;

/** Words in a name that choose an account, carry a credential, or say where a caller came from. */
const NOT_OURS_TO_PASS =
  /organi[sz]ation|project|workspace|account|tenant|api-?key|token|auth|secret|cookie|credential|forwarded|address/;

/** Longer than any list of betas; what is longer is no choice of a version. */
const VALUE_CHARS = 4_096;

type Asking = {
  readonly header: (name: string) => string | undefined;
  readonly headerNames: () => readonly string[];
};

const STREAMS = { sse: 'text/event-stream', ndjson: 'application/x-ndjson' } as const;

/** The headers of the upstream request but for the secret. Replies are asked for uncompressed, because they are read. */
export const upstreamHeaders = (
  { header, headerNames }: Asking,
  stream: boolean,
  framing: CallDialect['framing'],
): Record<string, string> => {
  const headers: Record<string, string> = {
    'content-type': 'application/json',
    accept: stream ? `${STREAMS[framing]}, application/json` : 'application/json',
    'accept-encoding': 'identity',
    'user-agent': 'gatehouse',
  };
  for (const name of headerNames()) {
    if (!SPOKEN.test(name) || NOT_OURS_TO_PASS.test(name)) continue;
    const value = header(name);
    if (value !== undefined && value.length <= VALUE_CHARS) headers[name] = value;
  }
  return headers;
};
