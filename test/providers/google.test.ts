// Gemini in its own words: what a client of any dialect asks and hears, and that nothing on this way escapes what holds on others.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Clouds } from '../kit/cloud/gateway.ts';
import { startClouds } from '../kit/cloud/gateway.ts';
import type { GeminiPart } from '../kit/cloud/gemini.ts';
import { geminiEvents, geminiStream, geminiWhole } from '../kit/cloud/gemini.ts';
import { freePort } from '../kit/process.ts';
import type { Upstream } from '../kit/upstream.ts';
import { json, startUpstream } from '../kit/upstream.ts';

const GEMINI = '/v1beta/models/gemini-2.5-flash';
const CALL: GeminiPart = {
  functionCall: { name: 'weather', args: { city: 'Köln' } },
  thoughtSignature: 'c2lnbmVk',
};
const THOUGHT: GeminiPart = { text: 'Let me see.', thought: true };

let upstream: Upstream;
let gateway: Clouds;
beforeAll(async () => {
  upstream = await startUpstream((seen) => {
    if (seen.path === `${GEMINI}:generateContent`) return geminiWhole([{ text: 'Good morning.' }]);
    if (seen.path.endsWith(':streamGenerateContent?alt=sse'))
      return geminiStream(geminiEvents([[{ text: 'Good ' }], [{ text: 'morning' }], [{ text: '.' }]]));
    return json({ data: [], model: 'x', object: 'list', usage: { prompt_tokens: 1, total_tokens: 1 } });
  });
  const google = { provider: 'google', url: upstream.url, secret: 'AIza-a-key-of-ours' };
  const dead = { ...google, url: `http://127.0.0.1:${await freePort()}` };
  gateway = await startClouds(
    [
      { name: 'google', ...google },
      { name: 'chatty', ...google, dialects: ['openai-chat', 'openai-embeddings'] },
      { name: 'dead', ...dead },
      { name: 'near', ...google, zone: 'on_prem' },
    ],
    {
      gemini: [['google', 'gemini-2.5-flash']],
      over: [
        ['dead', 'gemini-2.5-flash'],
        ['google', 'gemini-2.5-flash'],
      ],
    },
  );
});
afterAll(async () => {
  await gateway.stop();
  await upstream.stop();
});

const asking = (more: object = {}) => ({
  model: 'gemini',
  messages: [{ role: 'user', content: 'Good morning' }],
  ...more,
});
const chat = (more: object = {}, key = 'open') => gateway.ask('/v1/chat/completions', asking(more), { key });
const claude = (more: object = {}) => gateway.ask('/v1/messages', { max_tokens: 100, ...asking(more) });
const last = () => {
  const seen = upstream.requests.at(-1);
  if (seen === undefined) throw new Error('nothing was asked');
  return seen;
};
const chunks = (text: string) =>
  [...text.matchAll(/^data: (\{.*)$/gm)].map(([, data = '']) => JSON.parse(data));

describe('Gemini', () => {
  it('is asked with the key in a header, and never in the URL', async () => {
    for (const stream of [false, true]) {
      await chat({ stream });
      expect(last().headers['x-goog-api-key']).toBe('AIza-a-key-of-ours');
      expect(last().headers).toMatchObject({ 'user-agent': 'gatehouse', 'accept-encoding': 'identity' });
      expect(last().headers).not.toHaveProperty('authorization');
      expect(last().path).not.toContain('AIza');
    }
  });

  it('answers whole and streamed in each dialect, with usage and digests on record', async () => {
    for (const [path, body] of [
      ['/v1/chat/completions', asking()],
      ['/v1/messages', { max_tokens: 100, ...asking() }],
      ['/v1/responses', { model: 'gemini', input: 'Good morning' }],
    ] as const)
      for (const stream of [false, true]) {
        const reply = await gateway.ask(path, { ...body, stream });
        expect([reply.status, reply.complete]).toEqual([200, true]);
        expect(reply.text).toContain('morning');
        const { reply_sha256, ...seal } = await gateway.sealOf(reply);
        expect(seal).toMatchObject({
          ending: 'complete',
          backend: 'google',
          model_used: 'gemini-2.5-flash',
          usage: { input_tokens: 11, output_tokens: 9, cached_input_tokens: 2, reasoning_tokens: 4 },
          sent_sha256: gateway.real.hashes.sha256Hex(last().body),
        });
        expect(reply_sha256).toMatch(/^[0-9a-f]{64}$/);
      }
  });

  it('is given what was asked: system prompt, turns, settings, schema, images, tools', async () => {
    await chat({
      messages: [
        { role: 'system', content: 'Be brief.' },
        {
          role: 'user',
          content: [
            { type: 'text', text: 'What is this?' },
            { type: 'image_url', image_url: { url: 'data:image/png;base64,iVBORw0KGgo=' } },
            { type: 'image_url', image_url: { url: 'https://example.org/a.webp' } },
          ],
        },
      ],
      max_completion_tokens: 77,
      temperature: 0.5,
      top_p: 0.9,
      stop: ['END'],
      seed: 7,
      tools: [
        { type: 'function', function: { name: 'weather', parameters: { type: 'object', properties: {} } } },
      ],
      tool_choice: 'required',
    });
    expect(last().json).toMatchObject({
      systemInstruction: { parts: [{ text: 'Be brief.' }] },
      contents: [
        {
          role: 'user',
          parts: [
            { text: 'What is this?' },
            { inlineData: { mimeType: 'image/png', data: 'iVBORw0KGgo=' } },
            { fileData: { mimeType: 'image/webp', fileUri: 'https://example.org/a.webp' } },
          ],
        },
      ],
      generationConfig: { maxOutputTokens: 77, temperature: 0.5, topP: 0.9, stopSequences: ['END'], seed: 7 },
      tools: [{ functionDeclarations: [{ name: 'weather' }] }],
      toolConfig: { functionCallingConfig: { mode: 'ANY' } },
    });
    await chat({
      response_format: { type: 'json_schema', json_schema: { name: 'a', schema: { type: 'object' } } },
    });
    expect(last().json).toMatchObject({ generationConfig: { responseMimeType: 'application/json' } });
  });

  it('thinks as much as it is asked to, and shows what it thinks', async () => {
    for (const [body, thinkingConfig] of [
      [{ reasoning_effort: 'high' }, { includeThoughts: true, thinkingBudget: expect.any(Number) }],
      [
        { thinking: { type: 'enabled', budget_tokens: 2048 } },
        { includeThoughts: true, thinkingBudget: 2048 },
      ],
      [{ thinking: { type: 'disabled' } }, { thinkingBudget: 0 }],
    ] as const) {
      await chat(body);
      expect(last().json).toMatchObject({ generationConfig: { thinkingConfig } });
    }
    for (const stream of [false, true]) {
      upstream.next(
        stream
          ? geminiStream(geminiEvents([[THOUGHT], [{ text: 'So it is.' }]]))
          : geminiWhole([THOUGHT, { text: 'So it is.' }]),
      );
      const reply = await claude({
        stream,
        thinking: { type: 'enabled', budget_tokens: 1024 },
        max_tokens: 4096,
      });
      expect(reply.text).toMatch(/"thinking":"Let me see\."/);
      expect(reply.text).toContain('So it is.');
    }
  });

  it.each([false, true])(
    'calls tools, and its signature comes back with their results (streamed: %s)',
    async (stream) => {
      upstream.next(stream ? geminiStream(geminiEvents([[CALL]])) : geminiWhole([CALL]));
      const tools = [{ type: 'function', function: { name: 'weather', parameters: { type: 'object' } } }];
      const reply = await chat({ tools, stream });
      expect(reply.status).toBe(200);
      const calls = stream
        ? chunks(reply.text).flatMap(({ choices }) => choices[0]?.delta.tool_calls ?? [])
        : JSON.parse(reply.text).choices[0].message.tool_calls;
      const id = calls.map((call: { id?: string }) => call.id ?? '').join('');
      const args = calls
        .map((call: { function?: { arguments?: string } }) => call.function?.arguments ?? '')
        .join('');
      expect(JSON.parse(args)).toEqual({ city: 'Köln' });
      expect(reply.text).toContain('"finish_reason":"tool_calls"');
      const signature = calls.find((call: object) => 'extra_content' in call)?.extra_content;
      expect(signature).toEqual({ google: { thought_signature: 'c2lnbmVk' } });
      await chat({
        tools,
        stream,
        messages: [
          ...asking().messages,
          {
            role: 'assistant',
            content: null,
            tool_calls: [
              {
                id,
                type: 'function',
                function: { name: 'weather', arguments: args },
                extra_content: signature,
              },
            ],
          },
          { role: 'tool', tool_call_id: id, content: 'Rain.' },
        ],
      });
      expect(last().json).toMatchObject({
        contents: [
          { role: 'user' },
          {
            role: 'model',
            parts: [
              { functionCall: { name: 'weather', args: { city: 'Köln' } }, thoughtSignature: 'c2lnbmVk' },
            ],
          },
          {
            role: 'user',
            parts: [{ functionResponse: { name: 'weather', response: { content: 'Rain.' } } }],
          },
        ],
      });
    },
  );

  it('says what of the request it does not know', async () => {
    const reply = await chat({
      user: 'somebody',
      logit_bias: { 5: 1 },
      parallel_tool_calls: false,
      frequency_penalty: 1,
    });
    expect(reply.status).toBe(200);
    const warnings = String(reply.headers['x-gatehouse-warnings']).split(', ');
    for (const dropped of ['user', 'logit_bias', 'parallel_tool_calls', 'frequency_penalty'])
      expect(warnings).toContain(`${dropped}: dropped`);
    const streamed = await chat({ stream: true, frequency_penalty: 1 });
    expect(streamed.headers['x-gatehouse-warnings']).toBe('frequency_penalty: dropped');
  });

  it('is not asked for what would be read with our credential, or what would change what is asked', async () => {
    const before = upstream.requests.length;
    const image = (url: string) => ({
      messages: [{ role: 'user', content: [{ type: 'image_url', image_url: { url } }] }],
    });
    for (const more of [
      image('https://generativelanguage.googleapis.com/v1beta/files/abc'),
      image('https://storage.googleapis.com/bucket/secret.png'),
      image('http://169.254.169.254/latest/meta-data'),
      { n: 2 },
      { logprobs: true },
    ]) {
      const reply = await chat(more);
      expect(reply.status).toBe(400);
      expect(JSON.parse(reply.text).error.code).toBe('unsupported_parameter');
    }
    expect(upstream.requests).toHaveLength(before);
  });

  it('is not asked at an address that a name would make', async () => {
    const before = upstream.requests.length;
    for (const name of ['../x', 'a/b/c', 'x?key=1', 'x#y', 'x:generateContent/..', 'models/../x', 'a%2fb'])
      expect((await chat({ model: `google/${name}` })).status).toBe(404);
    expect(upstream.requests).toHaveLength(before);
  });

  it('gets no sensitive data in the cloud, whole or streamed, from any dialect', async () => {
    const before = upstream.requests.length;
    for (const stream of [false, true])
      for (const model of ['gemini', 'google/gemini-2.5-flash', 'over'])
        expect((await chat({ model, stream }, 'closed')).status).toBe(403);
    expect(upstream.requests).toHaveLength(before);
    expect((await chat({ model: 'near/gemini-2.5-flash' }, 'closed')).status).toBe(200);
  });

  it('makes way for the next only where nothing was sent', async () => {
    for (const stream of [false, true]) {
      const reply = await chat({ model: 'over', stream });
      expect(reply.status).toBe(200);
      expect(await gateway.sealOf(reply)).toMatchObject({ ending: 'complete', backend: 'google' });
    }
    const reply = await chat({ model: 'dead/gemini-2.5-flash' });
    expect([reply.status, JSON.parse(reply.text).error.code]).toEqual([502, 'upstream_unreachable']);
    expect(await gateway.sealOf(reply)).toMatchObject({
      ending: 'failed',
      sent_sha256: null,
      reply_sha256: null,
    });
  });

  it('gives embeddings by the face that speaks OpenAI, and chats too where that is chosen', async () => {
    await gateway.ask('/v1/embeddings', { model: 'google/text-embedding-x', input: 'Good morning' });
    expect(last()).toMatchObject({ path: '/v1beta/openai/embeddings', json: { model: 'text-embedding-x' } });
    expect(last().headers.authorization).toBe('Bearer AIza-a-key-of-ours');
    await chat({ model: 'chatty/gemini-2.5-flash' });
    expect(last().path).toBe('/v1beta/openai/chat/completions');
  });
});
