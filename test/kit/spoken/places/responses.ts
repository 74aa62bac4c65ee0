/**
 * Where text stands in OpenAI's responses.
 */
import type { Answering, Json, Places } from '../spoken.ts';
import { named, notHere, PNG } from '../spoken.ts';
import { logprobsOf, openaiTrouble, PDF, schemaOf } from './shared.ts';

const message = (role: string, content: unknown): Json => ({ type: 'message', role, content });
const user = (words: string): Json => message('user', [{ type: 'input_text', text: words }]);
const said = (words: string): Json =>
  message('assistant', [{ type: 'output_text', text: words, annotations: [] }]);
const input = (...items: readonly unknown[]): Json => ({ model: 'small', input: items, store: false });
const asking = (more: Json): Json => ({ ...input(user('x')), ...more });
const part = (content: Json): Json => input(message('user', [{ type: 'input_text', text: 'x' }, content]));
const call = (more: Json): Json => ({
  type: 'function_call',
  call_id: 'call_1',
  name: 'f',
  arguments: '{}',
  ...more,
});
const output = (output: unknown): Json => ({ type: 'function_call_output', call_id: 'call_1', output });
const custom = (words: string): Json => ({
  type: 'custom_tool_call',
  call_id: 'call_1',
  name: 'f',
  input: words,
});
const customOutput = (words: string): Json => ({
  type: 'custom_tool_call_output',
  call_id: 'call_1',
  output: words,
});
const tool = (more: Json): Json =>
  asking({
    tools: [{ type: 'function', name: 'f', strict: false, parameters: { type: 'object' }, ...more }],
  });

const response = (items: readonly Json[], more: Json = {}): Json => ({
  id: 'resp_67ccd2bed1ec8190b14f964abc0542670bb6a6b452d3795b',
  object: 'response',
  created_at: 1741476542,
  status: 'completed',
  error: null,
  incomplete_details: null,
  instructions: null,
  model: 'gpt-upstream',
  output: items,
  parallel_tool_calls: true,
  store: false,
  text: { format: { type: 'text' } },
  tool_choice: 'auto',
  tools: [],
  usage: {
    input_tokens: 15,
    input_tokens_details: { cached_tokens: 7 },
    output_tokens: 11,
    output_tokens_details: { reasoning_tokens: 4 },
    total_tokens: 26,
  },
  ...more,
});

const at = (more: Json = {}): Json => ({ item_id: 'it_1', output_index: 0, ...more });
const numbered = (events: readonly (readonly [string, Json])[]): readonly string[] =>
  events.map(([type, more], sequence_number) => named(type, { sequence_number, ...more }));

/** A stream of one item: as it begins, the events of its pieces, and as it ends. */
const streamed = (begun: Json, events: readonly (readonly [string, Json])[], done: Json): readonly string[] =>
  numbered([
    ['response.created', { response: response([], { status: 'in_progress', usage: null }) }],
    ['response.output_item.added', { output_index: 0, item: { id: 'it_1', ...begun } }],
    ...events,
    ['response.output_item.done', { output_index: 0, item: { id: 'it_1', ...done } }],
    ['response.completed', { response: response([{ id: 'it_1', ...done }]) }],
  ]);

type Delta = readonly [string, Json];

/** An item with one part that grows. */
const parted = (
  item: (content: readonly Json[]) => Json,
  content: (words: string) => Json,
  { name, field, place }: { name: string; field: string; place: string },
  more: (piece: string) => Json = () => ({}),
): Answering => ({
  whole: (words) => JSON.stringify(response([item([content(words)])])),
  stream: (pieces) => {
    const where = at({ [place]: 0 });
    const words = pieces.join('');
    const deltas = pieces.map((delta): Delta => [`${name}.delta`, { ...where, delta, ...more(delta) }]);
    const kind = place === 'summary_index' ? 'response.reasoning_summary_part' : 'response.content_part';
    return streamed(
      item([]),
      [
        [`${kind}.added`, { ...where, part: content('') }],
        ...deltas,
        [`${name}.done`, { ...where, [field]: words }],
        [`${kind}.done`, { ...where, part: content(words) }],
      ],
      item([content(words)]),
    );
  },
});

const saying = (content: readonly Json[]): Json => ({
  ...message('assistant', content),
  status: 'completed',
});
const text = (words: string, more: Json = {}): Json => ({
  type: 'output_text',
  text: words,
  annotations: [],
  logprobs: [],
  ...more,
});
const outputText = { name: 'response.output_text', field: 'text', place: 'content_index' };
const annotation = (words: string): Json => ({
  type: 'url_citation',
  start_index: 0,
  end_index: 1,
  title: words,
  url: 'https://example.com/',
});

const calling = (item: (words: string) => Json, name: string, field: string): Answering => ({
  whole: (words) => JSON.stringify(response([item(words)])),
  stream: (pieces) => {
    const words = pieces.join('');
    return streamed(
      item(''),
      [
        ...pieces.map((delta): Delta => [`${name}.delta`, at({ delta })]),
        [`${name}.done`, at({ [field]: words })],
      ],
      item(words),
    );
  },
});

export const responsesPlaces: Places = {
  asks: {
    system: (words) => [
      asking({ instructions: words }),
      input(message('system', words), user('x')),
      input(message('developer', [{ type: 'input_text', text: words }]), user('x')),
    ],
    text: (words) => [asking({ input: words }), input({ role: 'user', content: words }), input(user(words))],
    'other parts': (words) => [
      part({ type: 'later_part', later: { words } }),
      part({ type: 'input_image', image_url: `https://example.com/${words}` }),
      input({ type: 'later_item', later: { words } }, user('x')),
    ],
    assistant: (words) => [
      input(user('x'), said(words), user('y')),
      input(user('x'), message('assistant', [{ type: 'refusal', refusal: words }]), user('y')),
    ],
    reasoning: (words) => [
      input(
        user('x'),
        {
          type: 'reasoning',
          id: 'rs_1',
          summary: [{ type: 'summary_text', text: words }],
          content: [{ type: 'reasoning_text', text: words }],
          encrypted_content: PNG,
        },
        said('y'),
        user('z'),
      ),
    ],
    'tool definitions': (words) => [
      tool({ description: words }),
      tool({ parameters: schemaOf(words) }),
      asking({ tools: [{ type: 'custom', name: 'f', description: words }] }),
      asking({
        tools: [
          {
            type: 'namespace',
            name: 'n',
            description: words,
            tools: [{ type: 'function', name: 'g', parameters: { type: 'object' } }],
          },
        ],
      }),
    ],
    'tool arguments': (words) => [
      input(user('x'), call({ arguments: JSON.stringify({ a: [words] }) }), output('y')),
      input(user('x'), custom(words), customOutput('y')),
    ],
    'tool results': (words) => [
      input(user('x'), call({}), output(words)),
      input(user('x'), call({}), output([{ type: 'input_text', text: words }])),
      input(user('x'), custom('x'), customOutput(words)),
    ],
    schema: (words) => [
      asking({
        text: { format: { type: 'json_schema', name: 'a', description: words, schema: schemaOf(words) } },
      }),
    ],
    lists: notHere('its texts stand in items'),
    suffix: notHere('it takes nothing that an answer should end with'),
    'names of files': (words) => [
      part({ type: 'input_file', filename: words, file_data: `data:application/pdf;base64,${PDF}` }),
    ],
    metadata: (words) => [
      asking({ metadata: { about: words } }),
      asking({ prompt_cache_key: words.split(' ')[2] ?? words }),
    ],
    'end user': (words) => [asking({ user: words }), asking({ safety_identifier: words })],
    stop: notHere('it has no stop sequences'),
    'unknown fields': (words) => [
      asking({ later: { deep: [words] } }),
      input({ ...user('x'), later: { deep: [words] } }),
    ],
    keys: (words) => [asking({ metadata: { [words]: 'x' } }), asking({ later: { [words]: 'x' } })],
  },
  answers: {
    content: parted(saying, text, outputText, () => ({ logprobs: [] })),
    reasoning: parted(
      (summary) => ({ type: 'reasoning', summary }),
      (words) => ({ type: 'summary_text', text: words }),
      { name: 'response.reasoning_summary_text', field: 'text', place: 'summary_index' },
    ),
    refusal: parted(saying, (words) => ({ type: 'refusal', refusal: words }), {
      name: 'response.refusal',
      field: 'refusal',
      place: 'content_index',
    }),
    'tool arguments': calling(
      (words) => call({ arguments: words === '' ? '' : JSON.stringify({ a: words }), status: 'completed' }),
      'response.function_call_arguments',
      'arguments',
    ),
    logprobs: {
      whole: (words) =>
        JSON.stringify(response([saying([text(words, { logprobs: logprobsOf([...words]) })])])),
      stream: (pieces) =>
        streamed(
          saying([]),
          [
            ['response.content_part.added', at({ content_index: 0, part: text('') })],
            ...pieces.map(
              (delta): Delta => [
                'response.output_text.delta',
                at({ content_index: 0, delta, logprobs: logprobsOf([delta]) }),
              ],
            ),
            [
              'response.output_text.done',
              at({ content_index: 0, text: pieces.join(''), logprobs: logprobsOf(pieces) }),
            ],
          ],
          saying([text(pieces.join(''), { logprobs: logprobsOf(pieces) })]),
        ),
    },
    annotations: {
      whole: (words) => JSON.stringify(response([saying([text('x', { annotations: [annotation(words)] })])])),
      stream: (pieces) =>
        streamed(
          saying([]),
          [
            ['response.content_part.added', at({ content_index: 0, part: text('') })],
            ['response.output_text.delta', at({ content_index: 0, delta: 'x', logprobs: [] })],
            [
              'response.output_text.annotation.added',
              at({ content_index: 0, annotation_index: 0, annotation: annotation(pieces.join('')) }),
            ],
            ['response.output_text.done', at({ content_index: 0, text: 'x', logprobs: [] })],
          ],
          saying([text('x', { annotations: [annotation(pieces.join(''))] })]),
        ),
    },
    'unknown fields': calling(
      (words) => ({ type: 'later_item', later: words }),
      'response.later_item',
      'later',
    ),
  },
  trouble: openaiTrouble((words) =>
    named('error', {
      sequence_number: 9,
      code: 'rate_limit_exceeded',
      message: words,
      param: null,
      error: { type: 'rate_limit_error', code: 'rate_limit_exceeded', message: words, param: null },
    }),
  ),
};
