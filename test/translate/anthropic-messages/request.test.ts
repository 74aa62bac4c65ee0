// What Anthropic's clients ask, in the neutral form: nothing that can be carried is lost.
import { describe, expect, it } from 'vitest';
import { HI, MARK, SAID_HI, understood } from './asked.ts';

const question = (body: object) => understood(body).question;
const turns = (...messages: object[]) => question({ messages }).prompt;
const use = (id: string, name = 'f', input: object = { x: 1 }) => ({ type: 'tool_use', id, name, input });
const result = (id: string, more: object = {}) => ({ type: 'tool_result', tool_use_id: id, ...more });
const called = (...results: object[]) => [
  HI,
  { role: 'assistant', content: [use('a')] },
  { role: 'user', content: results },
];

describe('a system prompt', () => {
  it.each([
    ['of a text', 'Be brief.', [{ role: 'system', content: 'Be brief.' }]],
    ['that is empty', '', []],
    [
      'of blocks stays in blocks, with what is cached of them',
      [
        { type: 'text', text: 'A' },
        { type: 'text', text: 'B', cache_control: MARK },
      ],
      [
        { role: 'system', content: 'A' },
        { role: 'system', content: 'B', providerOptions: { anthropic: { cacheControl: MARK } } },
      ],
    ],
  ])('%s', (_, system, said) => {
    expect(question({ system }).prompt).toEqual([...said, SAID_HI]);
  });

  it('has no word of who is billed', () => {
    const { question, notes } = understood({
      system: [
        { type: 'text', text: 'x-anthropic-billing-header: cc_version=2' },
        { type: 'text', text: 'A' },
      ],
    });
    expect(question.prompt).toEqual([{ role: 'system', content: 'A' }, SAID_HI]);
    expect(notes.header()).toBe('system[0]: dropped');
  });

  it('in the middle stays there, and never between a call and its result', () => {
    const reminder = { role: 'system', content: [{ type: 'text', text: 'Mind.', cache_control: MARK }] };
    const said = {
      role: 'system',
      content: 'Mind.',
      providerOptions: { anthropic: { cacheControl: MARK } },
    };
    expect(turns(HI, reminder, HI)).toEqual([SAID_HI, said, SAID_HI]);
    const [first, call, ...results] = called(result('a', { content: 'r' }));
    const prompt = turns(...[first, call].filter((turn) => turn !== undefined), reminder, ...results);
    expect(prompt.map(({ role }) => role)).toEqual(['user', 'assistant', 'tool', 'system']);
  });
});

describe('a turn', () => {
  const png = { type: 'base64', media_type: 'image/png', data: 'iVBORw0KGgo=' };
  const pdf = { type: 'base64', media_type: 'application/pdf', data: 'JVBERi0=' };
  const file = (mediaType: string, data: object) => ({ type: 'file', mediaType, data });
  const url = (text: string) => ({ type: 'url', url: new URL(text) });

  it.each([
    ['an image', { type: 'image', source: png }, file('image/png', { type: 'data', data: png.data })],
    [
      'an image by its address',
      { type: 'image', source: { type: 'url', url: 'https://example.org/a.png' } },
      file('image/*', url('https://example.org/a.png')),
    ],
    [
      'a document with its title and what it is about',
      { type: 'document', source: pdf, title: 'T', context: 'C', cache_control: MARK },
      {
        ...file('application/pdf', { type: 'data', data: pdf.data }),
        filename: 'T',
        providerOptions: { anthropic: { context: 'C', cacheControl: MARK } },
      },
    ],
    [
      'a document by its address',
      { type: 'document', source: { type: 'url', url: 'https://example.org/a.pdf' } },
      file('application/pdf', url('https://example.org/a.pdf')),
    ],
    [
      'a document of text',
      { type: 'document', source: { type: 'text', media_type: 'text/plain', data: 'D' } },
      file('text/plain', { type: 'text', text: 'D' }),
    ],
    [
      'a document of blocks',
      {
        type: 'document',
        source: {
          type: 'content',
          content: [
            { type: 'text', text: 'D' },
            { type: 'text', text: 'E' },
          ],
        },
      },
      file('text/plain', { type: 'text', text: 'D\nE' }),
    ],
    [
      'a result of a search',
      {
        type: 'search_result',
        title: 'T',
        source: 'https://example.org',
        content: [{ type: 'text', text: 'found' }],
      },
      { type: 'text', text: 'T\nhttps://example.org\n\nfound' },
    ],
  ])('has %s', (_, block, part) => {
    expect(turns({ role: 'user', content: [block] })).toEqual([{ role: 'user', content: [part] }]);
  });

  it('of the assistant has its thoughts with their proof, its words and its calls', () => {
    const content = [
      { type: 'thinking', thinking: 'Hm', signature: 'S' },
      { type: 'redacted_thinking', data: 'R' },
      { type: 'thinking', thinking: 'unproven', signature: '' },
      { type: 'text', text: 'Now', cache_control: MARK },
      use('a'),
    ];
    const [, said] = turns(HI, { role: 'assistant', content }, { role: 'user', content: [result('a')] });
    expect(said).toEqual({
      role: 'assistant',
      content: [
        { type: 'reasoning', text: 'Hm', providerOptions: { anthropic: { signature: 'S' } } },
        { type: 'reasoning', text: '', providerOptions: { anthropic: { redactedData: 'R' } } },
        { type: 'reasoning', text: 'unproven' },
        { type: 'text', text: 'Now', providerOptions: { anthropic: { cacheControl: MARK } } },
        { type: 'tool-call', toolCallId: 'a', toolName: 'f', input: { x: 1 } },
      ],
    });
  });

  it.each([
    ['of a text', { content: 'r' }, { type: 'text', value: 'r' }],
    ['of nothing', {}, { type: 'text', value: '' }],
    ['of one block', { content: [{ type: 'text', text: 'r' }] }, { type: 'text', value: 'r' }],
    ['of a failure', { content: 'no', is_error: true }, { type: 'error-text', value: 'no' }],
    [
      'of a failure in blocks',
      {
        content: [
          { type: 'text', text: 'no' },
          { type: 'text', text: 'way' },
        ],
        is_error: true,
      },
      { type: 'error-text', value: 'no\nway' },
    ],
    [
      'with an image',
      {
        content: [
          { type: 'text', text: 'r' },
          { type: 'image', source: png },
        ],
      },
      {
        type: 'content',
        value: [{ type: 'text', text: 'r' }, file('image/png', { type: 'data', data: png.data })],
      },
    ],
  ])('has a result %s', (_, more, output) => {
    const prompt = turns(...called(result('a', more)));
    expect(prompt[2]).toEqual({
      role: 'tool',
      content: [{ type: 'tool-result', toolCallId: 'a', toolName: 'f', output }],
    });
  });

  it('has results first, whatever stands between them, and what is said of them', () => {
    const prompt = turns(
      ...called(
        { type: 'text', text: 'look' },
        result('a', { content: [{ type: 'image', source: png }], is_error: true, cache_control: MARK }),
      ),
    );
    expect(prompt.slice(2)).toMatchObject([
      {
        role: 'tool',
        content: [{ toolCallId: 'a', providerOptions: { anthropic: { isError: true, cacheControl: MARK } } }],
      },
      { role: 'user', content: [{ type: 'text', text: 'look' }] },
    ]);
  });
});
