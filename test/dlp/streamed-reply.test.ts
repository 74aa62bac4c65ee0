// Whatever a streamed reply says is inspected: what is hidden never reaches the client, and the rest keeps its bytes and its order.
import OpenAI, { APIError } from 'openai';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { asking } from '../kit/chat.ts';
import type { Scripted } from '../kit/upstream.ts';
import type { Bench } from './bench.ts';
import { AWS, chunk, contentOf, DONE, EMAIL, KEEP_ALIVE_MS, SSN, said, sse, startBench } from './bench.ts';

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
const streamed = asking('x', { stream: true, stream_options: { include_usage: true } });
const KEY = `key ${AWS} ok`;
const events = (text: string): string[] => text.split('\n\n').filter((event) => event !== '');
const client = (policy: string): OpenAI =>
  new OpenAI({ baseURL: `${bench.parts.url}/v1`, apiKey: bench.parts.keys[policy] ?? '', maxRetries: 0 });
const sdk = { model: 'small', messages: [{ role: 'user' as const, content: 'x' }] };

describe('a streamed reply', () => {
  it('never shows a key that a tool argument leaks, however it is cut; the rest comes through', async () => {
    const args = JSON.stringify({ path: 'a\nb', body: `"${KEY}"`, n: 1 });
    const pieces = args.match(/.{1,3}/gs) ?? [];
    const first = {
      tool_calls: [{ index: 0, id: 'call_1', type: 'function', function: { name: 'put', arguments: '' } }],
    };
    const rest = pieces.map((text) => chunk({ tool_calls: [{ index: 0, function: { arguments: text } }] }));
    const script = {
      sse: [
        chunk({ role: 'assistant', content: null }),
        chunk(first),
        ...rest,
        chunk({}, { finish_reason: 'tool_calls' }),
        DONE,
      ],
    };
    bench.upstream.next(script);
    const stream = client('plain').chat.completions.stream(sdk);
    const { choices } = await stream.finalChatCompletion();
    const made = choices[0]?.message.tool_calls?.[0];
    expect(made).toMatchObject({ id: 'call_1', function: { name: 'put' } });
    expect(made?.type === 'function' ? JSON.parse(made.function.arguments) : made).toEqual({
      path: 'a\nb',
      body: '"key [aws-access-key-id] ok"',
      n: 1,
    });
    const { reply, sealed, record } = await bench.ask('plain', streamed, script);
    expect(reply.text + record).not.toContain(AWS);
    expect(sealed.findings).toMatchObject([
      { type: 'aws-access-key-id', place: 'choices[0].delta.tool_calls[0].function.arguments', count: 1 },
    ]);
    expect(sealed.coverage[1]).toMatchObject({ part: 'reply', inspected_by: ['dlp', 'injection'] });
  });

  it('lets tool arguments go as they come, though the name before them ends in the middle of a word', async () => {
    const first = {
      tool_calls: [{ index: 0, id: 'c', type: 'function', function: { name: 'get_weather', arguments: '' } }],
    };
    const more = chunk({ tool_calls: [{ index: 0, function: { arguments: '{"a":"b c.",' } }] });
    const call = bench.call('plain', streamed, {
      sse: [said('Let me look'), chunk(first), more, more],
      hang: true,
    });
    for (const until = Date.now() + 5_000; Date.now() < until; await new Promise((r) => setTimeout(r, 20))) {
      const record = bench.upstream.requests.length;
      if (record > 0) break;
    }
    await new Promise((resolve) => setTimeout(resolve, 300));
    call.abort();
    const { text } = await call.done;
    expect(text).toContain('get_weather');
    expect(text).toContain('b c.');
    // What was said before may still be the beginning of a value, and is not a part of the call.
    expect(text).not.toContain('Let me look');
  });

  it("that is blocked gets the dialect's error and no clean ending; nothing of the value left", async () => {
    const sse = [said('Here it is.\n\n'), ...[...KEY].map(said), DONE];
    const { reply, sealed, record } = await bench.ask('blocking', streamed, { sse });
    expect(reply.complete).toBe(false);
    expect(reply.text).not.toContain('[DONE]');
    const last = JSON.parse((events(reply.text).at(-1) ?? '').slice(6));
    expect(last.error).toMatchObject({
      code: 'reply_blocked',
      message: expect.stringContaining('aws-access-key-id'),
    });
    expect('Here it is.\n\nkey [aws-access-key-id] ok'.startsWith(contentOf(reply.text))).toBe(true);
    expect(reply.text + record).not.toContain(AWS);
    expect(sealed).toMatchObject({ ending: 'refused', code: 'reply_blocked', status: 403 });
    bench.upstream.next({ sse });
    await expect(client('blocking').chat.completions.stream(sdk).finalContent()).rejects.toThrow(APIError);
  });

  it('that its upstream cuts while text is held is judged as it stands, and then told to be cut', async () => {
    const cut = await bench.ask('plain', streamed, {
      sse: [said('mail '), said(EMAIL), said('x')],
      cutAfter: 2,
    });
    expect(contentOf(cut.reply.text)).toBe('mail [email]');
    expect(cut.reply.text).not.toContain('ann.smith');
    expect(events(cut.reply.text).at(-1)).toContain('upstream_cut');
    expect(cut.reply.complete).toBe(false);
    const half = await bench.ask('plain', streamed, { sse: [said('my friend Bob'), said('x')], cutAfter: 1 });
    expect(contentOf(half.reply.text)).toBe('my friend Bob');
  });

  it('that its upstream leaves in silence keeps the client waiting, and lets nothing undecided go', async () => {
    const call = bench.call('plain', streamed, {
      sse: [said('Fine.\n\n'), said(AWS.slice(0, 12))],
      hang: true,
    });
    await new Promise((resolve) => setTimeout(resolve, 8 * KEEP_ALIVE_MS));
    call.abort();
    const { text } = await call.done;
    expect(contentOf(text)).toBe('Fine.\n\n');
    expect(events(text).filter((event) => event.startsWith(':')).length).toBeGreaterThan(2);
    expect(text).not.toContain('AKIA');
  });

  it('lets its upstream go at once when the client leaves while text is held', async () => {
    const before = bench.upstream.requests.length;
    const call = bench.call('plain', streamed, { sse: [said('Bo')], hang: true });
    const seen = await bench.upstream.arrived(before);
    await new Promise((resolve) => setTimeout(resolve, 30));
    call.abort();
    expect(await seen.closed).toBe('aborted');
  });

  it('keeps its frames in order, and those that say nothing hidden byte for byte', async () => {
    const odd = `event: message\nid: 7\nretry: 10\ndata: {"choices":[ {"index":0, "delta":{"content":"\\u0068i "}}], "n" : 1.0e5}\n\n`;
    const usage = sse({ choices: [], usage: { prompt_tokens: 1, completion_tokens: 1 } });
    const frames = [
      ': OPENROUTER PROCESSING\n\n',
      chunk({ role: 'assistant', content: '' }),
      odd,
      said(`to ${EMAIL}`),
      said(' from Bob'),
      chunk({}, { finish_reason: 'stop' }),
      usage,
      DONE,
    ];
    const { reply } = await bench.ask('plain', streamed, { sse: frames });
    const rewritten = said('to [email]');
    expect(reply.text).toBe(frames.join('').replace(said(`to ${EMAIL}`), rewritten));
  });

  it('passes as it comes, undelayed, when no pattern is wanted or all are only told of', async () => {
    for (const policy of ['off', 'telling']) {
      const call = bench.call(policy, streamed, { sse: [said('half a wo')], hang: true });
      for (const until = Date.now() + 3_000; Date.now() < until; ) {
        await new Promise((resolve) => setTimeout(resolve, 20));
        if (bench.upstream.requests.length > 0) break;
      }
      await call.head;
      await new Promise((resolve) => setTimeout(resolve, 200));
      call.abort();
      expect((await call.done).text).toBe(said('half a wo'));
    }
    const told = await bench.ask('telling', streamed, { sse: [...KEY].map(said).concat(DONE) });
    expect(told.reply.text).toContain(said('K'));
    expect(told.sealed.findings).toMatchObject([{ type: 'aws-access-key-id', action: 'alert', count: 1 }]);
  });

  it('has no probabilities of tokens in frames that were rewritten, nor in those that spell what is hidden', async () => {
    const logprobs = (token: string) => ({
      logprobs: { content: [{ token, logprob: -1, bytes: [1], top_logprobs: [] }] },
    });
    const same = [...KEY].map((content) => chunk({ content }, logprobs(content)));
    const shifted = [...KEY].map((token) => chunk({ content: 'x ' }, logprobs(token)));
    for (const sse of [same, shifted]) {
      const { reply } = await bench.ask('plain', streamed, { sse: [...sse, DONE] });
      const tokens = events(reply.text)
        .slice(0, -1)
        .map((event) => JSON.parse(event.slice(6)).choices[0].logprobs?.content[0].token ?? '');
      expect(tokens.join('')).toBe(KEY.replace(AWS, ''));
    }
  });

  it('gives no way round: doubled keys, other letters, other lines, no JSON', async () => {
    const attacks: readonly (readonly string[])[] = [
      [`data: {"choices":[{"index":0,"delta":{"content":"${KEY}","content":"x "}}]}\n\n`],
      [`: ${KEY}\n\n`],
      [`id: ${AWS}\ndata: {"choices":[]}\n\n`],
      [`event: ${KEY}\ndata: {"choices":[]}\n\n`],
      [`other: ${KEY}\ndata: {"choices":[]}\n\n`],
      [`data: {"choices":[{"index":0,"delta":{"${AWS}":"x "}}]}\n\n`],
      [`data: ${KEY}\n\n`],
      [`data: "${KEY}"\n\n`],
      [chunk({ content: AWS.slice(0, 9) }), chunk({ Content: AWS.slice(9) })],
      [chunk({ content: AWS.slice(0, 9) }, { finish_reason: 'stop' }), chunk({ content: AWS.slice(9) })],
      [
        chunk({ content: AWS.slice(0, 9) }),
        chunk({ reasoning_content: 'hm. ' }),
        chunk({ content: AWS.slice(9) }),
      ],
      [
        `data: {"choices":[{"index":0,"delta":{"content":"AKIA5XQJ\\u0037K2MZP4R"}}]}\n\n`,
        chunk({ content: AWS.slice(16) }),
      ],
      [sse({ error: { message: KEY } })],
      [chunk({ annotations: [{ url_citation: { url: `https://x.test/${AWS}` } }] })],
    ];
    for (const sse of attacks) {
      const { reply, record } = await bench.ask('plain', streamed, { sse: [...sse, DONE] });
      expect(reply.text + record, sse.join('')).not.toContain(AWS);
      const left = events(reply.text).filter((event) => event.startsWith('data: {"choices'));
      const joined = left.map((event) => event.match(/[Cc]ontent":"([^"]*)"/)?.[1] ?? '').join('');
      expect(joined, sse.join('')).not.toContain(AWS);
    }
    const tail = await bench.ask('plain', streamed, { sse: [said('x.\n'), `data: [DONE] ${KEY}\n\n`] });
    expect(tail.reply.text).toBe(said('x.\n') + DONE);
  });

  it('is not held up by choices or pieces that are undecided', async () => {
    const at = (index: number, content: string) =>
      sse({ choices: [{ index, delta: { content }, finish_reason: null }] });
    const frames = [at(0, 'Bo'), at(1, 'One. '), at(1, 'Two.\n\n'), at(1, 'Three.\n\n')];
    const call = bench.call('plain', streamed, { sse: frames, hang: true });
    await call.head;
    await new Promise((resolve) => setTimeout(resolve, 200));
    call.abort();
    const { text } = await call.done;
    expect(text).toContain('Three.');
    expect(text).not.toContain('"Bo"');
  });

  it('of a masked value is masked as the whole would be', async () => {
    const text = `card 4111 1111 1111 1111, ssn ${SSN}, ${EMAIL}.`;
    const cut = await bench.ask('masking', streamed, { sse: [...[...text].map(said), DONE] });
    const one = await bench.ask('masking', asking('x'), whole(message({ content: text })));
    expect(contentOf(cut.reply.text)).toBe(JSON.parse(one.reply.text).choices[0].message.content);
    expect(cut.sealed.findings.map(({ type, count, values }) => [type, count, values])).toEqual(
      one.sealed.findings.map(({ type, count, values }) => [type, count, values]),
    );
    expect(contentOf(cut.reply.text)).not.toContain('4111 1111 1111 1111');
  });
});
