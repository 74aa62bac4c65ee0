// Clouds, whose credentials are made of secrets and whose models are asked by packages: the same on every runtime.
import { expect } from 'vitest';
import { CLOUD_KEYS } from '../../kit/cloud/backends.ts';
import { EVENTS, streamOf } from '../../kit/cloud/claude.ts';
import { converseEvents, converseStream } from '../../kit/cloud/converse.ts';
import { geminiEvents, geminiStream, geminiWhole } from '../../kit/cloud/gemini.ts';
import { signatureFault } from '../../kit/cloud/sigv4.ts';
import { isAssertion } from '../../kit/cloud/tokens.ts';
import { json, redirect } from '../../kit/upstream.ts';
import { leave, leaver, upcoming } from './leaving.ts';
import type { Check, Target } from './target.ts';
import { ask, letGo, recordOfAgent, sealed, sha256, user } from './target.ts';

const asking = (model: string, stream: boolean) => ({
  body: { model, stream, messages: [user('Hello there')] },
});

/** What was sent last. */
const last = ({ upstream }: Target) => {
  const seen = upstream.requests.at(-1);
  if (seen === undefined) throw new Error('nothing was asked');
  return seen;
};

const said = (text: string): string =>
  [...text.matchAll(/"content":"([^"]*)"/g)].map(([, piece]) => piece).join('');

/** Every guarantee of a cloud. */
export const clouds: readonly Check[] = [
  {
    name: 'Gemini, asked by its package, answers whole and streamed, on record with what was sent and received',
    run: async (target) => {
      for (const stream of [false, true]) {
        const parts = [[{ text: 'Hello ' }], [{ text: 'yourself.' }]];
        const whole = geminiWhole(parts.flat());
        const events = geminiEvents(parts);
        target.upstream.next(stream ? geminiStream(events) : whole);
        const reply = await ask(target, asking('google/gemini-2.5-flash', stream));
        expect([reply.status, said(reply.text)]).toEqual([200, 'Hello yourself.']);
        await sealed(target, reply, {
          ending: 'complete',
          backend: 'google',
          sent_sha256: sha256(last(target).body),
          reply_sha256: sha256(stream ? events.join('') : String(whole.body)),
          usage: { input_tokens: 11, output_tokens: 9, cached_input_tokens: 2, reasoning_tokens: 4 },
        });
      }
    },
  },
  {
    name: 'a stream of Gemini or Converse that is cut never looks whole',
    run: async (target) => {
      const gemini = geminiStream(geminiEvents([[{ text: 'Hello ' }], [{ text: 'you' }]]), { cutAfter: 1 });
      const converse = converseStream(converseEvents(['Hello ', 'you']), { cutAfter: 3 });
      for (const [model, script] of [
        ['google/gemini-2.5-flash', gemini],
        ['bedrock/amazon.nova-x', converse],
      ] as const) {
        target.upstream.next(script);
        const reply = await ask(target, asking(model, true));
        expect(reply.text).not.toContain('[DONE]');
        await sealed(target, reply, { ending: 'failed', code: 'upstream_cut' });
      }
    },
  },
  {
    name: 'a client that leaves a stream of Gemini ends its upstream, and the record says abandoned',
    run: async (target) => {
      const arrived = upcoming(target);
      const events = geminiEvents([[{ text: 'first.\n' }], [{ text: 'second.\n' }], []]).slice(0, 2);
      target.upstream.next(geminiStream(events, { hang: true }));
      const client = leaver(target, JSON.stringify(asking('google/gemini-2.5-flash', true).body));
      await client.sees('first');
      const seen = await arrived();
      leave(target, client);
      await letGo(seen);
      expect(await recordOfAgent(target, client.agent)).toMatchObject({ ending: 'abandoned', status: 200 });
    },
  },
  {
    name: 'what a package is redirected to is not asked',
    run: async (target) => {
      const before = target.upstream.requests.length;
      target.upstream.next(redirect(`${target.upstream.url}/elsewhere`));
      const reply = await ask(target, asking('google/gemini-2.5-flash', false));
      expect([reply.status, reply.text]).toEqual([502, expect.stringContaining('upstream_protocol')]);
      expect(target.upstream.requests.length).toBe(before + 1);
    },
  },
  {
    name: 'Claude on Bedrock is asked with a signature, and its stream comes as its maker has it',
    run: async (target) => {
      target.upstream.next(streamOf(EVENTS));
      const reply = await ask(target, asking('bedrock/anthropic.claude-x', true));
      expect([reply.status, said(reply.text)]).toEqual([200, 'Good mörning to you.']);
      expect(signatureFault(last(target), CLOUD_KEYS)).toBeUndefined();
      await sealed(target, reply, { ending: 'complete', sent_sha256: sha256(last(target).body) });
    },
  },
  {
    name: "a service account's token is asked for once, and shown with each request",
    run: async (target) => {
      const { upstream } = target;
      const before = upstream.requests.length;
      upstream.next((seen) =>
        isAssertion(seen) ? json({ access_token: 'a-token', expires_in: 3600 }) : json({}, 401),
      );
      // All at once: each waits for the one token that the first of them asked for.
      for (let i = 0; i < 4; i++) upstream.next(geminiWhole([{ text: 'Hello.' }]));
      const wanted = asking('vertex/gemini-2.5-flash', false);
      const replies = await Promise.all([ask(target, wanted), ask(target, wanted), ask(target, wanted)]);
      for (const reply of [...replies, await ask(target, wanted)]) {
        expect([reply.status, said(reply.text)]).toEqual([200, 'Hello.']);
        expect(last(target).headers.authorization).toBe('Bearer a-token');
      }
      expect(upstream.requests.slice(before).map(({ path }) => path.split(':').at(-1))).toEqual([
        '/token',
        ...Array(4).fill('generateContent'),
      ]);
    },
  },
];
