// Upstreams that fail, cut, redirect or compress.
import { expect } from 'vitest';
import { cut, error, gzipped, redirect, truncated } from '../../kit/upstream.ts';
import { streamOf } from './answers.ts';
import type { Check, Target, Wanted } from './target.ts';
import { ask, hello, sealed, through } from './target.ts';

const STREAM = { body: { ...hello, stream: true } };

/** Asks what must fail with a whole error reply; gives its text. */
const failed = async (target: Target, status: number, code: string, wanted: Wanted = {}): Promise<string> => {
  const reply = await ask(target, wanted);
  expect([reply.status, reply.complete, reply.text]).toEqual([status, true, expect.stringContaining(code)]);
  await sealed(target, reply, { ending: 'failed', status, code });
  return reply.text + reply.rawHeaders.join('\n');
};

const refusing: Check[] = [
  {
    name: "an upstream that refuses the gateway's credential is a 502 without its words",
    run: async (target) => {
      for (const status of [401, 403]) {
        target.upstream.next(error(status, 'invalid_api_key', { message: 'Incorrect key sk-abc provided' }));
        expect(await failed(target, 502, 'upstream_denied')).not.toContain('sk-abc');
      }
    },
  },
  {
    name: "an upstream's 500 and 503 keep their status, not their words",
    run: async (target) => {
      for (const status of [500, 503]) {
        target.upstream.next(error(status, null, { message: 'Traceback: secret.py' }));
        expect(await failed(target, status, 'upstream_failed')).not.toContain('Traceback');
      }
    },
  },
  {
    name: 'a redirect is not followed',
    run: async (target) => {
      for (const status of [302, 307]) {
        const before = target.upstream.requests.length;
        target.upstream.next(redirect(`${target.upstream.url}/elsewhere`, status));
        expect(await failed(target, 502, 'upstream_protocol')).not.toContain('elsewhere');
        expect(target.upstream.requests.length).toBe(before + 1);
      }
    },
  },
  {
    name: 'a compressed reply, which could not be governed, is refused',
    run: async (target) => {
      const { upstream } = target;
      upstream.next(gzipped({ id: 'zipped', choices: [] }));
      await failed(target, 502, 'upstream_protocol');
      expect(upstream.requests.at(-1)?.headers['accept-encoding']).toBe('identity');
    },
  },
];

const cutting: Check[] = [
  {
    name: 'an upstream that cannot be reached is a 502',
    run: async (target) => {
      const code = target.provesUnreachable ? 'upstream_unreachable' : 'upstream_cut';
      await failed(target, 502, code, { body: { ...hello, model: 'lost' } });
    },
  },
  {
    name: 'the next backend is asked only when the first provably got nothing',
    run: async (target) => {
      const wanted = { body: { ...hello, model: 'spare' } };
      if (!target.provesUnreachable) {
        await failed(target, 502, 'upstream_cut', wanted);
        return;
      }
      const { reply } = await through(target, wanted);
      await sealed(target, reply, { ending: 'complete', status: 200, backend: 'lan' });
    },
  },
  {
    name: 'a connection cut before the head is a 502, and the request is not sent again',
    run: async (target) => {
      const before = target.upstream.requests.length;
      target.upstream.next(cut());
      await failed(target, 502, 'upstream_cut');
      expect(target.upstream.requests.length).toBe(before + 1);
    },
  },
  {
    name: 'a whole reply that ends early is a 502, not half an answer',
    run: async (target) => {
      target.upstream.next(truncated('{"choices":[{"message":{"content":"half'));
      expect(await failed(target, 502, 'upstream_cut')).not.toContain('half');
    },
  },
  {
    name: 'a stream that is cut never ends cleanly, and says so in an error frame',
    run: async (target) => {
      target.upstream.next((seen) => ({ ...streamOf(seen), cutAfter: 3 }));
      const reply = await ask(target, STREAM);
      expect([reply.status, reply.complete]).toEqual([200, false]);
      expect(reply.text).not.toContain('[DONE]');
      expect(reply.text).toMatch(/"content":"You "[\s\S]*"code":"upstream_cut"/);
      await sealed(target, reply, { ending: 'failed', code: 'upstream_cut' });
    },
  },
  {
    name: 'a stream that ends without its last event never ends cleanly',
    run: async (target) => {
      target.upstream.next((seen) => ({ sse: streamOf(seen).sse.slice(0, 3) }));
      const reply = await ask(target, STREAM);
      expect([reply.status, reply.complete]).toEqual([200, false]);
      await sealed(target, reply, { ending: 'failed', code: 'upstream_cut' });
    },
  },
];

/** Every guarantee in the face of an upstream's trouble. */
export const trouble: readonly Check[] = [...refusing, ...cutting];
