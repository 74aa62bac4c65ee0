// What passes: replies whole and streamed, and requests that reach the upstream as they were meant.
import { gunzipSync } from 'node:zlib';
import { expect } from 'vitest';
import type { StreamReply } from '../../kit/upstream.ts';
import { defaultReply, error, event } from '../../kit/upstream.ts';
import type { Check } from './target.ts';
import { ask, hello, PROMPT, sealed, sha256, through, UPSTREAM_KEY, user } from './target.ts';

const DONE = 'data: [DONE]\n\n';
const word = (content: string): string =>
  event({ object: 'chat.completion.chunk', choices: [{ index: 0, delta: { content } }] });
const USAGE = event({ choices: [], usage: { prompt_tokens: 3, completion_tokens: 4, total_tokens: 7 } });
const COUNTED = { input_tokens: 3, output_tokens: 4 };

const replies: Check[] = [
  {
    name: 'a whole reply arrives whole, byte for byte, and its record has the digest of every side',
    run: async (target) => {
      const text = ' {"id":"x", "choices": [{"message":{"content":"Grüße \\ud83d\\ude00"}}],\n"more":1.0}\n';
      target.upstream.next({ body: text });
      const body = JSON.stringify(hello);
      const { reply, seen } = await through(target, { body });
      expect(reply).toMatchObject({ status: 200, complete: true, text });
      expect(reply.headers['content-type']).toBe('application/json');
      const record = await sealed(target, reply, { ending: 'complete', status: 200, model: 'small' });
      expect(record).toMatchObject({
        prompt_sha256: sha256(body),
        sent_sha256: sha256(seen.body),
        reply_sha256: sha256(text),
        model_used: 'upstream-small',
        backend: 'lan',
        zone: 'on_prem',
        team: 'crew',
        use_case: 'plain',
      });
    },
  },
  {
    name: 'a streamed reply arrives frame by frame as the upstream sent it, comments and odd line ends included',
    run: async (target) => {
      const sse = [': hi\n\n', word('a'), 'data: {"x":1}\r\n\r\n', 'id: 7\nevent: odd\ndata: {}\n\n', DONE];
      target.upstream.next({ sse });
      const { reply } = await through(target, { body: { ...hello, stream: true } });
      expect(reply).toMatchObject({ status: 200, complete: true, text: sse.join('') });
      expect(reply.headers['content-type']).toBe('text/event-stream; charset=utf-8');
      await sealed(target, reply, { ending: 'complete', status: 200, reply_sha256: sha256(sse.join('')) });
    },
  },
  {
    name: 'a frame reaches the client when it comes, not when the reply is whole',
    run: async (target) => {
      // Inside a word it could be the beginning of a value.
      target.upstream.next({ sse: [word('a.\n'), word('b.\n'), DONE], delayMs: 150 });
      const reply = await ask(target, { body: { ...hello, stream: true } });
      expect((reply.pieces.at(-1)?.at ?? 0) - (reply.pieces[0]?.at ?? 0)).toBeGreaterThan(200);
    },
  },
  {
    name: 'a frame that the upstream cuts anywhere arrives as one',
    run: async (target) => {
      const bytes = Buffer.from(word('Grüße') + word('b') + DONE);
      const sse = Array.from({ length: Math.ceil(bytes.length / 7) }, (_, i) =>
        bytes.subarray(i * 7, i * 7 + 7),
      );
      target.upstream.next({ sse });
      const reply = await ask(target, { body: { ...hello, stream: true } });
      expect(reply.body.equals(bytes)).toBe(true);
    },
  },
  {
    name: 'a client that takes compressed replies reads the very bytes that are on record',
    run: async (target) => {
      const long = { ...hello, messages: [user('word '.repeat(2_000))] };
      const headers = { 'accept-encoding': 'gzip' };
      for (const stream of [false, true]) {
        const { reply } = await through(target, { body: { ...long, stream }, headers });
        const isZipped = reply.headers['content-encoding'] === 'gzip';
        if (!target.compresses) expect(isZipped).toBe(false);
        const body = isZipped ? gunzipSync(reply.body) : reply.body;
        await sealed(target, { ...reply, body }, { ending: 'complete' });
      }
    },
  },
  {
    name: 'a reply of 8 MB passes intact, whole and streamed',
    run: async (target) => {
      const big = 'x'.repeat(8_000_000);
      target.upstream.next({ body: JSON.stringify({ choices: [], big }) });
      const whole = await ask(target);
      expect(whole).toMatchObject({ status: 200, complete: true });
      await sealed(target, whole, { ending: 'complete' });
      target.upstream.next({ sse: [...Array.from({ length: 80 }, () => word('x'.repeat(100_000))), DONE] });
      const streamed = await ask(target, { body: { ...hello, stream: true } });
      expect(streamed).toMatchObject({ status: 200, complete: true });
      expect(streamed.body.length).toBeGreaterThan(8_000_000);
      await sealed(target, streamed, { ending: 'complete' });
    },
  },
  {
    name: "an upstream's 400 passes with its words, and its 429 with its bounded retry-after",
    run: async (target) => {
      target.upstream.next(error(400, 'context_length_exceeded', { message: 'Too long.' }));
      const bad = await ask(target);
      expect([bad.status, JSON.parse(bad.text).error.message]).toEqual([400, 'Too long.']);
      await sealed(target, bad, { ending: 'failed', status: 400, code: 'upstream_refused' });
      target.upstream.next(error(429, null, { headers: { 'retry-after': '7200' } }));
      const busy = await ask(target);
      expect([busy.status, busy.headers['retry-after']]).toEqual([429, '60']);
    },
  },
];

const usages: Check[] = [
  {
    name: 'usage is asked of a stream, recorded, and kept from a client that did not ask for it',
    run: async (target) => {
      target.upstream.next({ sse: [word('a'), USAGE, DONE] });
      const { reply, seen } = await through(target, { body: { ...hello, stream: true } });
      expect(seen.json).toMatchObject({ stream_options: { include_usage: true } });
      expect(reply.text).toBe(word('a') + DONE);
      await sealed(target, reply, { ending: 'complete', usage: COUNTED });
    },
  },
  {
    name: 'a client that asked for usage gets it',
    run: async (target) => {
      const sse = [word('a'), USAGE, DONE];
      target.upstream.next({ sse });
      const asked = { ...hello, stream: true, stream_options: { include_usage: true } };
      const { reply } = await through(target, { body: asked });
      expect(reply.text).toBe(sse.join(''));
      await sealed(target, reply, { ending: 'complete', usage: COUNTED });
    },
  },
];

const requests: Check[] = [
  {
    name: 'fields nobody knows, their order, spacing and number spelling reach the upstream byte for byte',
    run: async (target) => {
      const body =
        '{ "future": {"z":1e2,"a":[1.0, -0]},\n"model":"small" ,"messages":[{"role":"user","content":"\\u00e9é\\/","x":null}], "n" : 1 }';
      const { reply, seen } = await through(target, { body });
      expect(seen.body.toString()).toBe(body.replace('"small"', '"upstream-small"'));
      await sealed(target, reply, { prompt_sha256: sha256(body), sent_sha256: sha256(seen.body) });
    },
  },
  {
    name: 'a body of 1 MB passes intact',
    run: async (target) => {
      const body = JSON.stringify({ ...hello, messages: [user('ä'.repeat(524_000))] });
      const { reply, seen } = await through(target, { body });
      expect(reply.status).toBe(200);
      expect(sha256(seen.body)).toBe(sha256(body.replace('"small"', '"upstream-small"')));
      await sealed(target, reply, { ending: 'complete', prompt_sha256: sha256(body) });
    },
  },
  {
    name: 'a body in chunks is as good as one with a length',
    run: async (target) => {
      const { reply } = await through(target, { headers: { 'transfer-encoding': 'chunked' } });
      await sealed(target, reply, { ending: 'complete', prompt_sha256: sha256(JSON.stringify(hello)) });
    },
  },
  {
    name: 'tools pass both ways, whole and streamed',
    run: async (target) => {
      const tools = [{ type: 'function', function: { name: 'look', parameters: { type: 'object' } } }];
      const body = { model: 'small', messages: [user('USETOOL')], tools };
      const { reply, seen } = await through(target, { body });
      expect(seen.json).toMatchObject({ tools });
      expect(JSON.parse(reply.text).choices[0].message.tool_calls[0].function.name).toBe('look');
      const streamed = await ask(target, { body: { ...body, stream: true } });
      expect(streamed.text).toContain('"tool_calls"');
      await sealed(target, streamed, { ending: 'complete' });
    },
  },
  {
    name: 'an image passes as it is',
    run: async (target) => {
      const image = {
        type: 'image_url',
        image_url: { url: `data:image/png;base64,${'iVBOR'.repeat(20_000)}` },
      };
      const messages = [user([{ type: 'text', text: 'What is this?' }, image])];
      const { seen } = await through(target, { body: { model: 'small', messages } });
      expect(seen.json).toEqual({ model: 'upstream-small', messages });
    },
  },
  {
    name: "the backend's secret goes upstream, and neither the caller's key nor a header that is not known does",
    run: async (target) => {
      const headers = { 'x-secret-header': 'no', cookie: 'a=b', 'openai-beta': 'yes' };
      const { reply, seen } = await through(target, { body: { ...hello, model: 'secret' }, headers });
      expect(seen.headers).toMatchObject({ authorization: `Bearer ${UPSTREAM_KEY}`, 'openai-beta': 'yes' });
      expect(seen.rawHeaders.join('\n')).not.toMatch(/conformance-key|x-secret-header|a=b/i);
      expect(reply.rawHeaders.join('\n') + reply.text).not.toContain(UPSTREAM_KEY);
    },
  },
  {
    name: "the use case's system prompt stands above every turn",
    run: async (target) => {
      const { seen } = await through(target, { key: 'prompted' });
      expect(seen.json).toMatchObject({ messages: [{ role: 'system', content: PROMPT }, ...hello.messages] });
    },
  },
  {
    name: "a caller's system turns are demoted to the user's where the use case says so",
    run: async (target) => {
      const messages = ['system', 'Developer', 'user'].map((role) => ({ role, content: 'x' }));
      const { seen } = await through(target, { key: 'demoting', body: { ...hello, messages } });
      expect(seen.json).toMatchObject({
        messages: [{ role: 'system', content: PROMPT }, user('x'), user('x'), user('x')],
      });
    },
  },
  {
    name: 'non-sensitive data may reach a cloud backend',
    run: async (target) => {
      const { reply } = await through(target, { key: 'open', body: { ...hello, model: 'cloudy' } });
      await sealed(target, reply, { ending: 'complete', zone: 'cloud', backend: 'away' });
    },
  },
  {
    name: 'a model may be named as backend/model',
    run: async (target) => {
      const { seen } = await through(target, { body: { ...hello, model: 'lan/any:thing' } });
      expect(seen.json).toMatchObject({ model: 'any:thing' });
    },
  },
];

/** A correct server's stream for the scripts of other checks. */
export const streamOf = (seen: Parameters<typeof defaultReply>[0]): StreamReply =>
  defaultReply(seen) as StreamReply; // a chat request that asked for a stream

export const answers: readonly Check[] = [...replies, ...usages, ...requests];
