// Which of a caller's headers go on to an upstream: those that choose a version or a beta of its API. Never its key, its
// cookies, where it came from, or anything that could choose another account.

const FORWARDED = ['openai-beta', 'anthropic-version', 'anthropic-beta', 'idempotency-key'] as const;

/** The headers of the upstream request but for the secret. Replies are asked for uncompressed, because they are read. */
export const upstreamHeaders = (
  header: (name: string) => string | undefined,
  stream: boolean,
): Record<string, string> => {
  const headers: Record<string, string> = {
    'content-type': 'application/json',
    accept: stream ? 'text/event-stream, application/json' : 'application/json',
    'accept-encoding': 'identity',
    'user-agent': 'gatehouse',
  };
  for (const name of FORWARDED) {
    const value = header(name);
    if (value !== undefined) headers[name] = value;
  }
  return headers;
};
