// Checkpoints sent to an HTTPS webhook, which acknowledges each with a status of 2xx.
import type { Sha256Hex } from '../audit/chain.ts';
import type { Fetch, Hangup } from '../ports.ts';
import type { Anchor } from './anchor.ts';
import { anchoredText } from './anchor.ts';

const CONNECT_MS = 10_000;
const REPLY_MS = 30_000;

/** Nobody waits for it, so nobody hangs up. */
const NEVER: Hangup = { gone: false, onGone: () => () => undefined };

const LOOPBACK = /^(localhost|127(?:\.\d{1,3}){3}|\[::1\])$/;

/** Whether checkpoints may go there: https, or http on this machine. */
export const isAnchorUrl = (text: string): boolean => {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname } = new URL(text);
  return protocol === 'https:' || (protocol === 'http:' && LOOPBACK.test(hostname));
};

/** An anchor that is a webhook. Its URL may hold a token, so its name is the host and a digest of the rest. */
export const webhookAnchor = (url: string, send: Fetch, sha256: Sha256Hex): Anchor => {
  if (!isAnchorUrl(url)) throw new Error('an anchor is an https:// URL, or an http:// one of this machine');
  return {
    name: `${new URL(url).host} ${sha256(url).slice(0, 8)}`,
    known: async () => undefined,
    send: async (number, checkpoint) => {
      const reply = await send({
        url,
        method: 'POST',
        headers: { 'content-type': 'application/json', 'x-gatehouse-checkpoint': String(number) },
        body: anchoredText(checkpoint),
        hangup: NEVER,
        connectMs: CONNECT_MS,
        headersMs: REPLY_MS,
        idleMs: REPLY_MS,
      });
      // What it says does not matter; leaving the body ends the connection.
      for await (const _ of reply.body) break;
      if (reply.status < 200 || reply.status > 299) throw new Error(`status ${reply.status}`);
    },
  };
};
