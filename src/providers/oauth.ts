// Tokens by OAuth 2.0 (RFC 6749): one form to a token endpoint. It carries a credential and nothing of any exchange.
import { parseJson } from '../json/parse.ts';
import { at } from '../json/value.ts';
import type { Incoming } from '../ports.ts';
import { UpstreamFault } from '../ports.ts';
import { Refusal } from '../refusal.ts';
import { isWord } from './credentials.ts';
import type { Means } from './provider.ts';
import type { Token } from './tokens.ts';

/** As long as a token endpoint may take with each step: whoever asks it is kept waiting. */
const STEP_MS = 10_000;
/** Tokens have a few thousand characters. */
const REPLY_BYTES = 64 * 1024;
/** Lifetimes that are told wrong, or not at all. */
const LIFE_S = { least: 60, most: 24 * 3600, untold: 300 } as const;

/** It is for whoever needs the token next, too: nobody's leaving ends it. */
const NOBODY_LEAVES = { gone: false, onGone: () => () => undefined };

/** Asks for a token. Throws `upstream_denied` for a credential that is not accepted, else an UpstreamFault that counts as unsent. */
export const tokenFrom = async (
  { fetch, now }: Pick<Means, 'fetch' | 'now'>,
  url: string,
  form: Readonly<Record<string, string>>,
): Promise<Token> => {
  const askedAtMs = now();
  const { status, text } = await reply(fetch, url, new URLSearchParams(form).toString());
  const said = jsonOf(text);
  if (status === 400 || status === 401 || status === 403) {
    const code = at(said, 'error');
    const why = typeof code === 'string' && /^[a-z_]{1,40}$/.test(code) ? ` (${code})` : '';
    throw new Refusal('upstream_denied', { note: `the token endpoint answers ${status}${why}` });
  }
  const token = at(said, 'access_token');
  if (status !== 200 || typeof token !== 'string' || !isWord(token))
    throw noToken(`the token endpoint answers ${status} and no token`);
  const told = Number(at(said, 'expires_in') ?? LIFE_S.untold);
  const lifeS = Number.isFinite(told) ? Math.min(Math.max(told, LIFE_S.least), LIFE_S.most) : LIFE_S.untold;
  return { text: token, endsAtMs: askedAtMs + lifeS * 1000 };
};

/** Whatever went wrong there, nothing was sent to the backend: another one may be asked. */
const noToken = (words: string): UpstreamFault => new UpstreamFault('unreachable', false, words);

const reply = async (
  fetch: Means['fetch'],
  url: string,
  body: string,
): Promise<{ status: number; text: string }> => {
  try {
    const incoming = await fetch({
      url,
      method: 'POST',
      headers: {
        'content-type': 'application/x-www-form-urlencoded',
        accept: 'application/json',
        'accept-encoding': 'identity',
        'user-agent': 'gatehouse',
      },
      body,
      hangup: NOBODY_LEAVES,
      connectMs: STEP_MS,
      headersMs: STEP_MS,
      idleMs: STEP_MS,
    });
    return { status: incoming.status, text: await textOf(incoming) };
  } catch (error) {
    if (error instanceof UpstreamFault) throw noToken(`no token could be had: ${error.message}`);
    throw error;
  }
};

const textOf = async ({ body }: Incoming): Promise<string> => {
  const decoder = new TextDecoder();
  let text = '';
  for await (const chunk of body) {
    text += decoder.decode(chunk, { stream: true });
    if (text.length > REPLY_BYTES) throw noToken('the token endpoint answers without end');
  }
  return text + decoder.decode();
};

const jsonOf = (text: string): ReturnType<typeof parseJson> | undefined => {
  try {
    return parseJson(text);
  } catch {
    // A page of something in between: there is no token in it.
    return undefined;
  }
};

/** A provider's secret in a shape that is none of its own. */
export const misshapen = (words: string): Refusal => new Refusal('backend_secret_missing', { note: words });
