// A reply in the neutral form is written as OpenAI writes one: every event in its order and with its number, the whole the same as the
// stream, however the model cuts its words.
import { expect, it } from 'vitest';
import type { Answer, Part } from '../../../src/translate/neutral.ts';
import { eventsOf, finish, HEAD, USAGE, understood, written } from './asked.ts';

const TOOLS = {
  input: 'Hi',
  tools: [
    { type: 'function', name: 'f', parameters: {} },
    { type: 'custom', name: 'patch' },
    {
      type: 'namespace',
      name: 'n',
      description: 'N',
      tools: [{ type: 'function', name: 'g', parameters: {} }],
    },
  ],
};

const text = (id: string, ...deltas: string[]): Part[] => [
  { type: 'text-start', id },
  ...deltas.map((delta): Part => ({ type: 'text-delta', id, delta })),
  { type: 'text-end', id },
];
const begins = (id: string, toolName: string): Part => ({ type: 'tool-input-start', id, toolName });
const input = (id: string, delta: string): Part => ({ type: 'tool-input-delta', id, delta });
const calls = (toolCallId: string, toolName: string, whole: string): Part => ({
  type: 'tool-call',
  toolCallId,
  toolName,
  input: whole,
});
const namesOf = (events: readonly { readonly type: string }[]) =>
  events.map(({ type }) => type.replace('response.', ''));

it('a text is a message: begun, said in its pieces, told again in ever greater wholes, and the response is the end', () => {
  const { events, frames } = written({ input: 'Hi', temperature: 0.5, metadata: { a: 'b' } }, [
    { type: 'stream-start', warnings: [] },
    { type: 'response-metadata', id: 'up_1', modelId: 'answering' },
    ...text('0', 'Hel', 'lo'),
    finish(),
  ]);
  expect(namesOf(events)).toEqual([
    ...[
      'created',
      'in_progress',
      'output_item.added',
      'content_part.added',
      'output_text.delta',
      'output_text.delta',
    ],
    ...['output_text.done', 'content_part.done', 'output_item.done', 'completed'],
  ]);
  expect(events.map(({ sequence_number }) => sequence_number)).toEqual(events.map((_, index) => index));
  expect(frames.map(({ last }) => last)).toEqual(events.map(({ type }) => type === 'response.completed'));
  expect(events.at(-1).response).toMatchObject({
    id: 'resp_0123',
    object: 'response',
    created_at: 1_700_000_000,
    status: 'completed',
    error: null,
    incomplete_details: null,
    model: 'answering',
    temperature: 0.5,
    metadata: { a: 'b' },
    store: false,
    output: [
      {
        id: 'msg_0123_0',
        type: 'message',
        status: 'completed',
        role: 'assistant',
        content: [{ type: 'output_text', text: 'Hello', annotations: [], logprobs: [] }],
      },
    ],
    usage: {
      input_tokens: 21,
      input_tokens_details: { cached_tokens: 8, cache_write_tokens: 3 },
      output_tokens: 13,
      output_tokens_details: { reasoning_tokens: 5 },
      total_tokens: 34,
    },
  });
});

it('a reasoning is a summary, and nothing of it is sealed for who did not ask for that', () => {
  const parts: Part[] = [
    { type: 'reasoning-start', id: '0' },
    { type: 'reasoning-delta', id: '0', delta: 'Let ' },
    { type: 'reasoning-delta', id: '0', delta: 'me' },
    { type: 'reasoning-end', id: '0', providerMetadata: { anthropic: { signature: 'sig' } } },
    ...text('0', 'Hi'),
    finish(),
  ];
  const { events } = written({ input: 'Hi' }, parts);
  expect(namesOf(events).slice(2, 8)).toEqual([
    ...['output_item.added', 'reasoning_summary_part.added', 'reasoning_summary_text.delta'],
    ...['reasoning_summary_text.delta', 'reasoning_summary_text.done', 'reasoning_summary_part.done'],
  ]);
  const [thought, message] = events.at(-1).response.output;
  expect(thought).toEqual({
    id: 'rs_0123_0',
    type: 'reasoning',
    summary: [{ type: 'summary_text', text: 'Let me' }],
  });
  expect(message.content[0].text).toBe('Hi');
});

it('texts that follow each other are parts of one message, and their sources its annotations', () => {
  const url = 'https://example.org/';
  const source = { type: 'source', sourceType: 'url', id: 's', url, title: 'T' } as const;
  const { events } = written({ input: 'Hi' }, [
    ...text('0', 'One'),
    { type: 'text-start', id: '1' },
    { type: 'text-delta', id: '1', delta: 'Two' },
    { type: 'text-end', id: '1', citations: [{ source, startIndex: 0, endIndex: 3 }] },
    source,
    finish(),
  ]);
  const annotation = { type: 'url_citation', url, title: 'T' };
  expect(events.at(-1).response.output).toEqual([
    {
      ...{ id: 'msg_0123_0', type: 'message', status: 'completed', role: 'assistant' },
      content: [
        { type: 'output_text', text: 'One', annotations: [], logprobs: [] },
        {
          ...{ type: 'output_text', text: 'Two', logprobs: [] },
          annotations: [
            { ...annotation, start_index: 0, end_index: 3 },
            { ...annotation, start_index: 3, end_index: 3 },
          ],
        },
      ],
    },
  ]);
  expect(events.filter(({ type }) => type === 'response.output_text.annotation.added')).toHaveLength(2);
});

it('a refusal is one, in its events and in its part', () => {
  const { events } = written({ input: 'Hi' }, [
    { type: 'text-start', id: '0', providerMetadata: { openai: { refusal: true } } },
    { type: 'text-delta', id: '0', delta: 'I will not.' },
    { type: 'text-end', id: '0' },
    finish('content-filter', 'refusal'),
  ]);
  expect(namesOf(events).slice(3)).toEqual([
    ...[
      'content_part.added',
      'refusal.delta',
      'refusal.done',
      'content_part.done',
      'output_item.done',
      'completed',
    ],
  ]);
  expect(events.at(-1).response.output[0].content).toEqual([{ type: 'refusal', refusal: 'I will not.' }]);
});

it.each([
  ['length', 'response.incomplete', 'incomplete', 'max_output_tokens'],
  ['content-filter', 'response.incomplete', 'incomplete', 'content_filter'],
  ['error', 'response.failed', 'failed', undefined],
  ['other', 'response.completed', 'completed', undefined],
] as const)(
  'a reply that ends by %s is told as %s, with what there is of it',
  (unified, name, status, reason) => {
    const { events, frames } = written(TOOLS, [
      { type: 'text-start', id: '0' },
      { type: 'text-delta', id: '0', delta: 'Once' },
      begins('a', 'f'),
      input('a', '{"x":'),
      finish(unified),
    ]);
    const last = events.at(-1);
    expect([last.type, last.response.status, last.response.incomplete_details?.reason]).toEqual([
      name,
      status,
      reason,
    ]);
    expect(last.response.output.map((item: { status: string }) => item.status)).toEqual([
      status === 'incomplete' ? 'incomplete' : 'completed',
      'incomplete',
    ]);
    expect(last.response.output[1].arguments).toBe('{"x":');
    expect(frames.at(-1)?.last).toBe(true);
  },
);

it('an image that was made is a call of its own, and a wait is heard once the response has begun', () => {
  const ping: Part = { type: 'ping' };
  const { events, frames } = written({ input: 'Hi' }, [
    ping,
    { type: 'file', mediaType: 'image/png', data: { type: 'data', data: 'aGk=' } },
    ping,
    finish(),
  ]);
  expect(events.at(-1).response.output).toEqual([
    { id: 'ig_0123_0', type: 'image_generation_call', status: 'completed', result: 'aGk=' },
  ]);
  expect(frames.filter(({ bytes }) => new TextDecoder().decode(bytes).startsWith(':'))).toHaveLength(1);
});

it('a whole reply is the response that a stream of it would end with', () => {
  const answer: Answer = {
    content: [
      { type: 'reasoning', text: 'Hm', providerMetadata: { anthropic: { signature: 's' } } },
      { type: 'text', text: 'Hello' },
      {
        type: 'tool-call',
        toolCallId: 'a',
        toolName: 'n__g',
        input: '{"y":2}',
        providerMetadata: { google: { thoughtSignature: 't' } },
      },
      { type: 'tool-call', toolCallId: 'b', toolName: 'patch', input: '{"input":"x"}' },
    ],
    finishReason: { unified: 'tool-calls', raw: 'tool_use' },
    usage: USAGE,
    response: { id: 'msg_up', modelId: 'answering' },
  };
  const body = { ...TOOLS, include: ['reasoning.encrypted_content'] };
  const { events } = written(body, [
    { type: 'response-metadata', modelId: 'answering' },
    { type: 'reasoning-start', id: '0' },
    { type: 'reasoning-delta', id: '0', delta: 'Hm' },
    { type: 'reasoning-end', id: '0', providerMetadata: { anthropic: { signature: 's' } } },
    ...text('1', 'Hel', 'lo'),
    calls('a', 'n__g', '{"y":2}'),
    calls('b', 'patch', '{"input":"x"}'),
    finish('tool-calls'),
  ]);
  const whole = JSON.parse(understood(body).writer(HEAD).whole(answer));
  const streamed = events.at(-1).response;
  const proof = whole.output.splice(3, 1)[0];
  expect(proof).toMatchObject({ type: 'reasoning', summary: [] });
  const withoutIds = (response: { output: { id: string }[] }) => ({
    ...response,
    output: response.output.map(({ id: _, ...item }) => item),
  });
  expect(withoutIds(whole)).toEqual(withoutIds(streamed));
});

it('what is asked at length is not said back', () => {
  const { frames } = written({ ...TOOLS, instructions: 'SAID-ONCE' }, [...text('0', 'Hi'), finish()]);
  expect(eventsOf(frames).at(-1).response).toMatchObject({ tools: [], instructions: null });
  expect(frames.map(({ bytes }) => new TextDecoder().decode(bytes)).join('')).not.toContain('SAID-ONCE');
});
