/**
 * OpenAI's responses as OpenAI speaks them: POST /v1/responses. A response says the request's settings back, every event has its
 * number.
 */
import type { Scripted } from '../upstream.ts';
import { json } from '../upstream.ts';
import type { Answer, Json, Turn } from './turn.ts';
import { COUNTED, cutInto, inTurn, SIGNATURE, sideBySide } from './turn.ts';

const usage = {
  input_tokens: COUNTED.input,
  input_tokens_details: { cached_tokens: COUNTED.cacheRead },
  output_tokens: COUNTED.output,
  output_tokens_details: { reasoning_tokens: COUNTED.reasoning },
  total_tokens: COUNTED.input + COUNTED.output,
};

const ID = '05500b38c2cd9bfc00691c7c9d222481a3b595421266dab424';

const responseOf = (turn: Turn, status: string, output: readonly Json[], more: Json = {}): Json => ({
  id: `resp_${ID}`,
  object: 'response',
  created_at: 1_763_474_589,
  status,
  background: false,
  error: null,
  incomplete_details: null,
  instructions: turn.system === '' ? null : turn.system,
  max_output_tokens: turn.limit ?? null,
  max_tool_calls: null,
  model: turn.model,
  output,
  parallel_tool_calls: true,
  previous_response_id: null,
  prompt_cache_key: null,
  reasoning: { effort: 'medium', summary: null },
  safety_identifier: null,
  service_tier: 'auto',
  store: false,
  temperature: 1,
  text: { format: { type: 'text' }, verbosity: 'medium' },
  tool_choice: 'auto',
  tools: turn.tools.map(({ name, description, schema }) => ({
    ...{ type: 'function', name, description, parameters: schema, strict: false },
  })),
  top_logprobs: 0,
  top_p: 1,
  truncation: 'disabled',
  usage: null,
  user: null,
  metadata: {},
  ...more,
});

const partOf = (text: string): Json => ({ type: 'output_text', annotations: [], logprobs: [], text });

const itemsOf = ({ thinking, words, calls }: Answer): Json[] => [
  ...(thinking === ''
    ? []
    : [
        {
          id: `rs_${ID}`,
          type: 'reasoning',
          encrypted_content: SIGNATURE,
          summary: [{ type: 'summary_text', text: thinking }],
        },
      ]),
  ...(words.length === 0
    ? []
    : [
        {
          ...{ id: `msg_${ID}`, type: 'message', status: 'completed' },
          ...{ content: [partOf(words.join(''))], role: 'assistant' },
        },
      ]),
  ...calls.map(({ id, name, args, namespace, custom }, index) => ({
    id: `${custom === true ? 'ctc' : 'fc'}_${ID.slice(0, -1)}${index}`,
    type: custom === true ? 'custom_tool_call' : 'function_call',
    status: 'completed',
    ...(custom === true ? { input: args } : { arguments: args }),
    ...{ call_id: id, name },
    ...(namespace === undefined ? {} : { namespace }),
  })),
];

const statusOf = ({ short }: Answer): string => (short === true ? 'incomplete' : 'completed');
const whyOf = ({ short }: Answer): Json =>
  short === true ? { incomplete_details: { reason: 'max_output_tokens' } } : {};

/** The answer on the wire. */
export const writeResponses = (turn: Turn, answer: Answer): Scripted =>
  turn.stream
    ? { sse: responseEvents(turn, answer) }
    : json(responseOf(turn, statusOf(answer), itemsOf(answer), { usage, ...whyOf(answer) }));

type Emit = (type: string, value: Json) => string;

const numbered = (): Emit => {
  let number = 0;
  return (type, value) =>
    `event: ${type}\ndata: ${JSON.stringify({ type, sequence_number: number++, ...value })}\n\n`;
};

/** The events of a stream to its end; with `failure` it ends in one after the first item has begun. */
export const responseEvents = (turn: Turn, answer: Answer, failure?: Json): string[] => {
  const emit = numbered();
  const events = [
    emit('response.created', { response: responseOf(turn, 'in_progress', []) }),
    emit('response.in_progress', { response: responseOf(turn, 'in_progress', []) }),
  ];
  const items = itemsOf(answer);
  const firstCall = items.findIndex(({ call_id }) => call_id !== undefined);
  const plain = firstCall < 0 ? items : items.slice(0, firstCall);
  plain.forEach((item, output_index) => {
    if (failure === undefined) events.push(...itemEvents(emit, item, output_index, answer));
    else events.push(...itemEvents(emit, item, output_index, answer).slice(0, 4));
  });
  if (failure !== undefined) {
    events.push(emit('error', { error: { type: 'server_error', param: null, ...failure } }));
    events.push(emit('response.failed', { response: responseOf(turn, 'failed', [], { error: failure }) }));
    return events;
  }
  if (firstCall >= 0) events.push(...callEvents(emit, items.slice(firstCall), firstCall, sideBySide(turn)));
  const status = statusOf(answer);
  const response = responseOf(turn, status, items, { usage, ...whyOf(answer) });
  events.push(emit(`response.${status}`, { response }));
  return events;
};

const itemEvents = (emit: Emit, item: Json, output_index: number, answer: Answer): string[] => {
  const at = { item_id: item.id, output_index };
  if (item.type === 'reasoning') {
    const part = { ...at, summary_index: 0 };
    const text = answer.thinking;
    return [
      emit('response.output_item.added', { output_index, item: { ...item, summary: [] } }),
      emit('response.reasoning_summary_part.added', { ...part, part: { type: 'summary_text', text: '' } }),
      ...text
        .split(/(?<=\s)/u)
        .map((delta) =>
          emit('response.reasoning_summary_text.delta', { ...part, delta, obfuscation: 'xXxv2' }),
        ),
      emit('response.reasoning_summary_text.done', { ...part, text }),
      emit('response.reasoning_summary_part.done', { ...part, part: { type: 'summary_text', text } }),
      emit('response.output_item.done', { output_index, item }),
    ];
  }
  const place = { ...at, content_index: 0 };
  const text = answer.words.join('');
  return [
    emit('response.output_item.added', {
      output_index,
      item: { ...item, status: 'in_progress', content: [] },
    }),
    emit('response.content_part.added', { ...place, part: partOf('') }),
    ...answer.words.map((delta) =>
      emit('response.output_text.delta', { ...place, delta, logprobs: [], obfuscation: '2ajSAGID' }),
    ),
    emit('response.output_text.done', { ...place, text, logprobs: [] }),
    emit('response.content_part.done', { ...place, part: partOf(text) }),
    emit('response.output_item.done', { output_index, item }),
  ];
};

/** Numbered in the order in which they leave, so they are made in it. */
const callEvents = (emit: Emit, items: readonly Json[], first: number, together: boolean): string[] => {
  const makers = items.map((item, index) => {
    const output_index = first + index;
    const at = { item_id: item.id, output_index };
    const custom = item.type === 'custom_tool_call';
    const field = custom ? 'input' : 'arguments';
    const begun = { ...item, status: 'in_progress', [field]: '' };
    const type = custom ? 'response.custom_tool_call_input' : 'response.function_call_arguments';
    return [
      () => emit('response.output_item.added', { output_index, item: begun }),
      ...cutInto(String(item[field]), 5).map((delta) => () => emit(`${type}.delta`, { ...at, delta })),
      () => emit(`${type}.done`, { ...at, [field]: item[field] }),
      () => emit('response.output_item.done', { output_index, item }),
    ];
  });
  return inTurn(makers, together).map((make) => make());
};
