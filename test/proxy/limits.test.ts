// Everything a caller may send has a limit, and going past it is told clearly and recorded.
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { asking, exchangeOf, postChat } from '../kit/chat.ts';
import type { RawReply } from '../kit/clients.ts';
import { rawPost, rawRequest } from '../kit/clients.ts';
import { setupFor } from '../kit/gateway.ts';
import type { Parts } from '../kit/parts.ts';
import { startParts } from '../kit/parts.ts';
import type { Upstream } from '../kit/upstream.ts';
import { startUpstream } from '../kit/upstream.ts';

const LIMIT = 4096;
let upstream: Upstream;
let gateway: Parts;
beforeAll(async () => {
  upstream = await startUpstream();
  const useCases = [{ name: 'plain' }, { name: 'narrow', models: ['small', 'lan/only-*'] }];
  gateway = await startParts(setupFor(upstream.url, useCases), undefined, {
    GATEHOUSE_BODY_LIMIT: String(LIMIT),
  });
});
afterAll(async () => {
  await gateway.stop();
  await upstream.stop();
});

const post = (
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
  key = 'plain',
): Promise<RawReply> => postChat(gateway.url, gateway.keys[key] ?? key, body, headers).done;
const padded = (bytes: number): string => {
  const text = JSON.stringify(asking('x', { user: '' }));
  return text.replace('"user":""', `"user":"${'u'.repeat(bytes - text.length)}"`);
};
const mustBeRefused = async (reply: RawReply, status: number, code: string): Promise<void> => {
  expect([reply.status, JSON.parse(reply.text).error.code]).toEqual([status, code]);
  const entries = await gateway.entries(exchangeOf(reply));
  expect(entries.at(-1)?.body).toMatchObject({ ending: 'refused', status });
};

describe('a request', () => {
  it('may have a body of exactly the limit, and one byte more is too long', async () => {
    expect((await post(padded(LIMIT))).status).toBe(200);
    await mustBeRefused(await post(padded(LIMIT + 1)), 413, 'body_too_long');
    // The length is not announced.
    const chunked = { 'transfer-encoding': 'chunked' };
    expect((await post(padded(LIMIT), chunked)).status).toBe(200);
    await mustBeRefused(await post(padded(LIMIT + 1), chunked), 413, 'body_too_long');
  });

  it('may nest a hundred deep', async () => {
    const nested = (depth: number): string =>
      JSON.stringify(asking('x', { x: 0 })).replace('"x":0', `"x":${'['.repeat(depth)}${']'.repeat(depth)}`);
    expect((await post(nested(99))).status).toBe(200);
    await mustBeRefused(await post(nested(100)), 400, 'bad_json');
    await mustBeRefused(await post(nested(1_500)), 400, 'bad_json');
  });

  it('has a head of sixteen kilobytes at most, or is told so', async () => {
    expect((await post(asking('x'), { 'x-long': 'x'.repeat(12_000) })).status).toBe(200);
    const reply = await post(asking('x'), { 'x-long': 'x'.repeat(17_000) });
    expect([reply.status, JSON.parse(reply.text).error.code]).toEqual([431, 'headers_too_large']);
  });

  it.each([
    ...[
      'text/plain',
      'application/x-www-form-urlencoded',
      'multipart/form-data; boundary=x',
      'application/jsonx',
    ],
    ...[
      'application/json; charset=utf-16',
      'application/json, text/plain',
      'application/json;x=y',
      'json',
      '',
    ],
    ...[`application/${'+'.repeat(8_000)}`, `application/json${' '.repeat(8_000)};`],
  ])('of the type %.40j is none', async (type) => {
    await mustBeRefused(
      await post(JSON.stringify(asking('x')), { 'content-type': type }),
      415,
      'wrong_content_type',
    );
  });

  it.each([
    ...[
      'application/json',
      'Application/JSON',
      'application/json; charset=UTF-8',
      'application/json;charset="utf-8"',
    ],
    ...['application/vnd.api+json', 'application/json ; charset = utf-8 '],
  ])('of the type %j is one', async (type) => {
    expect((await post(JSON.stringify(asking('x')), { 'content-type': type })).status).toBe(200);
  });

  it('that is compressed, has no type or is no UTF-8 is refused', async () => {
    const body = JSON.stringify(asking('é'));
    await mustBeRefused(
      await post(gzipSync(body), { 'content-encoding': 'gzip' }),
      415,
      'wrong_content_type',
    );
    expect((await post(body, { 'content-encoding': 'identity' })).status).toBe(200);
    await mustBeRefused(await post(Buffer.from(body, 'latin1')), 400, 'bad_json');
    await mustBeRefused(await post(Buffer.from(body, 'utf16le')), 400, 'bad_json');
    await mustBeRefused(await post(''), 400, 'bad_json');
    const headers = { authorization: `Bearer ${gateway.keys.plain}` };
    const untyped = rawPost({ url: gateway.url, path: '/v1/chat/completions', headers, body });
    await mustBeRefused(await untyped.done, 415, 'wrong_content_type');
  });

  it('of a stranger is refused before its body is read', async () => {
    const { text } = await rawRequest(
      gateway.port,
      'POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\nauthorization: Bearer nobody\r\n' +
        'content-type: application/json\r\ncontent-length: 4000\r\n\r\n{"model":',
      { timeoutMs: 500 },
    );
    expect(text).toContain('HTTP/1.1 401');
  });

  it('names no model but those its use case has, by any of their names', async () => {
    for (const model of ['small', 'lan/only-this', 'lan/only-'])
      expect((await post({ ...asking('x'), model }, {}, 'narrow')).status).toBe(200);
    for (const model of [
      'Small',
      'small ',
      'lan/other',
      'lan/upstream-small',
      '*',
      'small*',
      'only-this',
      'lan/ONLY-x',
    ])
      await mustBeRefused(await post({ ...asking('x'), model }, {}, 'narrow'), 403, 'model_not_allowed');
    await mustBeRefused(await post({ ...asking('x'), model: 'lan/\u0000' }), 400, 'bad_request');
    await mustBeRefused(await post({ ...asking('x'), model: 'lan/\ud800' }), 400, 'bad_request');
    await mustBeRefused(
      await post({ ...asking('x'), models: ['other'] }, {}, 'narrow'),
      403,
      'model_not_allowed',
    );
  });

  it('is told its own words back nowhere, whatever is wrong with it', async () => {
    const secret = 'my-secret-words-in-a-prompt';
    for (const body of [
      `{"model":"small","messages":[{"role":"user","content":"${secret}"}`,
      `${secret}`,
      `{"model":7,"messages":[{"role":"user","content":"${secret}"}]}`,
      `{"model":"small","messages":[{"role":"${secret}","content":1,"content":2}]}`,
      `{"model":"small","messages":["${secret}"]}`,
    ]) {
      const reply = await post(body);
      expect(reply.status).toBe(400);
      expect(reply.text + JSON.stringify(reply.rawHeaders)).not.toContain(secret);
      const entries = await gateway.entries(exchangeOf(reply));
      expect(JSON.stringify(entries) + JSON.stringify(gateway.log)).not.toContain(secret);
    }
  });
});
