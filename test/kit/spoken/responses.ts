/**
 * OpenAI's responses on the wire: what the SDK and Codex send, what the API answers.
 */
import { expect } from 'vitest';
import type { Spoken } from './spoken.ts';
import { named, PNG, valuesIn } from './spoken.ts';

const USAGE = {
  input_tokens: 15,
  input_tokens_details: { cached_tokens: 7 },
  output_tokens: 11,
  output_tokens_details: { reasoning_tokens: 4 },
  total_tokens: 26,
};

const response = (text: string, more: object = {}) => ({
  id: 'resp_67ccd2bed1ec8190b14f964abc0542670bb6a6b452d3795b',
  object: 'response',
  created_at: 1741476542,
  status: 'completed',
  error: null,
  incomplete_details: null,
  instructions: null,
  model: 'gpt-upstream',
  output: [
    { id: 'rs_1', type: 'reasoning', summary: [{ type: 'summary_text', text }], encrypted_content: PNG },
    {
      id: 'msg_1',
      type: 'message',
      status: 'completed',
      role: 'assistant',
      content: [{ type: 'output_text', text, annotations: [], logprobs: [] }],
    },
    { id: 'fc_1', type: 'function_call', status: 'completed', call_id: 'call_1', name: 'f', arguments: text },
  ],
  store: false,
  text: { format: { type: 'text' }, verbosity: 'medium' },
  tool_choice: 'auto',
  tools: [],
  truncation: 'disabled',
  usage: USAGE,
  ...more,
});

/** The events of a reply: `pieces` as its reasoning, its text and a tool's arguments, in pieces and then in ever greater wholes. */
const stream = (pieces: readonly string[]): readonly string[] => {
  const text = pieces.join('');
  const begun = response('', { status: 'in_progress', output: [], usage: null });
  const [reasoning, message, call] = response(text).output;
  const at = (output_index: number, item_id: string) => ({ item_id, output_index });
  const said = { ...at(1, 'msg_1'), content_index: 0 };
  const thought = { ...at(0, 'rs_1'), summary_index: 0 };
  const part = { type: 'output_text', text: '', annotations: [], logprobs: [] };
  const events: [string, object][] = [
    ['response.created', { response: begun }],
    ['response.in_progress', { response: begun }],
    ['response.output_item.added', { output_index: 0, item: { ...reasoning, summary: [] } }],
    ['response.reasoning_summary_part.added', { ...thought, part: { type: 'summary_text', text: '' } }],
    ...pieces.map((delta): [string, object] => [
      'response.reasoning_summary_text.delta',
      { ...thought, delta, obfuscation: 'a8Fk2' },
    ]),
    ['response.reasoning_summary_text.done', { ...thought, text }],
    ['response.reasoning_summary_part.done', { ...thought, part: { type: 'summary_text', text } }],
    ['response.output_item.done', { output_index: 0, item: reasoning }],
    ['response.output_item.added', { output_index: 1, item: { ...message, content: [] } }],
    ['response.content_part.added', { ...said, part }],
    ['response.output_item.added', { output_index: 2, item: { ...call, arguments: '' } }],
    ...pieces.flatMap((delta): [string, object][] => [
      ['response.output_text.delta', { ...said, delta, logprobs: [], obfuscation: 'Zq01' }],
      ['response.function_call_arguments.delta', { ...at(2, 'fc_1'), delta }],
      ['response.later_thing.delta', { ...at(3, 'lt_1'), delta }],
    ]),
    ['response.output_text.done', { ...said, text, logprobs: [] }],
    ['response.content_part.done', { ...said, part: { ...part, text } }],
    ['response.output_item.done', { output_index: 1, item: message }],
    ['response.function_call_arguments.done', { ...at(2, 'fc_1'), arguments: text }],
    ['response.output_item.done', { output_index: 2, item: call }],
    ['response.completed', { response: response(text) }],
  ];
  return events.map(([type, more], sequence_number) => named(type, { sequence_number, ...more }));
};

const textsOf = (output: ReturnType<typeof response>['output']): string[] =>
  output.flatMap((item) => [
    ...(item.summary ?? []).map(({ text }) => text),
    ...(item.content ?? []).map(({ text }) => text),
    ...(item.arguments === undefined ? [] : [item.arguments]),
  ]);

const plain = (more: object) => ({ model: 'small', input: 'x', ...more });
const items = (...input: readonly unknown[]) => plain({ input });

export const responses: Spoken = {
  dialect: 'openai-responses',
  path: '/v1/responses',
  upstreamPath: '/v1/responses',
  endpoint: 'chat',
  headers: { 'openai-beta': 'responses=experimental', originator: 'codex_exec' },
  keyHeader: 'authorization',
  body: (text, more = {}) => ({
    model: 'small',
    input: [{ type: 'message', role: 'user', content: [{ type: 'input_text', text }] }],
    store: false,
    include: ['reasoning.encrypted_content'],
    ...more,
  }),
  streamed: { stream: true },
  unstreamed: {},
  whole: (text) => JSON.stringify(response(text)),
  stream,
  streamType: 'text/event-stream; charset=utf-8',
  said: (reply) => textsOf(JSON.parse(reply).output),
  saidIn: (text) => {
    const pieces: Record<string, string> = {};
    const wholes: string[] = [];
    for (const event of valuesIn(text)) {
      if (event.delta !== undefined) pieces[event.type] = (pieces[event.type] ?? '') + event.delta;
      for (const whole of [event.text, event.part?.text, event.arguments]) if (whole) wholes.push(whole);
      if (event.type === 'response.completed') wholes.push(...textsOf(event.response.output));
    }
    return [...Object.values(pieces), ...wholes];
  },
  usage: { input_tokens: 15, cached_input_tokens: 7, output_tokens: 11, reasoning_tokens: 4 },
  error:
    '{"error":{"message":"Unknown parameter","type":"invalid_request_error","param":"x","code":"unknown"}}',
  mustBeError: (text) => {
    const { error } = JSON.parse(text);
    expect(Object.keys(error).sort()).toEqual(['code', 'message', 'param', 'type']);
    expect(error.message).toEqual(expect.any(String));
  },
  errorIn: (text) => /event: error\ndata: (.*)\n\n$/.exec(text)?.[1],
  ends: (text) => /response\.(?:completed|incomplete|failed)/.test(text),
  unreadable: [
    [
      'an image',
      {
        input: [
          {
            role: 'user',
            content: [{ type: 'input_image', image_url: `data:image/png;base64,${PNG}`, detail: 'low' }],
          },
        ],
      },
    ],
    [
      'a file',
      { input: [{ role: 'user', content: [{ type: 'input_file', filename: 'a', file_data: PNG }] }] },
    ],
    ['sealed reasoning', { input: [{ type: 'reasoning', summary: [], encrypted_content: PNG }] }],
  ],
  malformed: [
    ['no model', { input: 'x' }, 'model'],
    ['no input', { model: 'small' }, 'input'],
    ['an input of a number', plain({ input: 7 }), 'input'],
    ['an item of text', items('x'), 'input'],
    ['an item without type and role', items({ content: 'x' }), 'input'],
    ['a role of a number', items({ role: 1, content: 'x' }), 'input'],
    ['a type of a number', items({ type: 1, role: 'user', content: 'x' }), 'input'],
    ['a reference to a stored item', items({ type: 'item_reference', id: 'msg_1' }), 'input'],
    ['an id alone, which is such a reference', items({ id: 'msg_1' }), 'input'],
    ['instructions of a list', plain({ instructions: ['x'] }), 'instructions'],
    ['a stream of text', plain({ stream: 'true' }), 'stream'],
    ['a response of before', plain({ previous_response_id: 'resp_1' }), 'previous_response_id'],
    ['a stored conversation', plain({ conversation: { id: 'conv_1' } }), 'conversation'],
    ['a stored prompt', plain({ prompt: { id: 'pmpt_1' } }), 'prompt'],
    ['work in the background', plain({ background: true }), 'background'],
  ],
};
