// A neutral prompt as messages of a chat completion: what every server takes, and what only some do.
import { describe, expect, it } from 'vitest';
import { Refusal } from '../../../src/refusal.ts';
import type { Message, Question } from '../../../src/translate/neutral.ts';
import { sent } from './asked.ts';

const PNG = 'iVBORw0KGgo=';
const image = { type: 'file', mediaType: 'image/png', data: { type: 'data', data: PNG } } as const;
const shown = { type: 'image_url', image_url: { url: `data:image/png;base64,${PNG}` } };
const hi: Message = { role: 'user', content: [{ type: 'text', text: 'Hi' }] };
const calls = (...ids: string[]): Message => ({
  role: 'assistant',
  content: ids.map((toolCallId) => ({ type: 'tool-call', toolCallId, toolName: 'f', input: { a: 1 } })),
});
const result = (toolCallId: string, output: object) => ({
  ...{ type: 'tool-result', toolCallId, toolName: 'f' },
  output,
});
const results = (...content: object[]): Message => ({ role: 'tool', content: content as never });

describe('messages', () => {
  it('of every role are said', () => {
    const { body } = sent({
      prompt: [
        { role: 'system', content: 'Be brief.' },
        { role: 'user', content: [{ type: 'text', text: 'See:' }, image] },
        { role: 'assistant', content: [{ type: 'text', text: 'I ' }, { type: 'text', text: 'see.' }, ...[]] },
        { role: 'user', content: [] },
        calls('c1', 'c2'),
        results(
          result('c1', { type: 'text', value: 'one' }),
          result('c2', { type: 'json', value: { two: 2 } }),
        ),
        calls('c3', 'c4'),
        results(
          result('c3', { type: 'error-text', value: 'bad' }),
          result('c4', { type: 'execution-denied', reason: 'no' }),
        ),
        { role: 'system', content: 'Now French.' },
        hi,
      ],
    });
    const call = (id: string) => ({ id, type: 'function', function: { name: 'f', arguments: '{"a":1}' } });
    expect(body.messages).toEqual([
      { role: 'system', content: 'Be brief.' },
      { role: 'user', content: [{ type: 'text', text: 'See:' }, shown] },
      { role: 'assistant', content: 'I see.' },
      { role: 'user', content: '' },
      { role: 'assistant', content: null, tool_calls: [call('c1'), call('c2')] },
      { role: 'tool', tool_call_id: 'c1', content: 'one' },
      { role: 'tool', tool_call_id: 'c2', content: '{"two":2}' },
      { role: 'assistant', content: null, tool_calls: [call('c3'), call('c4')] },
      { role: 'tool', tool_call_id: 'c3', content: 'bad' },
      { role: 'tool', tool_call_id: 'c4', content: 'no' },
      { role: 'system', content: 'Now French.' },
      { role: 'user', content: 'Hi' },
    ]);
  });

  it('show images of results to the model after all results, in one turn with what the user says', () => {
    const prompt = [
      calls('c1', 'c2'),
      results(
        result('c1', { type: 'content', value: [{ type: 'text', text: 'see' }, image] }),
        result('c2', { type: 'content', value: [image] }),
      ),
    ];
    const tools = [
      { role: 'tool', tool_call_id: 'c1', content: 'see\n[It is shown in the next message.]' },
      { role: 'tool', tool_call_id: 'c2', content: '[It is shown in the next message.]' },
    ];
    expect(sent({ prompt: [...prompt, hi] }).body.messages.slice(1)).toEqual([
      ...tools,
      { role: 'user', content: [shown, shown, { type: 'text', text: 'Hi' }] },
    ]);
    expect(sent({ prompt: [...prompt, calls('c3')] }).body.messages.slice(1, 4)).toEqual([
      ...tools,
      { role: 'user', content: [shown, shown] },
    ]);
    expect(sent({ prompt }).body.messages.slice(1)).toEqual([
      ...tools,
      { role: 'user', content: [shown, shown] },
    ]);
  });

  it.each([
    [
      'an image at an address, with its detail',
      {
        ...{
          type: 'file',
          mediaType: 'image/*',
          data: { type: 'url', url: new URL('https://example.org/a') },
        },
        providerOptions: { openai: { imageDetail: 'high' } },
      },
      { type: 'image_url', image_url: { url: 'https://example.org/a', detail: 'high' } },
    ],
    [
      'bytes',
      { ...image, data: { type: 'data', data: Uint8Array.from(atob(PNG), (c) => c.charCodeAt(0)) } },
      shown,
    ],
    [
      'a sound',
      { ...image, mediaType: 'audio/wav' },
      { type: 'input_audio', input_audio: { data: PNG, format: 'wav' } },
    ],
    [
      'a document',
      { ...image, mediaType: 'application/pdf', filename: 'a.pdf' },
      { type: 'file', file: { filename: 'a.pdf', file_data: `data:application/pdf;base64,${PNG}` } },
    ],
    [
      'a text',
      { ...image, mediaType: 'text/plain', data: { type: 'text', text: 'T' } },
      { type: 'text', text: 'T' },
    ],
    [
      'a text in base64',
      { ...image, mediaType: 'text/csv', data: { type: 'data', data: 'w6ks' } },
      { type: 'text', text: 'é,' },
    ],
    [
      'a file that is stored there',
      { ...image, data: { type: 'reference', reference: { openai: 'file-1' } } },
      { type: 'file', file: { file_id: 'file-1' } },
    ],
  ])('hold %s', (_, part, said) => {
    const { body } = sent({ prompt: [{ role: 'user', content: [part as never] }] });
    expect(body.messages).toEqual([{ role: 'user', content: [said] }]);
  });

  it.each([
    { ...image, mediaType: 'application/pdf', data: { type: 'url', url: new URL('https://example.org/a') } },
    { ...image, data: { type: 'reference', reference: { anthropic: 'file_1' } } },
  ])('cannot hold a file that is elsewhere (%#)', (part) => {
    expect(() => sent({ prompt: [{ role: 'user', content: [part as never] }] })).toThrow(Refusal);
  });

  const several: Question['prompt'] = [
    { role: 'system', content: 'A' },
    { role: 'system', content: 'B' },
    hi,
    { role: 'user', content: [{ type: 'text', text: 'there' }, image] },
    {
      role: 'assistant',
      content: [
        { type: 'reasoning', text: 'hm' },
        { type: 'text', text: 'x' },
      ],
    },
    hi,
  ];
  it.each(['vllm', 'sglang', 'llamacpp', 'trtllm'] as const)(
    'are told to %s in turns, with their reasoning',
    (provider) => {
      expect(sent({ prompt: several }, { provider, model: 'qwen3' }).body.messages).toEqual([
        { role: 'system', content: 'A\n\nB' },
        { role: 'user', content: [{ type: 'text', text: 'Hi' }, { type: 'text', text: 'there' }, shown] },
        { role: 'assistant', content: 'x', reasoning_content: 'hm' },
        { role: 'user', content: 'Hi' },
      ]);
    },
  );

  it.each([
    ['openai', 'gpt-5', {}],
    ['azure', 'deepseek-r1', {}],
    ['compatible', 'llama-3.3', {}],
    ['compatible', 'deepseek/deepseek-v3.2', { reasoning_content: 'hm' }],
    ['compatible', 'kimi-k2-thinking', { reasoning_content: 'hm' }],
    ['ollama', 'qwen3:8b', { reasoning: 'hm' }],
  ] as const)('of %s to %s have reasoning where its template wants it', (provider, model, said) => {
    const turn = sent({ prompt: several }, { provider, model }).body.messages.find(
      ({ role }: { role: string }) => role === 'assistant',
    );
    expect(turn).toEqual({ role: 'assistant', content: 'x', ...said });
  });

  it('have ids of calls as the target takes them, each call and its result the same', () => {
    const long = 'x'.repeat(41);
    const prompt = [
      calls(long, 'call_1'),
      results(result('call_1', { type: 'text', value: '1' }), result(long, { type: 'text', value: '2' })),
      calls(long),
      results(result(long, { type: 'text', value: '3' })),
    ];
    const ids = (model: string): string[] =>
      sent({ prompt }, { provider: 'compatible', model }).body.messages.flatMap(
        (each: { tool_call_id?: string; tool_calls?: { id: string }[] }) =>
          each.tool_calls?.map(({ id }) => id) ?? each.tool_call_id ?? [],
      );
    expect(ids('gpt-4o')).toEqual(['call_0', 'call_1', 'call_1', 'call_0', 'call_0', 'call_0']);
    const [a, b] = ['call00000', 'call00001'];
    expect(ids('mistral-large-latest')).toEqual([a, b, b, a, a, a]);
  });
});
