// Tokens that credentials were exchanged for: kept until shortly before they end, and asked for by one request at a time.
import { TookTooLong, within } from '../within.ts';

/** A token, and when it ends. */
export type Token = { readonly text: string; readonly endsAtMs: number };

/** Tokens by what they were exchanged for. */
export type Tokens = {
  /** The token kept under `key`; `mint` gets one where there is none that lasts. Rejects with what `mint` does. */
  get(key: string, mint: () => Promise<Token>): Promise<string>;
  /** A token that was not accepted is not used again. */
  forget(text: string): void;
};

/** A token is asked for anew this long before its end, while the old one still serves; in the second half of a shorter life. */
const AHEAD_MS = 5 * 60_000;
/** With less than this left a token might end under way: clocks differ, and a request takes its time. */
const MARGIN_MS = 30_000;
/** After a failure behind a reply the old token serves on, and nobody is asked for this long. */
const REST_MS = 10_000;
/** Whoever began the exchange may be gone, and its request with it (on Workers): then the next one asks for itself. */
const WAIT_MS = 15_000;
/** Far more than any deployment has backends. */
const MOST = 1_000;

type Kept = { readonly token: Token; readonly lastsToMs: number; againAtMs: number };

type Means = {
  readonly now: () => number;
  /** Lets work end after the reply. */
  readonly defer: (work: Promise<unknown>) => void;
};

/** Keeps tokens in memory. */
export const keepTokens = ({ now, defer }: Means): Tokens => {
  const kept = new Map<string, Kept>();
  const asking = new Map<string, Promise<string>>();
  const keep = (key: string, token: Token, askedAtMs: number): void => {
    const lifeMs = token.endsAtMs - askedAtMs;
    for (const [other, { lastsToMs }] of kept)
      if (lastsToMs <= askedAtMs || kept.size >= MOST) kept.delete(other);
    kept.set(key, {
      token,
      lastsToMs: token.endsAtMs - Math.min(MARGIN_MS, lifeMs / 4),
      againAtMs: token.endsAtMs - Math.min(AHEAD_MS, lifeMs / 2),
    });
  };
  const ask = (key: string, mint: () => Promise<Token>): Promise<string> => {
    const once = async (): Promise<string> => {
      const askedAtMs = now();
      const token = await mint();
      keep(key, token, askedAtMs);
      return token.text;
    };
    const one = once().finally(() => {
      if (asking.get(key) === one) asking.delete(key);
    });
    asking.set(key, one);
    // It goes on though the exchange that began it should end: others wait for it.
    defer(one.catch(() => undefined));
    return one;
  };
  return {
    get: async (key, mint) => {
      const known = kept.get(key);
      const at = now();
      if (known !== undefined && known.lastsToMs > at) {
        if (known.againAtMs <= at && !asking.has(key)) {
          known.againAtMs = at + REST_MS;
          ask(key, mint).catch(() => undefined);
        }
        return known.token.text;
      }
      const other = asking.get(key);
      if (other === undefined) return ask(key, mint);
      return within(WAIT_MS, other).catch((error: unknown) => {
        if (error instanceof TookTooLong) return ask(key, mint);
        throw error;
      });
    },
    forget: (text) => {
      for (const [key, { token }] of kept) if (token.text === text) kept.delete(key);
    },
  };
};
