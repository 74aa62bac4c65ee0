// A streamed and a whole completion are read alike, however a server takes its dialect.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseJson } from '../../../src/json/parse.ts';
import { sseFrames } from '../../../src/streams/sse.ts';
import type { Part } from '../../../src/translate/neutral.ts';
import { openaiChatEgress } from '../../../src/translate/openai-chat/egress.ts';
import { RECORDINGS } from '../../kit/conversing/played.ts';
import { chunk, readParts } from './asked.ts';

const NOTHING = {
  inputTokens: { total: undefined, noCache: undefined, cacheRead: undefined, cacheWrite: undefined },
  outputTokens: { total: undefined, text: undefined, reasoning: undefined },
};
const meta = { type: 'response-metadata', id: 'chatcmpl-1', modelId: 'target' };
const call = (index: number | undefined, id: string | undefined, name?: string, args?: unknown) => ({
  ...(index === undefined ? {} : { index }),
  ...(id === undefined ? {} : { id, type: 'function' }),
  function: { ...(name === undefined ? {} : { name }), ...(args === undefined ? {} : { arguments: args }) },
});
/** What is read after the metadata, without the finish. */
const said = (...deltas: object[]): Part[] =>
  readParts([...deltas.map((delta) => chunk(delta)), '[DONE]']).slice(1, -1);

describe('a stream', () => {
  it('has its text, its names and its usage, and ends with its last event alone', () => {
    const usage = {
      ...{ prompt_tokens: 21, completion_tokens: 13, total_tokens: 34 },
      prompt_tokens_details: { cached_tokens: 8, cache_write_tokens: 3 },
      completion_tokens_details: { reasoning_tokens: 5 },
    };
    const events = [
      chunk({ role: 'assistant', content: '' }),
      chunk({ content: 'Hel' }),
      { ...chunk({ content: 'lo' }), id: 'another', usage: { prompt_tokens: 21, completion_tokens: 1 } },
      chunk({}, 'stop'),
      { choices: [], usage },
    ];
    const parts = [
      meta,
      { type: 'text-start', id: '0' },
      { type: 'text-delta', id: '0', delta: 'Hel' },
      { type: 'text-delta', id: '0', delta: 'lo' },
    ];
    expect(readParts(events)).toEqual(parts);
    expect(readParts([...events, '[DONE]'])).toEqual([
      ...parts,
      { type: 'text-end', id: '0' },
      {
        type: 'finish',
        finishReason: { unified: 'stop', raw: 'stop' },
        usage: {
          inputTokens: { total: 21, noCache: 10, cacheRead: 8, cacheWrite: 3 },
          outputTokens: { total: 13, text: 8, reasoning: 5 },
        },
      },
    ]);
  });

  it.each([
    ['reasoning_content', [{ reasoning_content: 'a' }, { reasoning_content: 'b' }, { content: 'c' }]],
    ['reasoning', [{ reasoning: 'a' }, { reasoning: 'b', content: null }, { content: 'c' }]],
    [
      'both',
      [
        { reasoning_content: 'a', reasoning: 'a' },
        { reasoning_content: '', reasoning: 'b' },
        { content: 'c' },
      ],
    ],
    [
      'parts',
      [
        { content: [{ type: 'thinking', thinking: [{ type: 'text', text: 'a' }] }] },
        {
          content: [
            { type: 'thinking', thinking: [{ type: 'text', text: 'b' }] },
            { type: 'text', text: 'c' },
          ],
        },
      ],
    ],
  ])('has reasoning before the text, where a server calls it %s', (_, deltas) => {
    expect(said(...deltas)).toEqual([
      { type: 'reasoning-start', id: '0' },
      { type: 'reasoning-delta', id: '0', delta: 'a' },
      { type: 'reasoning-delta', id: '0', delta: 'b' },
      { type: 'reasoning-end', id: '0' },
      { type: 'text-start', id: '1' },
      { type: 'text-delta', id: '1', delta: 'c' },
      { type: 'text-end', id: '1' },
    ]);
  });

  it('has what proves reasoning, and reasoning that is sealed', () => {
    const parts = said(
      { reasoning_content: 'a', thinking_blocks: [{ type: 'thinking', thinking: 'a', signature: '' }] },
      { thinking_blocks: [{ type: 'thinking', thinking: '', signature: 'sig' }] },
      { thinking_blocks: [{ type: 'redacted_thinking', data: 'sealed' }] },
    );
    expect(parts).toEqual([
      { type: 'reasoning-start', id: '0' },
      { type: 'reasoning-delta', id: '0', delta: 'a' },
      { type: 'reasoning-end', id: '0', providerMetadata: { anthropic: { signature: 'sig' } } },
      { type: 'reasoning-start', id: '1', providerMetadata: { anthropic: { redactedData: 'sealed' } } },
      { type: 'reasoning-end', id: '1' },
    ]);
  });

  it('has the sources of its text', () => {
    const citation = { url: 'https://example.org/', title: 'T', start_index: 0, end_index: 1 };
    const source = { type: 'source', sourceType: 'url', id: citation.url, url: citation.url, title: 'T' };
    expect(
      said({ content: 'x' }, { annotations: [{ type: 'url_citation', url_citation: citation }] }).at(-1),
    ).toEqual({
      type: 'text-end',
      id: '0',
      citations: [{ source, startIndex: 0, endIndex: 1 }],
    });
  });

  it.each([
    ['stop', {}, 'stop', 'stop'],
    ['length', {}, 'length', 'length'],
    ['content_filter', {}, 'content-filter', 'content_filter'],
    ['tool_calls', { tool_calls: [call(0, 'a', 'f', '{}')] }, 'tool-calls', 'tool_calls'],
    ['stop', { tool_calls: [call(0, 'a', 'f', '{}')] }, 'tool-calls', 'stop'],
    ['function_call', { function_call: { name: 'f', arguments: '{}' } }, 'tool-calls', 'function_call'],
    ['stop', { refusal: 'No.' }, 'content-filter', 'refusal'],
    ['model_length', {}, 'length', 'model_length'],
    ['constructor', {}, 'other', 'constructor'],
  ])('that says %s ends so', (reason, delta, unified, raw) => {
    const finish = readParts([chunk(delta), chunk({}, reason), '[DONE]']).at(-1);
    expect(finish).toEqual({ type: 'finish', finishReason: { unified, raw }, usage: NOTHING });
  });

  it('that does not say why it ended says nothing', () => {
    expect(readParts(['[DONE]'])).toEqual([
      { type: 'finish', finishReason: { unified: 'other', raw: undefined }, usage: NOTHING },
    ]);
  });

  it('tells of an error as it came', () => {
    const error = { message: 'x', code: 503 };
    expect(readParts([{ error }])).toEqual([{ type: 'error', error }]);
    expect(() => readParts(['<html>SECRET'])).toThrow('an event is not JSON');
  });

  it('is read past what is not known', () => {
    const odd = [
      3,
      [],
      { choices: {} },
      { choices: [3] },
      { choices: [{ index: 1, delta: { content: 'other' } }] },
    ];
    expect(
      readParts([
        ...odd.map((each) => JSON.stringify(each)),
        chunk({ content: { x: 1 }, tool_calls: [3, null] }),
      ]),
    ).toEqual([meta]);
  });

  it.each(RECORDINGS.filter(({ talk }) => talk === 'openai-chat'))(
    'kept as $name is read alike at every cut',
    async ({ name, text, refusal, usage }) => {
      const bytes = readFileSync(
        join(import.meta.dirname, '../../fixtures/streams/openai-chat', `${name}.sse`),
      );
      const read = async (cuts: readonly number[]): Promise<Part[]> => {
        const reader = openaiChatEgress.reader();
        const parts: Part[] = [];
        const chunks = async function* () {
          for (const [i, cut] of cuts.entries()) yield bytes.subarray(cuts[i - 1] ?? 0, cut);
          yield bytes.subarray(cuts.at(-1) ?? 0);
        };
        for await (const frame of sseFrames(chunks(), { eventBytes: 1e6 }))
          parts.push(...reader.parts({ bytes: frame.bytes, last: false }));
        return parts;
      };
      const whole = await read([]);
      const texts = whole.flatMap((part) => (part.type === 'text-delta' ? part.delta : [])).join('');
      expect(texts).toBe(refusal ?? text);
      expect(whole.filter(({ type }) => type === 'finish')).toEqual([
        expect.objectContaining({
          usage: expect.objectContaining({
            inputTokens: expect.objectContaining({ total: usage.input_tokens }),
          }),
        }),
      ]);
      const told = JSON.stringify(whole);
      for (let cut = 1; cut < bytes.length; cut++)
        if (JSON.stringify(await read([cut])) !== told) expect(await read([cut])).toEqual(whole);
    },
  );
});

describe('a whole reply', () => {
  const reply = (message: unknown, more: object = {}) =>
    parseJson(
      JSON.stringify({
        ...{
          id: 'chatcmpl-1',
          model: 'target',
          choices: [{ index: 0, message, finish_reason: 'stop', ...more }],
        },
        usage: { prompt_tokens: 3, completion_tokens: 4 },
      }),
    );

  it('has everything in its order', () => {
    const answer = openaiChatEgress.answer(
      reply(
        {
          reasoning_content: 'hm',
          thinking_blocks: [{ type: 'thinking', thinking: 'hm', signature: 'sig' }],
          content: 'x',
          annotations: [{ type: 'url_citation', url_citation: { url: 'https://example.org/' } }],
          refusal: null,
          tool_calls: [call(0, 'a', 'f', '{"x":1}'), call(0, undefined, 'g', ''), { type: 'function' }],
        },
        { finish_reason: 'tool_calls' },
      ),
    );
    expect(answer).toMatchObject({
      content: [
        { type: 'reasoning', text: 'hm', providerMetadata: { anthropic: { signature: 'sig' } } },
        { type: 'text', text: 'x', citations: [{ source: { url: 'https://example.org/' } }] },
        { type: 'tool-call', toolCallId: 'a', toolName: 'f', input: '{"x":1}' },
        { type: 'tool-call', toolCallId: 'call_chatcmpl-11', toolName: 'g', input: '{}' },
      ],
      finishReason: { unified: 'tool-calls', raw: 'tool_calls' },
      usage: { inputTokens: { total: 3 }, outputTokens: { total: 4 } },
      response: { id: 'chatcmpl-1', modelId: 'target' },
    });
  });

  it('that refuses ends as a refusal', () => {
    expect(openaiChatEgress.answer(reply({ content: null, refusal: 'No.' }))).toMatchObject({
      content: [{ type: 'text', text: 'No.', providerMetadata: { openai: { refusal: true } } }],
      finishReason: { unified: 'content-filter', raw: 'refusal' },
    });
  });

  it.each(['{}', '[]', 'null', '{"choices":[]}', '{"choices":[{"message":"x"}]}'])(
    'that is none (%s) is a fault of the protocol',
    (text) => {
      expect(() => openaiChatEgress.answer(parseJson(text))).toThrow(
        expect.objectContaining({ kind: 'protocol' }),
      );
    },
  );
});
