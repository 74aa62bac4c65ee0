// Whatever a whole reply says is inspected: what is hidden never reaches the client, and the rest keeps its bytes.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { asking } from '../kit/chat.ts';
import type { Scripted } from '../kit/upstream.ts';
import { error } from '../kit/upstream.ts';
import type { Bench } from './bench.ts';
import { AWS, EMAIL, startBench } from './bench.ts';

let bench: Bench;
beforeAll(async () => {
  bench = await startBench({
    masking: { response: { pii: 'mask', secrets: 'mask' } },
    blocking: { response: { pii: 'redact', secrets: 'block' } },
    telling: {
      response: { pii: 'off', secrets: 'off' },
      overrides: { 'aws-access-key-id': 'alert', email: 'alert', 'us-ssn': 'alert' },
    },
    strict: { response: { uninspected: 'refuse' } },
    off: { response: { pii: 'off', secrets: 'off', injection: 'off' } },
  });
});
afterAll(() => bench.stop());

const message = (fields: object, more: object = {}) => ({
  id: 'chatcmpl-1',
  object: 'chat.completion',
  choices: [{ index: 0, message: { role: 'assistant', ...fields }, finish_reason: 'stop' }],
  ...more,
});
const whole = (value: unknown): Scripted => ({
  body: typeof value === 'string' ? value : JSON.stringify(value),
  headers: { 'content-type': 'application/json' },
});
const KEY = `key ${AWS} ok`;
const called = (args: string) => [
  { index: 0, id: 'call_1', type: 'function', function: { name: 'put', arguments: args } },
];

describe('a whole reply', () => {
  it('loses what the policy hides, and nothing else of its bytes', async () => {
    const body = ` {"x" : 1.0e5, "y":12345678901234567890,"choices":[ {"index":0,"message":{"content":"\u00e9 ${KEY}"} } ],"later":["${EMAIL}"] }\r\n`;
    const { reply, sealed, record } = await bench.ask('plain', asking('x'), whole(body));
    expect(reply.text).toBe(body.replace(AWS, '[aws-access-key-id]').replace(EMAIL, '[email]'));
    expect(record).not.toContain(AWS);
    expect(sealed.findings).toMatchObject([
      {
        direction: 'response',
        type: 'aws-access-key-id',
        action: 'redact',
        place: 'choices[0].message.content',
      },
      { direction: 'response', type: 'email', action: 'redact', place: 'later[0]' },
    ]);
    expect(sealed.coverage[1]).toMatchObject({ part: 'reply', inspected_by: ['dlp', 'injection'] });
  });

  it('is inspected in its reasoning, refusals, tool arguments and fields that nobody knows', async () => {
    const fields = {
      reasoning_content: KEY,
      refusal: KEY,
      tool_calls: called(JSON.stringify({ a: `"${KEY}"` })),
      new_field: [{ deep: KEY }],
    };
    const { reply } = await bench.ask('plain', asking('x'), whole(message(fields, { odd: KEY })));
    expect(reply.text).toBe(
      JSON.stringify(message(fields, { odd: KEY })).replaceAll(AWS, '[aws-access-key-id]'),
    );
  });

  it("has no tokens' probabilities where its text was rewritten, or where they spell what is hidden", async () => {
    const spelled = [...KEY].map((token) => ({ token, logprob: -1, bytes: null, top_logprobs: [] }));
    for (const content of [KEY, 'nothing']) {
      const body = message({ content });
      const [choice] = body.choices;
      const odd = { ...body, choices: [{ ...choice, logprobs: { content: spelled } }] };
      const { reply } = await bench.ask('plain', asking('x'), whole(odd));
      expect(JSON.parse(reply.text).choices[0].logprobs).toBeNull();
    }
  });

  it("is refused in the dialect's own shape where the policy blocks, naming types and never values", async () => {
    const { reply, sealed, record } = await bench.ask(
      'blocking',
      asking('x'),
      whole(message({ content: KEY })),
    );
    expect([reply.status, JSON.parse(reply.text).error.code]).toEqual([403, 'reply_blocked']);
    expect(reply.text).toContain('aws-access-key-id');
    expect(reply.text + record).not.toContain(AWS);
    expect(sealed).toMatchObject({ ending: 'refused', code: 'reply_blocked', status: 403 });
  });

  it("that is an upstream's error is inspected like any other, JSON or not", async () => {
    const told = await bench.ask('plain', asking('x'), error(404, 'x', { message: `no ${KEY}` }));
    expect([told.reply.status, told.reply.text]).toEqual([
      404,
      expect.stringContaining('[aws-access-key-id]'),
    ]);
    const page: Scripted = {
      status: 404,
      body: `<h1>${KEY}</h1>`,
      headers: { 'content-type': 'text/html; charset=iso-8859-1' },
    };
    const shown = await bench.ask('plain', asking('x'), page);
    expect(shown.reply.text).toBe('<h1>key [aws-access-key-id] ok</h1>');
    expect(shown.reply.headers['content-type']).toBe('text/html; charset=utf-8');
    expect(told.record + shown.record).not.toContain(AWS);
  });

  it('that could be read in two ways goes on as the one that was inspected', async () => {
    const twice = `{"choices":[{"index":0,"message":{"content":"${KEY}","content":"fine"}}]}`;
    const { reply } = await bench.ask('plain', asking('x'), whole(twice));
    expect(reply.text).toBe('{"choices":[{"index":0,"message":{"content":"fine"}}]}');
    const bytes = Buffer.concat([
      Buffer.from('{"choices":[],"a":"AKIA5XQJ'),
      Buffer.from([0xff]),
      Buffer.from('7K2MZP4RWL3D"}'),
    ]);
    const odd = await bench.ask('plain', asking('x'), {
      body: bytes,
      headers: { 'content-type': 'application/json' },
    });
    expect(odd.reply.text).toBe('{"choices":[],"a":"AKIA5XQJ\ufffd7K2MZP4RWL3D"}');
  });

  it('whose image nobody can read is refused where the policy asks for that, and named in the record elsewhere', async () => {
    const image = message({
      images: [{ image_url: { url: `data:image/png;base64,${'iVBORw0KGgo'.repeat(20)}` } }],
    });
    const strict = await bench.ask('strict', asking('x'), whole(image));
    expect([strict.reply.status, JSON.parse(strict.reply.text).error.code]).toEqual([
      403,
      'reply_not_inspectable',
    ]);
    const plain = await bench.ask('plain', asking('x'), whole(image));
    expect(plain.reply.text).toBe(JSON.stringify(image));
    expect(plain.sealed.coverage[1]?.not_inspected).toMatchObject([
      { place: 'choices[0].message.images[0].image_url.url' },
    ]);
  });

  it('passes untouched, and is not said to be inspected, when no pattern is wanted', async () => {
    const { reply, sealed } = await bench.ask('off', asking('x'), whole(message({ content: KEY })));
    expect(reply.text).toBe(JSON.stringify(message({ content: KEY })));
    expect(sealed.coverage[1]?.inspected_by).toEqual([]);
  });
});
