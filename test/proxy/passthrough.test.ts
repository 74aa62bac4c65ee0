// Same dialect on both sides: the bytes pass as they came. Only the model's name, the credential and what a step rewrote differ.
import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { asking, exchangeOf, postChat } from '../kit/chat.ts';
import type { RawReply } from '../kit/clients.ts';
import { rawPost } from '../kit/clients.ts';
import type { Started } from '../kit/gateway.ts';
import { setupFor, startGateway } from '../kit/gateway.ts';
import type { Scripted, Seen, Upstream } from '../kit/upstream.ts';
import { error, startUpstream } from '../kit/upstream.ts';

const SECRET = 'sk-backend-secret-0123456789';
/** Nothing is looked at, so nothing need be readable. */
const OFF = { pii: 'off', secrets: 'off', injection: 'off' };
const PROMPT = 'Say "oui".\n\u2028';

let upstream: Upstream;
let gateway: Started;
beforeAll(async () => {
  upstream = await startUpstream();
  const { backends, models, ...rest } = JSON.parse(
    setupFor(upstream.url, [
      { name: 'plain' },
      { name: 'bound', system_prompt: PROMPT },
      { name: 'open', policy: 'open' },
    ]),
  );
  gateway = await startGateway({
    setup: JSON.stringify({
      ...rest,
      policies: [{ name: 'open', request: OFF, response: OFF }],
      backends: [{ ...backends[0], secret: SECRET }],
      models: [...models, { name: 'same', targets: [{ backend: 'lan', model: 'same' }] }],
    }),
  });
});
afterAll(async () => {
  await gateway.stop();
  await upstream.stop();
});

const post = async (
  body: unknown,
  script?: Scripted,
  key = 'plain',
): Promise<{ reply: RawReply; seen: Seen }> => {
  const before = upstream.requests.length;
  if (script !== undefined) upstream.next(script);
  const reply = await postChat(gateway.url, gateway.keys[key] ?? '', body).done;
  return { reply, seen: await upstream.arrived(before) };
};
const sha256 = (bytes: string | Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/** Everything a re-encoder would tidy up. `MODEL` and `TURNS` stand where the gateway may write. */
const ODD = String.raw`
 {	"z" : 1.0e5 , "a":12345678901234567890,"\u0062":-0.0, "messages" : [TURNS{ "content":"h\u00e9\/llo \ud83d\ude00 é😀 ","role" :"user" }
 ] ,"model": MODEL ,"temperature":1E-2,"__proto__":{"x":[ ]},"seed":0.10,"logit_bias":{"50256":-100},"7":[null , true],"constructor":{}} `;
const odd = (model: string, turns = ''): string => ODD.replace('MODEL', model).replace('TURNS', () => turns);

describe('what the upstream receives', () => {
  it('is what the client sent, byte for byte, when nothing has to change', async () => {
    const { seen, reply } = await post(odd('"same"'));
    expect(seen.body.toString()).toBe(odd('"same"'));
    const record = await gateway.record(exchangeOf(reply));
    expect(record).toMatchObject({
      prompt_sha256: sha256(odd('"same"')),
      sent_sha256: sha256(odd('"same"')),
    });
  });

  it("differs in the model's name alone, and in the bound prompt where there is one", async () => {
    const plain = await post(odd('"sm\\u0061ll"'));
    expect(plain.seen.body.toString()).toBe(odd('"upstream-small"'));
    const turn = `${JSON.stringify({ role: 'system', content: PROMPT })},`;
    const bound = await post(odd('"small"'), undefined, 'bound');
    expect(bound.seen.body.toString()).toBe(odd('"upstream-small"', turn));
    const record = await gateway.record(exchangeOf(bound.reply));
    expect(record).toMatchObject({
      prompt_sha256: sha256(odd('"small"')),
      sent_sha256: sha256(bound.seen.body),
    });
  });

  it('has usage asked for when it streams, and nothing else', async () => {
    const asked = '"stream_options":{"include_usage":true}';
    const head = '{ "model":"same", "messages":[{"role":"user","content":"x"}],"stream" : true';
    for (const [sent, received] of [
      [`${head} }`, `${head},${asked} }`],
      [`${head},"stream_options":null }`, `${head},${asked} }`],
      [
        `${head},"stream_options":{ "x" : 1.0 } }`,
        `${head},"stream_options":{ "x" : 1.0,"include_usage":true } }`,
      ],
      [`${head},"stream_options":{"include_usage":false}}`, `${head},${asked}}`],
      [`${head},"stream_options":{ "include_usage" : true } }`, undefined],
    ] as const) {
      expect((await post(sent)).seen.body.toString()).toBe(received ?? sent);
    }
  });

  it("carries none of the caller's headers but those that choose a version, and never its key", async () => {
    const key = gateway.keys.plain ?? '';
    const before = upstream.requests.length;
    const reply = await postChat(gateway.url, 'an-oauth-token-of-the-caller', asking('x'), {
      'x-gatehouse-key': key,
      'x-api-key': 'callers-own-api-key',
      'api-key': 'callers-own-azure-key',
      cookie: 'session=1',
      'x-forwarded-for': '10.9.8.7',
      forwarded: 'for=10.9.8.7',
      'x-real-ip': '10.9.8.7',
      'openai-organization': 'org-callers',
      'openai-project': 'proj-callers',
      'openai-beta': 'a-beta',
      'x-stainless-lang': 'js',
      referer: 'http://intranet/',
      te: 'trailers',
      via: '1.1 caller',
    }).done;
    expect(reply.status).toBe(200);
    const { rawHeaders, headers, body } = await upstream.arrived(before);
    expect(Object.keys(headers).sort()).toEqual(
      [
        ...['accept', 'accept-encoding', 'authorization', 'connection', 'content-length', 'content-type'],
        ...['host', 'openai-beta', 'user-agent'],
      ].sort(),
    );
    expect(headers).toMatchObject({
      authorization: `Bearer ${SECRET}`,
      'accept-encoding': 'identity',
      'openai-beta': 'a-beta',
    });
    const all = rawHeaders.join('\n') + body.toString();
    for (const kept of [key, 'callers', 'oauth', '10.9.8.7', 'session', 'intranet'])
      expect(all).not.toContain(kept);
  });
});

const HOP = ['connection', 'date', 'keep-alive', 'content-length', 'transfer-encoding'];
const shownHeaders = (reply: RawReply): string[] =>
  Object.keys(reply.headers)
    .filter((name) => !HOP.includes(name))
    .sort();

/** By what an exchange is known, to its client and to its upstream. */
const NAMES = ['x-gatehouse-exchange', 'x-gatehouse-upstream-request-id', 'x-request-id'];

describe('what the client receives', () => {
  it('is a whole reply byte for byte, with its type and what may still be asked, and with no header of the upstream besides', async () => {
    const body =
      '\n{ "choices" : [ ],"x":1.0e5,"y":12345678901234567890, "usage":{"prompt_tokens":3,"completion_tokens":0}}\r\n ';
    const { reply } = await post(asking('x'), {
      body,
      headers: {
        'content-type': 'application/json; charset=UTF-8',
        'set-cookie': ['a=1', 'b=2'],
        server: 'uvicorn',
        'openai-organization': 'org-ours',
        'x-ratelimit-remaining-tokens': '7',
        'x-request-id': 'req_upstream',
        'access-control-allow-origin': '*',
        'strict-transport-security': 'max-age=1',
      },
    });
    expect(reply.text).toBe(body);
    expect(shownHeaders(reply)).toEqual(['content-type', ...NAMES, 'x-ratelimit-remaining-tokens'].sort());
    expect(reply.headers).toMatchObject({
      'content-type': 'application/json; charset=UTF-8',
      'x-ratelimit-remaining-tokens': '7',
      'x-request-id': exchangeOf(reply),
      'x-gatehouse-upstream-request-id': 'req_upstream',
    });
    const record = await gateway.record(exchangeOf(reply));
    expect(record).toMatchObject({
      ...{ reply_sha256: sha256(body), delivered_sha256: sha256(body) },
      upstream_id: 'req_upstream',
    });
    expect(record.usage).toEqual({ input_tokens: 3, output_tokens: 0 });
  });

  it("is an upstream's refusal of the request byte for byte, too", async () => {
    const scripted = error(422, 'odd', { headers: { 'set-cookie': 'a=1', 'x-should-retry': 'true' } });
    const { reply } = await post(asking('x'), scripted);
    expect([reply.status, reply.text]).toEqual([422, scripted.body]);
    expect(shownHeaders(reply)).toEqual(['content-type', ...NAMES, 'x-should-retry'].sort());
  });

  const wantsUsage = { stream: true, stream_options: { include_usage: true } };
  /** What a server may send; `odd`: and what no server should. */
  const events = (end: string, odd = false): string =>
    [
      ': OPENROUTER PROCESSING',
      '',
      'event: gateway.future',
      'id: 7',
      'retry: 10',
      'data: {"choices":[{"index":0,"delta":{"content":"\u00e9\ud83d\ude00 [DONE] \\"usage\\":1"}}], "n" : 1.0e5 }',
      '',
      'data: {"choices":',
      'data:[], "later":{"x":null}}',
      '',
      ...(odd ? ['data: not json at all', ''] : []),
      'unknown-field: x',
      '',
      '',
      'data: {"choices":[],"usage":{"prompt_tokens":1,"completion_tokens":2},"k":{"usage":null}}',
      '',
      'data: [DONE]',
      '',
      '',
    ].join(end);

  it.each([
    { name: 'LF', text: events('\n') },
    { name: 'CRLF', text: events('\r\n') },
    { name: 'CR', text: events('\r') },
    { name: 'LF after a byte order mark', text: `\ufeff${events('\n')}` },
    { name: 'what is no JSON, under a policy that looks at nothing', text: events('\n', true), key: 'open' },
    { name: 'CR, under a policy that looks at nothing', text: events('\r', true), key: 'open' },
  ])('is a stream byte for byte however it is framed and cut ($name)', async ({ text, key }) => {
    const bytes = Buffer.from(text);
    const single = Array.from(bytes, (byte) => Uint8Array.of(byte));
    for (const sse of [[bytes], single]) {
      const script = { sse, headers: { server: 'x', 'set-cookie': 'a=1' } };
      const { reply } = await post(asking('x', wantsUsage), script, key);
      expect(reply.text).toBe(text);
      expect(reply.complete).toBe(true);
      expect(shownHeaders(reply)).toEqual([
        ...['cache-control', 'content-type', 'x-accel-buffering', ...NAMES],
      ]);
      const record = await gateway.record(exchangeOf(reply));
      expect(record).toMatchObject({
        ending: 'complete',
        reply_sha256: sha256(bytes),
        delivered_sha256: sha256(bytes),
        usage: { input_tokens: 1, output_tokens: 2 },
      });
    }
  });

  it('lacks the usage event that only we asked for, and has every other', async () => {
    const text = events('\n');
    const usage = /data: .*"usage":\{.*\n\n/.exec(text)?.[0] ?? '';
    const { reply } = await post(asking('x', { stream: true }), { sse: [text] });
    expect(usage).not.toBe('');
    expect(reply.text).toBe(text.replace(usage, ''));
    const record = await gateway.record(exchangeOf(reply));
    expect(record).toMatchObject({ reply_sha256: sha256(text), usage: { output_tokens: 2 } });
    expect(record.delivered_sha256).toBe(sha256(reply.body));
  });

  it('ends with the last event, whatever the upstream sends after it and however long it stays', async () => {
    const text = events('\n');
    for (const script of [
      { sse: [`${text}: trailing\n\ndata: more\n\n`] },
      { sse: [text, ': trailing\n\n', 'data: more\n\n'] },
      { sse: [text], hang: true },
      { sse: [text.slice(0, -1)] },
    ]) {
      const { reply } = await post(asking('x', wantsUsage), script);
      expect(reply.text).toBe(text.slice(0, reply.text.length));
      expect(reply.text.trimEnd().endsWith('data: [DONE]')).toBe(true);
      expect(await gateway.record(exchangeOf(reply))).toMatchObject({
        ending: 'complete',
        reply_sha256: sha256(reply.body),
      });
    }
  });

  it('says where each reply is recorded, refusals and unknown paths included', async () => {
    for (const path of ['/v1/chat/completions', '/v1/models', '/v1/nothing', '/api/x', '/v1']) {
      const headers = { authorization: `Bearer ${gateway.keys.plain}` };
      const reply = await rawPost({ url: gateway.url, path, method: 'GET', headers }).done;
      expect(exchangeOf(reply)).toMatch(/^ex_[0-9A-Z]{26}$/);
      expect(await gateway.record(exchangeOf(reply))).toMatchObject({ status: reply.status, path });
    }
  });
});
