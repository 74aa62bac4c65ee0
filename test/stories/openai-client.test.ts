// The real `openai` client, with nothing changed but its base URL and key: against a scripted upstream and the pretend backend.
import OpenAI, {
  APIError,
  APIUserAbortError,
  AuthenticationError,
  BadRequestError,
  InternalServerError,
  NotFoundError,
  PermissionDeniedError,
  RateLimitError,
} from 'openai';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Started } from '../kit/gateway.ts';
import { setupFor, startGateway } from '../kit/gateway.ts';
import type { Upstream } from '../kit/upstream.ts';
import { cut, error, event, startUpstream } from '../kit/upstream.ts';

let upstream: Upstream;
let gateway: Started;
const setup = (): string => {
  const { backends, models, ...rest } = JSON.parse(
    setupFor(upstream.url, [
      { name: 'plain' },
      { name: 'narrow', models: ['small'] },
      { name: 'bound', system_prompt: 'You answer in French.' },
    ]),
  );
  return JSON.stringify({
    ...rest,
    backends: [...backends, { name: 'play', provider: 'pretend', zone: 'on_prem' }],
    models: [...models, { name: 'toy', targets: [{ backend: 'play', model: 'toy' }] }],
  });
};

beforeAll(async () => {
  upstream = await startUpstream();
  gateway = await startGateway({ setup: setup() });
});
afterAll(async () => {
  await gateway.stop();
  await upstream.stop();
});

const client = (key = 'plain', maxRetries = 0): OpenAI =>
  new OpenAI({
    baseURL: `${gateway.url}/v1`,
    apiKey: gateway.keys[key] ?? key,
    maxRetries,
    timeout: 10_000,
  });
const chunk = event({ choices: [{ index: 0, delta: { content: 'half.\n\n' }, finish_reason: null }] });
const user = (content: string) => ({ role: 'user' as const, content });
const ask = (content: string, model = 'small') => ({ model, messages: [user(content)] });
const weather = (calls: unknown[]) => ({
  type: 'function' as const,
  function: {
    name: 'weather',
    description: 'The weather in a city',
    parameters: { type: 'object' as const, properties: { city: { type: 'string' } } },
    parse: JSON.parse,
    function: (given: unknown) => {
      calls.push(given);
      return 'sunny';
    },
  },
});
const answerFormat = {
  type: 'json_schema' as const,
  json_schema: {
    name: 'answer',
    strict: true,
    schema: {
      type: 'object',
      properties: { answer: { type: 'string' }, sure: { type: 'boolean' } },
      required: ['answer', 'sure'],
      additionalProperties: false,
    },
  },
};

describe.each([
  { model: 'small', hello: 'hello there', says: 'You said: hello there', tool: 'USETOOL' },
  { model: 'toy', hello: 'echo hello there', says: 'hello there', tool: 'call weather {"city": "Oslo"}' },
])('the openai client on the model "$model"', ({ model, hello, says, tool }) => {
  it('gets a whole answer with its usage and the exchange it can quote', async () => {
    const { data, response } = await client().chat.completions.create(ask(hello, model)).withResponse();
    expect(data.choices[0]?.message.content).toBe(says);
    expect(data.usage?.total_tokens).toBeGreaterThan(0);
    const record = await gateway.record(response.headers.get('x-gatehouse-exchange') ?? '');
    expect(record).toMatchObject({ ending: 'complete', status: 200, model, stream: false });
    expect(record.usage).toMatchObject({ input_tokens: data.usage?.prompt_tokens });
  });

  it('gets the same answer streamed, piece by piece, and sees no usage it did not ask for', async () => {
    const { data, response } = await client()
      .chat.completions.create({ ...ask(hello, model), stream: true })
      .withResponse();
    const chunks = [];
    for await (const chunk of data) chunks.push(chunk);
    const deltas = chunks.map((chunk) => chunk.choices[0]?.delta.content ?? '');
    expect(deltas.join('')).toBe(says);
    expect(deltas.filter((delta) => delta !== '').length).toBeGreaterThan(1);
    expect(chunks.every((chunk) => chunk.choices.length === 1 && (chunk.usage ?? null) === null)).toBe(true);
    const record = await gateway.record(response.headers.get('x-gatehouse-exchange') ?? '');
    expect(record).toMatchObject({ ending: 'complete', stream: true });
    expect(record.usage).toMatchObject({ output_tokens: expect.any(Number) });
  });

  it('gets usage in its stream when it asks for it', async () => {
    const stream = await client().chat.completions.create({
      ...ask(hello, model),
      stream: true,
      stream_options: { include_usage: true },
    });
    let total = 0;
    for await (const chunk of stream) total += chunk.usage?.total_tokens ?? 0;
    expect(total).toBeGreaterThan(0);
  });

  it('the stream helper ends with the whole completion', async () => {
    const stream = client().chat.completions.stream(ask(hello, model));
    const completion = await stream.finalChatCompletion();
    expect(completion.choices[0]).toMatchObject({ finish_reason: 'stop', message: { content: says } });
  });

  it.each([false, true])('runTools runs its loop to the end (stream: %s)', async (stream) => {
    const calls: unknown[] = [];
    const body = { ...ask(tool, model), tools: [weather(calls)] };
    const runner = stream
      ? client().chat.completions.runTools({ ...body, stream: true })
      : client().chat.completions.runTools(body);
    expect(await runner.finalContent()).toBe('The tool said: sunny');
    expect(calls).toEqual([{ city: expect.any(String) }]);
  });

  it.each([false, true])('parse gives the object its schema asks for (stream: %s)', async (stream) => {
    const body = { ...ask('answer me', model), response_format: answerFormat };
    const completion = stream
      ? await client().chat.completions.stream(body).finalChatCompletion()
      : await client().chat.completions.parse(body);
    expect(completion.choices[0]?.message.parsed).toMatchObject({ answer: expect.any(String), sure: true });
  });

  it('n choices come back as n choices', async () => {
    const { choices } = await client().chat.completions.create({ ...ask(hello, model), n: 2 });
    expect(choices.map(({ index }) => index)).toEqual([0, 1]);
  });
});

describe('the openai client and the gateway', () => {
  it('images and unknown fields arrive upstream as they were sent', async () => {
    const image = {
      type: 'image_url' as const,
      image_url: { url: 'data:image/png;base64,iVBORw0KGgo=', detail: 'low' as const },
    };
    const messages = [{ role: 'user' as const, content: [{ type: 'text' as const, text: 'see' }, image] }];
    const extra = { x_new_field: { deep: [1, null] } };
    const before = upstream.requests.length;
    await client().chat.completions.create({ model: 'small', messages, ...extra });
    expect((await upstream.arrived(before)).json).toEqual({ model: 'upstream-small', messages, ...extra });
  });

  it('lists the models its key may use and no other', async () => {
    const names = async (key: string) => (await client(key).models.list()).data.map(({ id }) => id);
    expect(await names('plain')).toEqual(['small', 'toy']);
    expect(await names('narrow')).toEqual(['small']);
  });

  const refused = async (attempt: Promise<unknown>): Promise<APIError> => {
    const caught = await attempt.then(
      () => undefined,
      (reason: unknown) => reason,
    );
    if (!(caught instanceof APIError)) throw new Error(`not an API error: ${String(caught)}`);
    return caught;
  };

  it('every refusal of ours raises the class of its status, once, with code, param and exchange', async () => {
    const before = upstream.requests.length;
    const system = [{ role: 'system' as const, content: 'obey me' }, user('hi')];
    for (const [attempt, kind, expected] of [
      [
        () => client('wrong-key-0123456789abcdef', 2).models.list(),
        AuthenticationError,
        { code: 'invalid_api_key' },
      ],
      [
        () => client('narrow', 2).chat.completions.create(ask('x', 'toy')),
        PermissionDeniedError,
        { code: 'model_not_allowed', param: 'model' },
      ],
      [
        () => client('bound', 2).chat.completions.create({ model: 'small', messages: system }),
        PermissionDeniedError,
        { code: 'caller_system_refused', param: 'messages[0].role' },
      ],
      [
        () => client('plain', 2).chat.completions.create(ask('x', 'ghost')),
        NotFoundError,
        { code: 'model_not_found', param: 'model' },
      ],
      [() => client('plain', 2).moderations.create({ input: 'x' }), NotFoundError, { code: 'not_found' }],
      [
        () => client('plain', 2).chat.completions.create({ model: 'small', messages: [] }),
        BadRequestError,
        { code: 'bad_request', param: 'messages' },
      ],
    ] as const) {
      const caught = await refused(attempt());
      expect(caught).toBeInstanceOf(kind);
      expect(caught).toMatchObject(expected);
      const id = caught.headers?.get('x-gatehouse-exchange') ?? '';
      expect(caught.requestID).toBe(id);
      expect(await gateway.record(id)).toMatchObject({ ending: 'refused', status: caught.status });
    }
    expect(upstream.requests.length).toBe(before);
  });

  it("an upstream's own refusal reaches the client with its status, its words and a bounded wait", async () => {
    for (const [status, kind] of [
      [400, BadRequestError],
      [404, NotFoundError],
      [429, RateLimitError],
    ] as const) {
      upstream.next(error(status, 'its_code', { headers: { 'retry-after': '3600' } }));
      const caught = await refused(client().chat.completions.create(ask('x')));
      expect(caught).toBeInstanceOf(kind);
      expect(caught).toMatchObject({ status, code: 'its_code' });
      expect(caught.headers?.get('retry-after')).toBe('60');
      const id = caught.headers?.get('x-gatehouse-exchange') ?? '';
      expect(await gateway.record(id)).toMatchObject({ ending: 'failed', status, code: 'upstream_refused' });
    }
  });

  it("an upstream's failure is told in our words, and only what may pass is tried again", async () => {
    for (const [status, seen, tries] of [
      [500, 500, 2],
      [503, 503, 2],
      [529, 529, 2],
      [401, 502, 1],
      [403, 502, 1],
    ] as const) {
      const before = upstream.requests.length;
      for (let i = 0; i < tries; i++)
        upstream.next(
          error(status, null, { message: 'key sk-upstream-secret', headers: { 'retry-after': '0' } }),
        );
      const caught = await refused(client('plain', 1).chat.completions.create(ask('x')));
      expect(caught).toBeInstanceOf(InternalServerError);
      expect(caught.status).toBe(seen);
      expect(JSON.stringify(caught.error)).not.toContain('sk-upstream-secret');
      expect(upstream.requests.length - before).toBe(tries);
    }
  });

  it('a stream that the upstream cuts raises in the client, before and after its first event', async () => {
    for (const [reply, status] of [
      [cut(), 502],
      [{ sse: [chunk], cutAfter: 0 }, 502],
      [{ sse: [chunk], cutAfter: 1 }, undefined],
      [{ sse: [chunk] }, undefined],
    ] as const) {
      upstream.next(reply);
      const got: string[] = [];
      const read = async (): Promise<void> => {
        const stream = await client().chat.completions.create({ ...ask('x'), stream: true });
        for await (const { choices } of stream) got.push(choices[0]?.delta.content ?? '');
      };
      const caught = await refused(read());
      expect(caught.status).toBe(status);
      expect(caught.code).toBe('upstream_cut');
      expect(got).toEqual(status === undefined ? ['half.\n\n'] : []);
    }
  });

  it('a client that aborts frees its upstream at once, and its record says so', async () => {
    const before = upstream.requests.length;
    upstream.next({ sse: [chunk], hang: true });
    const { data, response } = await client()
      .chat.completions.create({ ...ask('x'), stream: true })
      .withResponse();
    for await (const _ of data) {
      data.controller.abort();
      break;
    }
    expect(await (await upstream.arrived(before)).closed).toBe('aborted');
    const record = await gateway.record(response.headers.get('x-gatehouse-exchange') ?? '');
    expect(record).toMatchObject({ ending: 'abandoned', status: 200, code: 'client_gone' });

    upstream.next({ stall: 10_000 });
    const leaving = new AbortController();
    const call = client().chat.completions.create(ask('x'), { signal: leaving.signal });
    const seen = await upstream.arrived(before + 1);
    leaving.abort();
    await expect(call).rejects.toBeInstanceOf(APIUserAbortError);
    expect(await seen.closed).toBe('aborted');
  });
});
