// A request of Ollama's says the same in the neutral form; what cannot be said is refused by its name, or left out and told.
import { expect, it } from 'vitest';
import { refused, understood } from './asked.ts';

const PNG = 'iVBORw0KGgoAAAANSUhEUg==';
const hi = { role: 'user', content: 'Hi' };
const said = [{ role: 'user', content: [{ type: 'text', text: 'Hi' }] }];
const calls = (...names: string[]) => ({
  role: 'assistant',
  content: '',
  tool_calls: names.map((name) => ({ function: { name, arguments: { of: name } } })),
});
const result = (content: string, more: object = {}) => ({ role: 'tool', content, ...more });

it('a conversation is carried with its images and thoughts', () => {
  const { question } = understood('chat', {
    messages: [
      { role: 'system', content: 'Be brief.' },
      { role: 'user', content: 'Look', images: [PNG] },
      { role: 'assistant', content: 'A dot.', thinking: 'Hm' },
      hi,
    ],
  });
  expect(question.prompt).toEqual([
    { role: 'system', content: 'Be brief.' },
    {
      role: 'user',
      content: [
        { type: 'text', text: 'Look' },
        { type: 'file', mediaType: 'image/png', data: { type: 'data', data: PNG } },
      ],
    },
    {
      role: 'assistant',
      content: [
        { type: 'reasoning', text: 'Hm' },
        { type: 'text', text: 'A dot.' },
      ],
    },
    ...said,
  ]);
});

it.each([
  [
    'by the names of their tools',
    [result('2', { tool_name: 'g' }), result('1', { name: 'f' }), result('3', { tool_name: 'f' })],
  ],
  ['by their order', [result('1'), result('2'), result('3')]],
])('results find their calls %s, each another', (_, results) => {
  const { question } = understood('chat', { messages: [hi, calls('f', 'g', 'f'), ...results] });
  const [, assistant, tool] = question.prompt;
  const made = assistant?.role === 'assistant' ? assistant.content : [];
  expect(made).toEqual([
    { type: 'tool-call', toolCallId: 'call_0', toolName: 'f', input: { of: 'f' } },
    { type: 'tool-call', toolCallId: 'call_1', toolName: 'g', input: { of: 'g' } },
    { type: 'tool-call', toolCallId: 'call_2', toolName: 'f', input: { of: 'f' } },
  ]);
  const got = (tool?.role === 'tool' ? tool.content : []).map((part) =>
    part.type === 'tool-result' ? [part.toolCallId, part.toolName, part.output] : [],
  );
  expect(got.sort()).toEqual([
    ['call_0', 'f', { type: 'text', value: '1' }],
    ['call_1', 'g', { type: 'text', value: '2' }],
    ['call_2', 'f', { type: 'text', value: '3' }],
  ]);
});

it('ids are kept where a client sends them, in later turns too', () => {
  const withId = (id: string) => ({
    role: 'assistant',
    tool_calls: [{ id, function: { name: 'f', arguments: {} } }],
  });
  const { question } = understood('chat', {
    messages: [hi, withId('call_0'), result('1', { tool_call_id: 'call_0' }), calls('f'), result('2')],
  });
  expect(JSON.stringify(question.prompt).match(/"toolCallId":"[^"]+"/g)).toEqual([
    ...['"toolCallId":"call_0"', '"toolCallId":"call_0"', '"toolCallId":"call_1"', '"toolCallId":"call_1"'],
  ]);
});

it.each(['chat', 'generate'] as const)(
  'sampling, formats and thinking are asked in neutral words: %s',
  (kind) => {
    const { question, notes } = understood(kind, {
      ...(kind === 'chat' ? { messages: [hi] } : { prompt: 'Hi' }),
      options: {
        ...{ num_predict: 64, temperature: 0.5, top_p: 0.9, top_k: 40, seed: 7, stop: ['END'] },
        ...{ presence_penalty: 0.1, frequency_penalty: 0.2, num_ctx: 8192, mirostat: 1 },
      },
      format: { type: 'object', properties: { a: { type: 'string' } } },
      think: 'high',
      keep_alive: '5m',
      truncate: true,
    });
    expect(question).toEqual({
      prompt: said,
      ...{ maxOutputTokens: 64, temperature: 0.5, topP: 0.9, topK: 40, seed: 7, stopSequences: ['END'] },
      ...{ presencePenalty: 0.1, frequencyPenalty: 0.2, reasoning: 'high' },
      responseFormat: { type: 'json', schema: { type: 'object', properties: { a: { type: 'string' } } } },
      providerOptions: { openai: { strictJsonSchema: false } },
    });
    expect(notes.header()).toBe(
      'keep_alive: dropped, truncate: dropped, options.num_ctx: dropped, options.mirostat: dropped',
    );
  },
);

it.each([
  [{ options: { num_predict: -1, top_k: 0, stop: '' }, format: '', think: '' }, {}],
  [
    { think: true, format: 'json' },
    { reasoning: 'medium', responseFormat: { type: 'json' }, providerOptions: expect.anything() },
  ],
  [{ think: false, options: null }, { reasoning: 'none' }],
])('%j asks for no more than it says', (more, asked) => {
  const { prompt: _, ...rest } = understood('chat', { messages: [hi], ...more }).question;
  expect(rest).toEqual(asked);
});

it('tools are functions, and a completion with a system prompt and images is a conversation of one turn', () => {
  const tool = {
    type: 'function',
    function: { name: 'f', description: 'F', parameters: { type: 'object' } },
  };
  expect(understood('chat', { messages: [hi], tools: [tool] }).question.tools).toEqual([
    { type: 'function', name: 'f', description: 'F', inputSchema: { type: 'object' } },
  ]);
  const { question } = understood('generate', {
    prompt: 'Look',
    system: 'Be',
    images: [PNG],
    raw: false,
    context: [],
  });
  expect(question.prompt).toEqual([
    { role: 'system', content: 'Be' },
    {
      role: 'user',
      content: [
        { type: 'text', text: 'Look' },
        { type: 'file', mediaType: 'image/png', data: { type: 'data', data: PNG } },
      ],
    },
  ]);
});

it.each([
  ['chat', 'a model to be loaded', { messages: [] }, 'messages'],
  ['chat', 'probabilities', { messages: [hi], logprobs: true }, 'logprobs'],
  ['chat', 'the best of them', { messages: [hi], top_logprobs: 3 }, 'top_logprobs'],
  ['generate', 'a model to be loaded', { prompt: '' }, 'prompt'],
  ['generate', 'a raw prompt', { prompt: 'x', raw: true }, 'raw'],
  ['generate', 'a template', { prompt: 'x', template: '{{ .Prompt }}' }, 'template'],
  ['generate', 'a context of tokens', { prompt: 'x', context: [1, 2] }, 'context'],
  ['generate', 'a gap to fill', { prompt: 'x', suffix: 'y' }, 'suffix'],
] as const)('%s: %s cannot be carried and is refused by name', (kind, _, body, param) => {
  expect(refused(kind, body)).toEqual(['unsupported_parameter', param]);
});

it.each([
  ['a role that nobody has', { messages: [{ role: 'critic', content: 'x' }] }, 'messages[0].role'],
  ['content of a list', { messages: [{ role: 'user', content: [] }] }, 'messages[0].content'],
  ['nothing said', { messages: [{ role: 'system', content: '' }] }, 'messages'],
  ['an image that is no base64', { messages: [{ ...hi, images: ['!'] }] }, 'messages[0].images[0]'],
  ['an image that is none', { messages: [{ ...hi, images: ['aGVsbG8='] }] }, 'messages[0].images[0]'],
  ['a result of no call', { messages: [hi, result('x')] }, 'messages[1]'],
  ['more results than calls', { messages: [calls('f'), result('x'), result('y')] }, 'messages[2]'],
  ['a call without a result', { messages: [calls('f'), hi] }, 'messages[1]'],
  ['a call at the end', { messages: [hi, calls('f')] }, 'messages'],
  [
    'two calls of one id',
    {
      messages: [{ role: 'assistant', tool_calls: [1, 2].map(() => ({ id: 'c', function: { name: 'f' } })) }],
    },
    'messages[0].tool_calls[1].id',
  ],
  [
    'arguments as text',
    { messages: [{ role: 'assistant', tool_calls: [{ function: { name: 'f', arguments: '{}' } }] }] },
    'messages[0].tool_calls[0].function.arguments',
  ],
  ['a tool without its function', { messages: [hi], tools: [{ type: 'function' }] }, 'tools[0].function'],
  [
    'two tools of one name',
    { messages: [hi], tools: [1, 2].map(() => ({ function: { name: 'f' } })) },
    'tools[1].function.name',
  ],
  ['too many tools', { messages: [hi], tools: Array.from({ length: 2001 }, () => ({})) }, 'tools'],
  ['options of a list', { messages: [hi], options: [] }, 'options'],
  ['a temperature of text', { messages: [hi], options: { temperature: 'hot' } }, 'options.temperature'],
  ['a seed of a half', { messages: [hi], options: { seed: 0.5 } }, 'options.seed'],
  ['a format that is none', { messages: [hi], format: 'yaml' }, 'format'],
  ['thinking of a number', { messages: [hi], think: 7 }, 'think'],
])('%s is a bad request, and its place is named', (_, body, param) => {
  expect(refused('chat', body)).toEqual(['bad_request', param]);
});
