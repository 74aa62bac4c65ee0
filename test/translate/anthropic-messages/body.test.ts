// A question in Anthropic's dialect: what the API takes, and nothing that it refuses.
import { describe, expect, it } from 'vitest';
import type { AssistantPart, Message, ToolOutput, ToolPart } from '../../../src/translate/neutral.ts';
import { MARK, refusalOf, SAID_HI, sent } from './asked.ts';

const system = (content: string, marked = false): Message => ({
  role: 'system',
  content,
  ...(marked ? { providerOptions: { anthropic: { cacheControl: MARK } } } : {}),
});
const user = (text: string): Message => ({ role: 'user', content: [{ type: 'text', text }] });
const assistant = (...content: AssistantPart[]): Message => ({ role: 'assistant', content });
const says = (text: string): AssistantPart => ({ type: 'text', text });
const call = (toolCallId: string, input: unknown = { x: 1 }): AssistantPart => ({
  type: 'tool-call',
  toolCallId,
  toolName: 'f',
  input,
});
const result = (toolCallId: string, output: ToolOutput = { type: 'text', value: 'r' }): ToolPart => ({
  type: 'tool-result',
  toolCallId,
  toolName: 'f',
  output,
});
const results = (...content: ToolPart[]): Message => ({ role: 'tool', content });
const block = (text: string) => ({ type: 'text', text });
const bodyOf = (...asked: Parameters<typeof sent>) => sent(...asked).body;
const turnsOf = (...prompt: Message[]) => bodyOf({ prompt }).messages;

describe('a system prompt', () => {
  it.each([
    ['of one text is a text', [system('A')], 'A'],
    ['of more is blocks', [system('A'), system('B')], [block('A'), block('B')]],
    ['that is cached is blocks', [system('A', true)], [{ ...block('A'), cache_control: MARK }]],
    ['that says nothing is none', [system(' ')], undefined],
  ])('%s', (_, messages, said) => {
    expect(bodyOf({ prompt: [...messages, SAID_HI] }).system).toEqual(said);
  });

  it('is taken from the beginning alone', () => {
    const { body } = sent({
      prompt: [system('A'), user('Hi'), system('B'), assistant(says('x')), system('C'), user('y')],
    });
    expect(body.system).toBe('A');
    expect(body.messages).toEqual([
      { role: 'user', content: [block('Hi'), block('<system-reminder>\nB\n</system-reminder>')] },
      { role: 'assistant', content: [block('x')] },
      { role: 'user', content: [block('<system-reminder>\nC\n</system-reminder>'), block('y')] },
    ]);
  });

  it('alone is said by the user, for somebody must speak', () => {
    const { body, notes } = sent({ prompt: [system('A'), system('B')] });
    expect(body).toMatchObject({ system: 'A', messages: [{ role: 'user', content: [block('B')] }] });
    expect(notes).toContain('messages: the system prompt is said by the user');
    expect(refusalOf(() => sent({ prompt: [system(' ')] }))).toEqual(['bad_request', 'messages']);
  });
});

describe('turns', () => {
  it('of one role are one', () => {
    expect(
      turnsOf(
        user('a'),
        user('b'),
        assistant(says('c')),
        assistant(says('d'), call('i')),
        results(result('i')),
        user('e'),
      ),
    ).toEqual([
      { role: 'user', content: [block('a'), block('b')] },
      {
        role: 'assistant',
        content: [block('c'), block('d'), { type: 'tool_use', id: 'i', name: 'f', input: { x: 1 } }],
      },
      { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'i', content: 'r' }, block('e')] },
    ]);
  });

  it('that say nothing are left out', () => {
    expect(turnsOf(user('a'), assistant(says(' ')), user('\n'), user('b'))).toEqual([
      { role: 'user', content: [block('a'), block('b')] },
    ]);
  });

  it('begin with the user', () => {
    const { body, notes } = sent({ prompt: [assistant(says('Hello')), user('Hi')] });
    expect(body.messages.map(({ role }: { role: string }) => role)).toEqual(['user', 'assistant', 'user']);
    expect(notes).toContain('messages: a turn of the user put before the first');
  });

  it('that end with a reply begun end with no white space', () => {
    expect(turnsOf(user('a'), assistant(says('{ \n'))).at(-1).content).toEqual([block('{')]);
  });

  it('have the thoughts that are proven', () => {
    const thoughts: AssistantPart[] = [
      { type: 'reasoning', text: 'Hm', providerOptions: { anthropic: { signature: 'S' } } },
      { type: 'reasoning', text: '', providerOptions: { anthropic: { redactedData: 'R' } } },
      { type: 'reasoning', text: 'unproven' },
      { type: 'reasoning', text: 'theirs', providerOptions: { google: { thoughtSignature: 'T' } } },
    ];
    expect(turnsOf(user('a'), assistant(...thoughts, says('b')), user('c'))[1].content).toEqual([
      { type: 'thinking', thinking: 'Hm', signature: 'S' },
      { type: 'redacted_thinking', data: 'R' },
      block('b'),
    ]);
  });

  it('have marks of the cache on the block they mark', () => {
    const marked = { providerOptions: { anthropic: { cacheControl: MARK } } };
    const messages = turnsOf(
      { role: 'user', content: [says('a') as never, { type: 'text', text: 'b', ...marked }] },
      { ...assistant(says('c'), call('i')), ...marked },
      results({ ...result('i'), ...marked } as ToolPart),
    );
    expect(
      messages.map(({ content }: { content: object[] }) => content.map((each) => 'cache_control' in each)),
    ).toEqual([[false, true], [false, true], [true]]);
  });

  it.each<[string, ToolOutput, object]>([
    ['a text', { type: 'text', value: 'r' }, { content: 'r' }],
    ['JSON', { type: 'json', value: { a: 1 } }, { content: '{"a":1}' }],
    ['a failure', { type: 'error-text', value: 'no' }, { content: 'no', is_error: true }],
    ['a failure in JSON', { type: 'error-json', value: { a: 1 } }, { content: '{"a":1}', is_error: true }],
    ['a denial', { type: 'execution-denied', reason: 'no' }, { content: 'no', is_error: true }],
    [
      'an image',
      {
        type: 'content',
        value: [
          { type: 'text', text: 'r' },
          { type: 'file', mediaType: 'image/png', data: { type: 'data', data: 'aGk=' } },
        ],
      },
      {
        content: [
          block('r'),
          { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'aGk=' } },
        ],
      },
    ],
  ])('have results of %s', (_, output, said) => {
    const [, , { content }] = turnsOf(user('a'), assistant(call('i')), results(result('i', output)));
    expect(content).toEqual([{ type: 'tool_result', tool_use_id: 'i', ...said }]);
  });

  it('have ids that the API takes, the same for a call and its result, and each once', () => {
    const loop = (id: string): Message[] => [assistant(call(id)), results(result(id))];
    const messages = turnsOf(
      user('a'),
      ...loop('functions.f:0'),
      ...loop('functions.f:0'),
      ...loop('call_1'),
      ...loop('call_1'),
      ...loop('日本'),
    );
    const ids = messages.flatMap(({ content }: { content: { id?: string; tool_use_id?: string }[] }) =>
      content.flatMap(({ id, tool_use_id }) => id ?? tool_use_id ?? []),
    );
    const named = ['functions_f_0', 'functions_f_0_2', 'call_1', 'call_1_2', '__'];
    expect(ids).toEqual(named.flatMap((id) => [id, id]));
  });

  it.each([
    [{ x: 1 }, { x: 1 }],
    ['{"x":1}', { x: 1 }],
    ['any text', { input: 'any text' }],
    [null, {}],
    [[1], { input: [1] }],
  ])('have calls whose input %o is an object', (input, said) => {
    const [, { content }] = turnsOf(user('a'), assistant(call('i', input)), results(result('i')));
    expect(content[0].input).toEqual(said);
  });
});

describe('a file', () => {
  type File = Extract<Extract<Message, { role: 'user' }>['content'][number], { type: 'file' }>;
  const shown = (file: Omit<File, 'type'>, ...asked: [Parameters<typeof sent>[1]?]) =>
    bodyOf({ prompt: [{ role: 'user', content: [{ type: 'file', ...file }] }] }, ...asked).messages[0]
      .content[0];
  const data = (text: string) => ({ type: 'data', data: text }) as const;
  const url = (text: string) => ({ type: 'url', url: new URL(text) }) as const;

  it.each<[string, Omit<File, 'type'>, object]>([
    [
      'an image',
      { mediaType: 'image/webp', data: data('aGk=') },
      { type: 'image', source: { type: 'base64', media_type: 'image/webp', data: 'aGk=' } },
    ],
    [
      'an image that is called something else',
      { mediaType: 'image/jpeg', data: data('iVBORw0KGgo=') },
      { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'iVBORw0KGgo=' } },
    ],
    [
      'an image of bytes',
      { mediaType: 'image/*', data: { type: 'data', data: new Uint8Array([0xff, 0xd8, 0xff]) } },
      { type: 'image', source: { type: 'base64', media_type: 'image/jpeg', data: '/9j/' } },
    ],
    [
      'an image by its address',
      { mediaType: 'image/*', data: url('https://example.org/a') },
      { type: 'image', source: { type: 'url', url: 'https://example.org/a' } },
    ],
    [
      'a document',
      { mediaType: 'application/pdf', data: data('JVBERi0='), filename: 'a.pdf' },
      {
        type: 'document',
        source: { type: 'base64', media_type: 'application/pdf', data: 'JVBERi0=' },
        title: 'a.pdf',
      },
    ],
    [
      'a document by its address',
      { mediaType: 'application/pdf', data: url('https://example.org/a') },
      { type: 'document', source: { type: 'url', url: 'https://example.org/a' } },
    ],
    [
      'a text',
      { mediaType: 'text/markdown', data: data('SGk='), filename: 'a.md' },
      { type: 'document', source: { type: 'text', media_type: 'text/plain', data: 'Hi' }, title: 'a.md' },
    ],
    [
      'a text at hand',
      {
        mediaType: 'text/plain',
        data: { type: 'text', text: 'Hi' },
        providerOptions: { anthropic: { title: 'T', context: 'C' } },
      },
      {
        type: 'document',
        source: { type: 'text', media_type: 'text/plain', data: 'Hi' },
        title: 'T',
        context: 'C',
      },
    ],
  ])('is %s', (_, file, said) => {
    expect(shown(file)).toEqual(said);
  });

  it.each<[string, Omit<File, 'type'>]>([
    ['of sound', { mediaType: 'audio/wav', data: data('aGk=') }],
    ['of an image nobody knows', { mediaType: 'image/tiff', data: data('aGk=') }],
    ['of no type', { mediaType: 'application/octet-stream', data: data('aGk=') }],
    ['of a text that is none', { mediaType: 'text/plain', data: data('/////w==') }],
    [
      'that is stored elsewhere',
      { mediaType: 'application/pdf', data: { type: 'reference', reference: { openai: 'file_1' } } },
    ],
  ])('%s is refused', (_, file) => {
    expect(refusalOf(() => shown(file))[0]).toBe('unsupported_parameter');
  });

  it.each(['bedrock', 'vertex', 'ollama'] as const)('is not fetched by %s', (provider) => {
    expect(
      refusalOf(() => shown({ mediaType: 'image/*', data: url('https://example.org/a') }, { provider }))[0],
    ).toBe('unsupported_parameter');
  });
});
