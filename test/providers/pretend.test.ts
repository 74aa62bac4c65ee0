// The backend that answers by itself: every command it takes, whole and streamed, as OpenAI's clients read it.
import { describe, expect, it } from 'vitest';
import type { Hangup, Incoming } from '../../src/ports.ts';
import { pretend } from '../../src/providers/pretend.ts';
import { sseData, sseFrames } from '../../src/streams/sse.ts';

const staying: Hangup = { gone: false, onGone: () => () => undefined };

const ask = async (content: unknown, more: object = {}, hangup = staying): Promise<Incoming> => {
  const messages = [
    { role: 'system', content: 'be short' },
    { role: 'user', content },
  ];
  if (pretend.answer === undefined) throw new Error('it answers by itself');
  return pretend.answer({
    url: pretend.address('pretend:', 'openai-chat', { model: 'm', stream: false }),
    method: 'POST',
    headers: {},
    body: JSON.stringify({ model: 'toy', messages, ...more }),
    hangup,
    connectMs: 1,
    headersMs: 1,
    idleMs: 1,
  });
};
const textOf = async ({ body }: Incoming): Promise<string> => {
  const chunks: Uint8Array[] = [];
  for await (const chunk of body) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
};
const whole = async (content: unknown, more: object = {}) => {
  const incoming = await ask(content, more);
  expect(incoming.headers['content-type']).toBe('application/json');
  return JSON.parse(await textOf(incoming));
};
const streamed = async (content: unknown, more: object = {}) => {
  const incoming = await ask(content, { ...more, stream: true });
  expect(incoming.headers['content-type']).toBe('text/event-stream');
  const data: string[] = [];
  for await (const { bytes } of sseFrames(incoming.body, { eventBytes: 1e7 }))
    data.push(sseData(bytes) ?? '');
  expect(data.at(-1)).toBe('[DONE]');
  return data.slice(0, -1).map((text) => JSON.parse(text));
};
const said = async (content: unknown, more: object = {}): Promise<string> =>
  (await whole(content, more)).choices[0].message.content;
const tool = { type: 'function', function: { name: 'weather' } };

describe('the pretend backend', () => {
  it('answers anything with what it is and what it read, and counts tokens', async () => {
    const reply = await whole('What is the answer?');
    expect(reply.choices).toHaveLength(1);
    expect(reply.choices[0]).toMatchObject({ index: 0, finish_reason: 'stop' });
    expect(reply.choices[0].message.content).toContain('It read 27 characters');
    expect(reply).toMatchObject({ object: 'chat.completion', model: 'toy', usage: { prompt_tokens: 7 } });
    expect(reply.usage.total_tokens).toBe(reply.usage.prompt_tokens + reply.usage.completion_tokens);
  });

  it.each([
    ['echo hello', 'hello'],
    ['echo  two  spaces ', ' two  spaces'],
    ['echo two\nlines "quoted" \u2028 😀', 'two\nlines "quoted" \u2028 😀'],
    [[{ type: 'text', text: 'echo a' }, { type: 'image_url' }, { type: 'text', text: 'b' }], 'a\nb'],
  ])('echoes %j, whole and word by word', async (content, text) => {
    expect(await said(content)).toBe(text);
    const chunks = await streamed(content);
    expect(chunks.map(({ choices }) => choices[0]?.delta.content ?? '').join('')).toBe(text);
  });

  it('echoes a long text of anything in a moment', async () => {
    for (const text of ['x'.repeat(1e6), 'x '.repeat(3e4), `x${' '.repeat(1e6)}y`, '\n'.repeat(1e6)]) {
      const started = performance.now();
      await streamed(`echo ${text}z`);
      expect(performance.now() - started).toBeLessThan(5_000);
    }
  });

  it.each([
    ['call', [tool], 'weather', '{}'],
    ['call weather', [], 'weather', '{}'],
    ['call other {"a": [1, "}"]}', [tool], 'other', '{"a": [1, "}"]}'],
    ['call {"city": "Oslo"}', [tool], 'weather', '{"city": "Oslo"}'],
  ])('%s calls a tool, whole and streamed', async (content, tools, name, args) => {
    const reply = await whole(content, { tools });
    expect(reply.choices[0]).toMatchObject({
      finish_reason: 'tool_calls',
      message: { content: null, tool_calls: [{ type: 'function', function: { name, arguments: args } }] },
    });
    const chunks = await streamed(content, { tools });
    const calls = chunks.flatMap(({ choices }) => choices[0]?.delta.tool_calls ?? []);
    expect(calls[0].function.name).toBe(name);
    expect(calls.map((call) => call.function.arguments).join('')).toBe(args);
    expect(chunks.at(-1).choices[0].finish_reason).toBe('tool_calls');
  });

  it('says what the tool said, and calls none that it was not offered', async () => {
    const last = { role: 'tool', tool_call_id: 'call_pretend', content: 'sunny' };
    const messages = [{ role: 'user', content: 'call' }, last];
    expect(await said('', { messages, tools: [tool] })).toBe('The tool said: sunny');
    expect(await said('call')).toContain('pretend backend');
  });

  it.each([400, 429, 500, 599])('fails with %i when told to', async (status) => {
    const incoming = await ask(`fail ${status}`);
    expect(incoming.status).toBe(status);
    expect(JSON.parse(await textOf(incoming)).error).toMatchObject({ code: 'pretend_failure', param: null });
  });

  it('fails with no status that is no failure', async () => {
    for (const content of ['fail 200', 'fail 302', 'fail 600', 'fail 4000', 'fail'])
      expect((await ask(content)).status).toBe(200);
  });

  it('is slow when told to, and stops waiting for a client that leaves', async () => {
    const started = performance.now();
    await whole('slow 60');
    expect(performance.now() - started).toBeGreaterThanOrEqual(55);
    const listeners: (() => void)[] = [];
    const leaving: Hangup = {
      gone: false,
      onGone: (listener) => {
        listeners.push(listener);
        return () => undefined;
      },
    };
    const waiting = ask('slow 60000', {}, leaving);
    for (const listener of listeners) listener();
    await expect(waiting).rejects.toMatchObject({ kind: 'gone' });
    await expect(ask('slow 1', {}, { ...staying, gone: true })).rejects.toMatchObject({ kind: 'gone' });
    expect(performance.now() - started).toBeLessThan(5_000);
  });

  it('gives n choices, and usage in a stream only when asked', async () => {
    expect((await whole('echo x', { n: 3 })).choices.map(({ index }: { index: number }) => index)).toEqual([
      0, 1, 2,
    ]);
    expect((await whole('echo x', { n: 1e9 })).choices).toHaveLength(8);
    const without = await streamed('echo x');
    expect(without.every((chunk) => !('usage' in chunk))).toBe(true);
    const chunks = await streamed('echo x', { stream_options: { include_usage: true } });
    expect(chunks.at(-1)).toMatchObject({ choices: [], usage: { completion_tokens: 1 } });
    expect(chunks.slice(0, -1).every(({ usage }) => usage === null)).toBe(true);
  });
});

describe('an example of a schema', () => {
  const format = (schema: unknown) => ({ response_format: { type: 'json_schema', json_schema: { schema } } });
  const example = async (schema: unknown): Promise<unknown> => JSON.parse(await said('x', format(schema)));

  it.each([
    [undefined, {}],
    [{ type: 'string' }, 'pretend'],
    [{ const: null }, null],
    [{ enum: ['b', 'a'] }, 'b'],
    [{ type: ['integer', 'null'], minimum: 5 }, 5],
    [{ anyOf: [{ type: 'boolean' }, { type: 'string' }] }, true],
    [{ type: 'array', items: { type: 'number' }, minItems: 2 }, [1, 1]],
    [{ type: 'object', properties: { __proto__x: { type: 'string' } } }, { __proto__x: 'pretend' }],
    [{ $ref: '#/$defs/x' }, null],
    ['nonsense', null],
  ])('%j is %j', async (schema, value) => {
    expect(await example(schema)).toEqual(value);
  });

  it('stays small however much its schema asks for', async () => {
    let schema: object = { type: 'string' };
    for (let i = 0; i < 15; i++) schema = { type: 'array', minItems: 1e9, items: schema };
    const started = performance.now();
    expect((await said('x', format(schema))).length).toBeLessThan(20_000);
    expect(performance.now() - started).toBeLessThan(1_000);
  });

  it('is an object for json_object', async () => {
    expect(JSON.parse(await said('x', { response_format: { type: 'json_object' } }))).toEqual({});
  });
});
