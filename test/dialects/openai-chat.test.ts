// OpenAI's chat completions as the gateway reads them: what is asked, what a frame means.
import { describe, expect, it } from 'vitest';
import type { Asked } from '../../src/dialects/dialect.ts';
import { openaiChat } from '../../src/dialects/openai-chat.ts';
import { openDocument } from '../../src/json/document.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const opened = (body: unknown) =>
  openDocument(bytes(typeof body === 'string' ? body : JSON.stringify(body)), { depth: 100 });
const messages = [{ role: 'user', content: 'x' }];
const read = (more: object): Asked => openaiChat.read(opened({ model: 'm', messages, ...more }));

const keys = (count: number): object =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`k${index}`, 1]));

describe('a request', () => {
  it('asks for a model, perhaps streamed, perhaps with usage', () => {
    expect(read({})).toEqual({ model: 'm', stream: false, usage: false });
    expect(read({ stream: null, stream_options: null })).toEqual({ model: 'm', stream: false, usage: false });
    expect(read({ stream: true, stream_options: { include_usage: true } })).toEqual({
      model: 'm',
      stream: true,
      usage: true,
    });
    expect(read({ stream: true, stream_options: { include_usage: 'true' } }).usage).toBe(false);
    expect(read({ model: 'lan/é-模型:7b@x' }).model).toBe('lan/é-模型:7b@x');
  });

  it.each([
    [{ model: undefined }, 'bad_request', 'model'],
    [{ model: '' }, 'bad_request', 'model'],
    [{ model: ['m'] }, 'bad_request', 'model'],
    [{ model: 'x'.repeat(257) }, 'bad_request', 'model'],
    [{ model: 'a\r\nx-injected: 1' }, 'bad_request', 'model'],
    [{ model: 'a\u0000' }, 'bad_request', 'model'],
    [{ model: 'a\u0085' }, 'bad_request', 'model'],
    [{ model: 'a\ud800' }, 'bad_request', 'model'],
    [{ stream: 'true' }, 'bad_request', 'stream'],
    [{ stream: 1 }, 'bad_request', 'stream'],
    [{ stream_options: [] }, 'bad_request', 'stream_options'],
    [{ stream_options: 'x' }, 'bad_request', 'stream_options'],
    [{ messages: undefined }, 'bad_request', 'messages'],
    [{ messages: {} }, 'bad_request', 'messages'],
    [{ messages: [] }, 'bad_request', 'messages'],
    [{ messages: ['x'] }, 'bad_request', 'messages[0]'],
    [{ messages: Array.from({ length: 20_001 }, () => messages[0]) }, 'bad_request', 'messages'],
    [{ messages: [{ role: 'user', ...keys(100) }] }, 'bad_request', 'messages[0]'],
    [{ messages: [...messages, { content: 'x' }] }, 'bad_request', 'messages[1].role'],
    [{ messages: [{ role: 'user', Content: 'x' }] }, 'ambiguous_body', 'messages[0]'],
    [{ Model: 'other' }, 'ambiguous_body', 'Model'],
    [{ STREAM: true }, 'ambiguous_body', 'STREAM'],
    [{ 'stream ': true }, 'ambiguous_body', 'stream '],
    [{ ſtream: true }, 'ambiguous_body', 'ſtream'],
    [{ Tools: [] }, 'ambiguous_body', 'Tools'],
    [{ N: 100 }, 'ambiguous_body', 'N'],
    [{ models: ['a', 'b'] }, 'model_not_allowed', 'models'],
    [{ Fallbacks: [{}] }, 'model_not_allowed', 'Fallbacks'],
    [{ api_base: 'http://elsewhere' }, 'model_not_allowed', 'api_base'],
    [{ baseUrl: 'http://elsewhere' }, 'model_not_allowed', 'baseUrl'],
  ])('of kind %# is refused', (more, code, param) => {
    expect(() => read(more)).toThrow(
      expect.objectContaining({ code, extra: expect.objectContaining({ param }) }),
    );
  });

  it('may have a thousand top-level keys and twenty thousand turns, and no more', () => {
    expect(read(keys(998)).model).toBe('m');
    expect(() => read(keys(999))).toThrow(expect.objectContaining({ code: 'bad_request' }));
    expect(read({ messages: Array.from({ length: 20_000 }, () => messages[0]) }).model).toBe('m');
    expect(read({ messages: [{ role: 'user', ...keys(99) }] }).model).toBe('m');
  });

  it('is renamed only where the name differs', () => {
    const document = opened({ model: 'm', messages });
    openaiChat.rename(document, 'm');
    expect(document.edited).toBe(false);
    openaiChat.rename(document, 'other');
    openaiChat.rename(document, 'm');
    expect(document.output()).toBe(JSON.stringify({ model: 'm', messages }));
  });
});

const asked: Asked = { model: 'm', stream: true, usage: false };
const USAGE = '"usage":{"prompt_tokens":3,"completion_tokens":4}';
const usage = { input_tokens: 3, output_tokens: 4 };

describe('a frame', () => {
  it.each([
    'data: [DONE]\n\n',
    'data:[DONE]\n\n',
    'data: [DONE]\r\n\r\n',
    'data:  [DONE] \n\n',
    'event: x\ndata: [DONE]\n\n',
    'data: [DONE] and what some client takes for the end\n\n',
    '\ufeffdata: [DONE]\n\n',
  ])('%j is the last', (text) => {
    expect(openaiChat.inspect(bytes(text), asked).last).toBe(true);
  });

  it.each([
    'data: {"choices":[{"delta":{"content":"[DONE]"}}]}\n\n',
    'data: "[DONE]"\n\n',
    ': [DONE]\n\n',
    'event: [DONE]\n\n',
    'data: DONE\n\n',
    'data: x\ndata: [DONE]\n\n',
    '\n',
  ])('%j is not', (text) => {
    expect(openaiChat.inspect(bytes(text), asked)).toEqual({ last: false });
  });

  it.each([
    [`{"choices":[],${USAGE}}`, { usage, ours: true }],
    [`{"choices": [ ] , ${USAGE.replace(':', ' : ')}}`, { usage, ours: true }],
    [`{"choices":[],${USAGE},"x":{"usage":null}}`, { usage, ours: true }],
    [`{"x":{"usage":null},"choices":[],${USAGE}}`, { usage, ours: true }],
    // Not only usage: it stays.
    [`{"choices":[{"delta":{}}],${USAGE}}`, { usage, ours: false }],
    [`{${USAGE}}`, { usage, ours: false }],
    ['{"choices":[],"usage":null}', {}],
    ['{"choices":[],"usage":{}}', { ours: false }],
    ['{"choices":[],"usage":{"prompt_tokens":-1,"completion_tokens":1.5}}', { ours: false }],
    ['{"choices":[],"usage":"lots"}', { ours: false }],
    ['{"choices":[{"delta":{"content":"\\"usage\\":{\\"prompt_tokens\\":9}"}}]}', {}],
    ['{"error":{"message":"x"}}', { failed: true, ours: false }],
    ['{"error":null,"choices":[{}]}', { ours: false }],
    ['{"choices":[{"delta":{"content":"\\"error\\""}}]}', {}],
    ['"usage" "error" not JSON', {}],
  ])('%s says what it says, and lasts', (data, seen) => {
    expect(openaiChat.inspect(bytes(`data: ${data}\n\n`), asked)).toEqual({ last: false, ...seen });
  });

  it("of usage is the client's when it asked for it", () => {
    const frame = bytes(`data: {"choices":[],${USAGE}}\n\n`);
    expect(openaiChat.inspect(frame, { ...asked, usage: true })).toMatchObject({ usage, ours: false });
  });

  it('is read by its own keys, whatever was read before it', () => {
    // A V8 of Node 24 takes an escaped key for one of an earlier object (see src/json/parse.ts).
    JSON.parse('{"choices":[],"\\\\u0075sage":0}');
    const escaped = bytes(`data: {"choices":[],"\\u0075sage":{"prompt_tokens":9},${USAGE}}\n\n`);
    expect(openaiChat.inspect(escaped, asked)).toMatchObject({ usage });
  });
});

describe('a whole reply', () => {
  it('reports its usage, cached and reasoning tokens included', () => {
    const details =
      '"prompt_tokens_details":{"cached_tokens":1},"completion_tokens_details":{"reasoning_tokens":2}';
    expect(openaiChat.inspectWhole(bytes(`{${USAGE.slice(0, -1)},${details}}}`))).toEqual({
      usage: { ...usage, cached_input_tokens: 1, reasoning_tokens: 2 },
    });
    expect(openaiChat.inspectWhole(bytes('{}'))).toEqual({});
    expect(openaiChat.inspectWhole(bytes('{"usage":{"__proto__":{"prompt_tokens":1}}}'))).toEqual({});
  });

  it.each(['', 'null', '[]', '"x"', '{', '{}x', '<html>'])('%j is none', (text) => {
    expect(openaiChat.inspectWhole(bytes(text))).toBeUndefined();
  });
});
