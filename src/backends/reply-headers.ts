// Which of an upstream's headers its client hears of, and what the upstream calls the exchange. No other header passes: they may name
// an account, a server, or how a cache is to treat what is nobody else's.
import type { CallDialect } from '../dialects/dialect.ts';

type Headers = Readonly<Record<string, string>>;

/** Longer than any number or time of theirs. */
const VALUE_CHARS = 100;
/** Anthropic has some twenty. */
const LIMITS = 40;
const PRINTABLE = /^[\x20-\x7e]*$/;

/** How much more may be asked of the upstream, and whether it thinks that another try may succeed. The dialect is the one it spoke. */
export const passedHeaders = (headers: Headers, { limitHeaders }: CallDialect, status: number): Headers => {
  const passed: Record<string, string> = {};
  let left = LIMITS;
  for (const [name, value] of Object.entries(headers)) {
    if (limitHeaders?.test(name) !== true || !isPlain(value) || left === 0) continue;
    passed[name] = value;
    left--;
  }
  const should = headers['x-should-retry'];
  if (status >= 400 && (should === 'true' || should === 'false')) passed['x-should-retry'] = should;
  return passed;
};

const isPlain = (value: string): boolean => value.length <= VALUE_CHARS && PRINTABLE.test(value);

/** Headers in which upstreams name an exchange: Anthropic's, OpenAI's, Azure's, Bedrock's. */
const ID_HEADERS = ['request-id', 'x-request-id', 'apim-request-id', 'x-amzn-requestid'] as const;

/** What the upstream calls an exchange; undefined: it says no name, or one that is none. */
export const upstreamIdIn = (headers: Headers): string | undefined =>
  ID_HEADERS.map((name) => headers[name]).find((id) => id !== undefined && /^[\w.:/+=@-]{1,128}$/.test(id));
