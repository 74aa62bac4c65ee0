// Whatever a request says is inspected, wherever it says it; what is hidden changes those characters and no others.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { asking } from '../kit/chat.ts';
import type { Bench } from './bench.ts';
import { AWS, EMAIL, SSN, startBench } from './bench.ts';

let bench: Bench;
beforeAll(async () => {
  bench = await startBench({
    redacting: { request: { pii: 'redact', secrets: 'redact', injection: 'off' } },
    masking: { request: { pii: 'mask', secrets: 'mask' } },
    telling: {
      request: { pii: 'off', secrets: 'off' },
      overrides: { 'aws-access-key-id': 'alert', email: 'alert', 'us-ssn': 'alert' },
    },
    strict: { request: { uninspected: 'refuse' } },
    off: {
      request: { pii: 'off', secrets: 'off', injection: 'off' },
      response: { pii: 'off', secrets: 'off', injection: 'off' },
    },
  });
});
afterAll(() => bench.stop());

const KEY = `key ${AWS} ok`;
const user = (content: unknown) => ({ role: 'user', content });
const ask = (turn: object, more: object = {}) => ({ model: 'small', messages: [turn, user('go')], ...more });
const call = (args: string) => ({
  role: 'assistant',
  content: null,
  tool_calls: [{ id: 'call_1', type: 'function', function: { name: 'put', arguments: args } }],
});
const tool = (parameters: object, description = 'Puts.') => ({
  tools: [{ type: 'function', function: { name: 'put', description, parameters } }],
});

/** Where a text may stand, by how the record names it. */
const PLACES: readonly (readonly [string, object])[] = [
  ['messages[0].content', ask(user(KEY))],
  ['messages[0].content', ask({ role: 'system', content: KEY })],
  ['messages[0].content', ask({ role: 'developer', content: KEY })],
  ['messages[0].content', ask({ role: 'assistant', content: KEY })],
  ['messages[0].refusal', ask({ role: 'assistant', content: null, refusal: KEY })],
  ['messages[0].content', ask({ role: 'tool', tool_call_id: 'call_1', content: KEY })],
  [
    'messages[0].content[0].text',
    ask({ role: 'tool', tool_call_id: 'c', content: [{ type: 'text', text: KEY }] }),
  ],
  ['messages[0].content[0].text', ask(user([{ type: 'text', text: KEY }]))],
  ['messages[0].name', ask({ ...user('hi'), name: AWS })],
  ['messages[0].tool_calls[0].function.arguments', ask(call(JSON.stringify({ a: `x\n"${KEY}"` })))],
  ['messages[0].tool_calls[0].function.arguments', ask(call(JSON.stringify({ a: { b: [KEY] } }, null, 2)))],
  [
    'messages[0].tool_calls[0].function.name',
    ask({
      ...call('{}'),
      tool_calls: [{ id: 'c', type: 'function', function: { name: AWS, arguments: '{}' } }],
    }),
  ],
  ['tools[0].function.description', ask(user('hi'), tool({}, KEY))],
  [
    'tools[0].function.parameters.properties.a.description',
    ask(user('hi'), tool({ properties: { a: { type: 'string', description: KEY } } })),
  ],
  ['tools[0].function.parameters.examples[0].a', ask(user('hi'), tool({ examples: [{ a: KEY }] }))],
  [
    'tools[0].function.parameters.properties.a.enum[0]',
    ask(user('hi'), tool({ properties: { a: { enum: [AWS] } } })),
  ],
  [
    'response_format.json_schema.schema.description',
    ask(user('hi'), {
      response_format: { type: 'json_schema', json_schema: { name: 'x', schema: { description: KEY } } },
    }),
  ],
  ['metadata.note', ask(user('hi'), { metadata: { note: KEY } })],
  ['user', ask(user('hi'), { user: AWS })],
  ['stop[1]', ask(user('hi'), { stop: ['END', AWS] })],
  ['stop', ask(user('hi'), { stop: AWS })],
  [
    'messages[0].content[0].image_url.url',
    ask(user([{ type: 'image_url', image_url: { url: `https://x.test/a.png?k=${AWS}` } }])),
  ],
  [
    'messages[0].content[0].file.file_data',
    ask(user([{ type: 'file', file: { file_data: `data:text/plain;base64,${btoa(KEY)}` } }])),
  ],
  [
    'messages[0].content[0].file.filename',
    ask(user([{ type: 'file', file: { filename: `${AWS}.pdf`, file_id: 'file-1' } }])),
  ],
  ['prediction.content', ask(user('hi'), { prediction: { type: 'content', content: KEY } })],
  ['some_later_field.deep[0].er', ask(user('hi'), { some_later_field: { deep: [{ er: KEY }] } })],
];

describe('a key in a request', () => {
  it.each(PLACES)(
    'at %s does not reach the upstream, and the rest of the body does, byte for byte',
    async (place, body) => {
      const text = JSON.stringify(body, null, 1);
      const { reply, seen, sealed, record } = await bench.ask('redacting', text);
      expect(reply.status).toBe(200);
      const sent = seen?.body.toString() ?? '';
      const hidden = text.includes(AWS) ? AWS : btoa(KEY).replace(/=+$/, '');
      expect(sent).not.toContain(hidden);
      const [before = '', after = ''] = text.replace('"small"', '"upstream-small"').split(hidden);
      if (text.includes(AWS)) expect(sent).toBe(`${before}[aws-access-key-id]${after}`);
      expect(record).not.toContain(AWS);
      expect(sealed.findings).toMatchObject([
        {
          direction: 'request',
          type: 'aws-access-key-id',
          category: 'secrets',
          action: 'redact',
          place,
          count: 1,
        },
      ]);
      expect(sealed.coverage[0]).toMatchObject({ part: 'request', inspected_by: ['dlp'] });
    },
  );

  it.each(PLACES)('at %s is a 400 under the default policy, and nothing is sent', async (_, body) => {
    const before = bench.upstream.requests.length;
    const { reply, sealed, record } = await bench.ask('plain', body);
    expect([reply.status, JSON.parse(reply.text).error.code]).toEqual([400, 'prompt_blocked']);
    expect(reply.text).toContain('aws-access-key-id');
    expect(reply.text + record).not.toContain(AWS);
    expect(bench.upstream.requests.length).toBe(before);
    expect(sealed).toMatchObject({ ending: 'refused', sent_sha256: null });
  });

  it('that is the name of a field cannot be rewritten, so it is refused, and named nowhere', async () => {
    for (const body of [
      ask(user('hi'), { metadata: { [AWS]: 'x' } }),
      ask(user('hi'), tool({ properties: { [EMAIL]: { type: 'string' } } })),
    ]) {
      const { reply, record } = await bench.ask('redacting', body);
      expect([reply.status, JSON.parse(reply.text).error.code]).toEqual([400, 'prompt_blocked']);
      for (const value of [AWS, EMAIL]) expect(reply.text + record).not.toContain(value);
    }
  });

  it('leaves the rest of its text as it was spelled, escapes and all', async () => {
    const text = String.raw`{"model":"small","messages":[{"role":"user","content":"h\u00e9\/llo \ud83d\ude00 é AKEY\n\u0041 AKEY \" x"}]}`;
    const { seen } = await bench.ask('redacting', text.replaceAll('AKEY', `\\u0041${AWS.slice(1)}`));
    const sent = text.replaceAll('AKEY', '[aws-access-key-id]').replace('"small"', '"upstream-small"');
    expect(seen?.body.toString()).toBe(sent);
  });

  it('that is written with escapes, spaces of no width or in base64 is hidden all the same', async () => {
    const odd = [...AWS].join('\u200b');
    const escaped = `{"k":"\\u0041KIA${AWS.slice(4)}"}`;
    for (const body of [ask(user(odd)), ask(call(escaped)), ask(user(`so: ${btoa(KEY)}`))]) {
      const { reply, seen, sealed } = await bench.ask('redacting', body);
      expect(reply.status).toBe(200);
      expect(sealed.findings.map(({ type }) => type)).toContain('aws-access-key-id');
      expect(seen?.body.toString()).toContain('[aws-access-key-id]');
    }
  });
});

describe('a request that is inspected', () => {
  it('keeps its ids, enums and names of models, whatever they look like', async () => {
    const id = 'call_4111111111111111';
    const body = {
      model: 'small',
      reasoning_effort: 'low',
      prompt_cache_key: 'tenant-078051120',
      messages: [
        {
          role: 'assistant',
          content: null,
          tool_calls: [{ id, type: 'function', function: { name: 'f', arguments: '{}' } }],
        },
        { role: 'tool', tool_call_id: id, content: 'done' },
      ],
    };
    const { seen, sealed } = await bench.ask('redacting', body);
    expect(seen?.json).toEqual({ ...body, model: 'upstream-small' });
    expect(sealed.findings).toEqual([]);
  });

  it('is masked as the policy says, and JSON inside stays JSON', async () => {
    const { seen } = await bench.ask('masking', ask(call(JSON.stringify({ to: EMAIL, n: 1.5 }))));
    const sent = JSON.parse(String(seen?.body)).messages[0].tool_calls[0].function.arguments;
    expect(JSON.parse(sent)).toMatchObject({ n: 1.5 });
    expect(sent).toContain('*');
    expect(sent).not.toContain('ann.smith');
  });

  it('is only told of where the policy says no more, and passes untouched', async () => {
    const body = asking(`mail ${EMAIL}, ssn ${SSN}`);
    const { seen, sealed, record } = await bench.ask('telling', body, { body: '{"choices":[]}' });
    expect(seen?.json).toMatchObject({ messages: [{ content: `mail ${EMAIL}, ssn ${SSN}` }] });
    expect(sealed.findings.map(({ type }) => type)).toEqual(expect.arrayContaining(['email', 'us-ssn']));
    expect(new Set(sealed.findings.map(({ action }) => action))).toEqual(new Set(['alert']));
    expect(record).not.toContain(EMAIL);
  });

  it('has the same digest for the same value, and another for another', async () => {
    const first = await bench.ask('redacting', asking(`${EMAIL} and bob@example.com`));
    const again = await bench.ask('redacting', asking(`write to ${EMAIL}`));
    const [both] = first.sealed.findings;
    expect(both).toMatchObject({ type: 'email', count: 2 });
    expect(both?.values).toHaveLength(2);
    expect(new Set(both?.values).size).toBe(2);
    expect(again.sealed.findings[0]?.values).toEqual([both?.values[0]]);
    expect(both?.values[0]).toMatch(/^[0-9a-f]{64}$/);
  });

  it('leaves a record of bounded length, however much is found', async () => {
    const many = Array.from({ length: 400 }, (_, i) => user(`mail user${i}@example.com`));
    const { sealed } = await bench.ask('redacting', { model: 'small', messages: many });
    expect(sealed.findings).toHaveLength(200);
    expect(sealed.findings_left_off).toBe(200);
    const one = await bench.ask('redacting', asking(many.map(({ content }) => content).join('\n')));
    expect(one.sealed.findings).toMatchObject([{ type: 'email', count: 400 }]);
    expect(one.sealed.findings[0]?.values.length).toBeLessThan(30);
  });

  it('names images and files as not inspected, and is refused where the policy wants all of it inspected', async () => {
    const png = `data:image/png;base64,${'iVBORw0KGgo'.repeat(20)}`;
    const body = asking('', {});
    const parts = {
      ...body,
      messages: [
        user([
          { type: 'text', text: 'what is this?' },
          { type: 'image_url', image_url: { url: png, detail: 'low' } },
          { type: 'image_url', image_url: { url: 'https://x.test/a.png' } },
          { type: 'input_audio', input_audio: { data: 'UklGR'.repeat(30), format: 'wav' } },
        ]),
      ],
    };
    const { seen, sealed } = await bench.ask('plain', parts);
    expect(seen?.json).toMatchObject({ messages: parts.messages });
    expect(sealed.coverage[0]?.not_inspected).toEqual([
      { place: 'messages[0].content[1].image_url.url', kind: 'an image or another file' },
      { place: 'messages[0].content[2].image_url.url', kind: 'an image or a file that is elsewhere' },
      { place: 'messages[0].content[3].input_audio.data', kind: 'an image or another file' },
    ]);
    const before = bench.upstream.requests.length;
    const strict = await bench.ask('strict', parts);
    expect(strict.reply.status).toBe(400);
    expect(JSON.parse(strict.reply.text).error).toMatchObject({
      code: 'content_not_inspectable',
      param: 'messages[0].content[1].image_url.url',
    });
    expect(bench.upstream.requests.length).toBe(before);
  });

  it('is not said to be inspected when no pattern is wanted', async () => {
    const body = asking(`${KEY} ${EMAIL}`);
    const { seen, sealed } = await bench.ask('off', body);
    expect(seen?.json).toMatchObject({ messages: [{ content: `${KEY} ${EMAIL}` }] });
    expect(sealed.findings).toEqual([]);
    expect(sealed.coverage.map(({ inspected_by }) => inspected_by)).toEqual([[], []]);
  });

  it('is hidden in earlier turns of any role, too', async () => {
    const { seen, sealed } = await bench.ask('plain', {
      model: 'small',
      messages: [
        user('Who is it?'),
        { role: 'assistant', content: `Her social security number is ${SSN}.` },
        user('Thanks.'),
      ],
    });
    expect(seen?.json).toMatchObject({
      messages: [{}, { content: 'Her social security number is [us-ssn].' }, {}],
    });
    expect(sealed.findings).toMatchObject([
      { type: 'us-ssn', place: 'messages[1].content', action: 'redact' },
    ]);
  });
});
