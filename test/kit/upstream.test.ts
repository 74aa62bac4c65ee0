import OpenAI, {
  APIConnectionError,
  AuthenticationError,
  BadRequestError,
  InternalServerError,
  NotFoundError,
  RateLimitError,
} from 'openai';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import * as upstreams from './upstream.ts';

const { cut, error, gzipped, redirect, stall, startUpstream, truncated } = upstreams;
const path = '/v1/chat/completions';
const hello = { model: 'scripted-large', messages: [{ role: 'user' as const, content: 'hello over there' }] };

let upstream: upstreams.Upstream;
let client: OpenAI;

beforeEach(async () => {
  upstream = await startUpstream();
  client = new OpenAI({ baseURL: `${upstream.url}/v1`, apiKey: 'sk-test', maxRetries: 0, timeout: 5_000 });
});

afterEach(() => upstream.stop());

/** A tool that records what it was called with. */
function weather(calls: unknown[]) {
  return {
    type: 'function' as const,
    function: {
      name: 'weather',
      description: 'The weather in a city',
      parameters: {
        type: 'object' as const,
        properties: { city: { type: 'string' }, days: { type: 'integer' } },
      },
      parse: JSON.parse,
      function: (given: unknown) => {
        calls.push(given);
        return 'sunny';
      },
    },
  };
}

describe('the openai client against the default answers', () => {
  it('gets a whole completion, and the upstream has its exact request', async () => {
    const reply = await client.chat.completions.create(hello);
    expect(reply).toMatchObject({
      object: 'chat.completion',
      model: 'scripted-large',
      usage: { prompt_tokens: 3, completion_tokens: 5, total_tokens: 8 },
    });
    expect(reply.choices).toMatchObject([
      {
        index: 0,
        finish_reason: 'stop',
        message: { role: 'assistant', content: 'You said: hello over there' },
      },
    ]);
    const [seen] = upstream.requests;
    expect(seen).toMatchObject({
      method: 'POST',
      path,
      json: hello,
      headers: { authorization: 'Bearer sk-test' },
    });
    expect(seen?.body.toString()).toBe(JSON.stringify(hello));
    expect(await seen?.closed).toBe('finished');
  });

  it('streams word by word, with usage only when asked for', async () => {
    const collect = async (usage: boolean) => {
      const stream = await client.chat.completions.create({
        ...hello,
        stream: true,
        ...(usage ? { stream_options: { include_usage: true } } : {}),
      });
      const chunks: OpenAI.ChatCompletionChunk[] = [];
      for await (const chunk of stream) chunks.push(chunk);
      return chunks;
    };
    const plain = await collect(false);
    expect(plain.map((chunk) => chunk.choices[0]?.delta.content ?? '')).toEqual([
      '',
      'You ',
      'said: ',
      'hello ',
      'over ',
      'there',
      '',
    ]);
    expect(plain[0]?.choices[0]?.delta.role).toBe('assistant');
    expect(plain.at(-1)?.choices[0]?.finish_reason).toBe('stop');
    expect(plain.every((chunk) => !('usage' in chunk))).toBe(true);
    const counted = await collect(true);
    expect(counted).toHaveLength(plain.length + 1);
    expect(counted[0]).toHaveProperty('usage', null);
    expect(counted.at(-1)).toMatchObject({ choices: [], usage: { total_tokens: 8 } });
  });

  it('completes a tool loop, whole and streamed', async () => {
    const calls: unknown[] = [];
    const request = {
      model: 'm',
      messages: [{ role: 'user' as const, content: 'USETOOL please' }],
      tools: [weather(calls)],
    };
    expect(await client.chat.completions.runTools(request).finalContent()).toBe('The tool said: sunny');
    expect(await client.chat.completions.runTools({ ...request, stream: true }).finalContent()).toBe(
      'The tool said: sunny',
    );
    expect(calls).toEqual([
      { city: 'example', days: 1 },
      { city: 'example', days: 1 },
    ]);
    expect(upstream.requests).toHaveLength(4);
  });

  it('calls all tools, a named one, or none', async () => {
    const tool = (name: string) => ({
      type: 'function' as const,
      function: { name, parameters: { type: 'object' } },
    });
    const names = async (content: string, more: object = {}) => {
      const reply = await client.chat.completions.create({
        model: 'm',
        messages: [{ role: 'user', content }],
        tools: [tool('a'), tool('b')],
        ...more,
      });
      return (
        reply.choices[0]?.message.tool_calls?.map((call) =>
          call.type === 'function' ? call.function.name : '',
        ) ?? []
      );
    };
    expect(await names('USETOOLS')).toEqual(['a', 'b']);
    expect(await names('USETOOL=b')).toEqual(['b']);
    expect(await names('USETOOL', { tool_choice: { type: 'function', function: { name: 'b' } } })).toEqual([
      'b',
    ]);
    expect(await names('USETOOL', { tool_choice: 'none' })).toEqual([]);
  });

  it('knows n, response_format, max_tokens and parts of content', async () => {
    const { choices } = await client.chat.completions.create({
      ...hello,
      n: 2,
      response_format: { type: 'json_object' },
    });
    expect(choices.map((choice) => JSON.parse(choice.message.content ?? ''))).toEqual([
      { answer: 'You said: hello over there' },
      { answer: 'You said: hello over there (choice 1)' },
    ]);
    const streamed = await client.chat.completions.stream({ ...hello, n: 2 }).finalChatCompletion();
    expect(streamed.choices.map((choice) => choice.message.content)).toEqual([
      'You said: hello over there',
      'You said: hello over there (choice 1)',
    ]);
    const schema = {
      type: 'object',
      properties: { ok: { type: 'boolean' }, list: { type: 'array', items: { type: 'number' } } },
    };
    const shaped = await client.chat.completions.create({
      ...hello,
      response_format: { type: 'json_schema', json_schema: { name: 's', schema } },
    });
    expect(JSON.parse(shaped.choices[0]?.message.content ?? '')).toEqual({ ok: true, list: [1] });
    const short = await client.chat.completions.create({
      model: 'm',
      max_tokens: 2,
      messages: [{ role: 'user', content: [{ type: 'text', text: 'part' }] }],
    });
    expect(short.choices[0]).toMatchObject({ finish_reason: 'length', message: { content: 'You said: ' } });
  });

  it('lists models and refuses what does not exist', async () => {
    const { data } = await client.models.list();
    expect(data.map((model) => model.id)).toEqual(['scripted-large', 'scripted-small']);
    expect((await client.models.retrieve('scripted-small')).object).toBe('model');
    await expect(client.models.retrieve('other')).rejects.toMatchObject({
      status: 404,
      code: 'model_not_found',
    });
    await expect(client.embeddings.create({ model: 'm', input: 'x' })).rejects.toBeInstanceOf(NotFoundError);
    await expect(client.chat.completions.create({ model: 'm' } as never)).rejects.toMatchObject({
      status: 400,
      param: 'messages',
    });
  });
});

describe('the openai client against trouble', () => {
  it.each([
    [400, 'context_length_exceeded', BadRequestError, 'invalid_request_error'],
    [401, 'invalid_api_key', AuthenticationError, 'invalid_request_error'],
    [429, 'rate_limit_exceeded', RateLimitError, 'rate_limit_error'],
    [429, 'insufficient_quota', RateLimitError, 'insufficient_quota'],
    [500, null, InternalServerError, 'server_error'],
    [503, 'server_is_overloaded', InternalServerError, 'service_unavailable_error'],
  ] as const)('raises the class of error %i %s', async (status, code, expected, type) => {
    upstream.next(error(status, code, { headers: { 'retry-after': '7' } }));
    const raised = await client.chat.completions.create(hello).catch((e: unknown) => e);
    expect(raised).toBeInstanceOf(expected);
    expect(raised).toMatchObject({ status, code, type, requestID: expect.stringMatching(/^req_/) });
    expect((raised as RateLimitError).headers?.get('retry-after')).toBe('7');
  });

  it('raises on a stream that is cut', async () => {
    upstream.next((seen) => ({ ...(upstreams.defaultReply(seen) as upstreams.StreamReply), cutAfter: 3 }));
    const stream = await client.chat.completions.create({ ...hello, stream: true });
    let text = '';
    const reading = (async () => {
      for await (const chunk of stream) text += chunk.choices[0]?.delta.content ?? '';
    })();
    await expect(reading).rejects.toThrow();
    expect(text).toBe('You said: ');
    expect(await upstream.requests[0]?.closed).toBe('aborted');
  });

  it('raises on a connection cut before headers, and on a body that ends early', async () => {
    upstream.next(cut());
    await expect(client.chat.completions.create(hello)).rejects.toBeInstanceOf(APIConnectionError);
    upstream.next(truncated('{"id":"chatcmpl-1",'));
    await expect(client.chat.completions.create(hello)).rejects.toThrow();
  });

  it('retries, and gets the next reply of the queue', async () => {
    upstream.next(error(500));
    upstream.next(cut());
    const reply = await client.chat.completions.create(hello, { maxRetries: 2 });
    expect(reply.choices).toHaveLength(1);
    expect(upstream.requests).toHaveLength(3);
  });

  it('reads a compressed reply, a late one and a redirected one', async () => {
    upstream.next(gzipped({ id: 'zipped', choices: [] }));
    expect((await client.chat.completions.create(hello)).id).toBe('zipped');
    upstream.next(stall(80));
    const begun = performance.now();
    expect((await client.chat.completions.create(hello)).object).toBe('chat.completion');
    expect(performance.now() - begun).toBeGreaterThan(75);
    upstream.next(redirect(`${upstream.url}${path}?moved`));
    expect((await client.chat.completions.create(hello)).object).toBe('chat.completion');
    expect(upstream.requests.at(-1)).toMatchObject({ path: `${path}?moved`, json: hello });
  });
});
