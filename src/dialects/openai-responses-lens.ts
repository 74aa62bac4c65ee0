// The lens of OpenAI's responses: every string of a request, a whole reply and an event, but ids, enums and names of models. An event
// tells a piece of the reply; later ones tell it again in greater wholes, which are read like any text.
import type { Json } from '../json/value.ts';
import { at } from '../json/value.ts';
import type { Lens } from './dialect.ts';
import type { FrameTexts } from './lens.ts';
import { structureOf, textsOf } from './lens.ts';
import { SSE_COMMENT, sseValue, sseWith } from './sse-lens.ts';

const options = [
  ...['model', 'service_tier', 'truncation', 'tool_choice', 'tool_choice.type', 'tools[].type', 'include[]'],
  ...[
    'reasoning.effort',
    'reasoning.summary',
    'reasoning.generate_summary',
    'text.format.type',
    'text.verbosity',
  ],
  'prompt_cache_retention',
];

const item = [
  ...['type', 'id', 'call_id', 'role', 'status', 'phase', 'content[].type', 'content[].detail'],
  ...['summary[].type', 'output[].type', 'output[].detail', 'content[].annotations[].type'],
  ...['content[].logprobs[].token', 'content[].logprobs[].top_logprobs[].token'],
];

const under = (place: string, names: readonly string[]): string[] => names.map((name) => `${place}.${name}`);

const request = structureOf(...options, ...under('input[]', item), '**.$schema');

const response = [
  ...options,
  ...['id', 'object', 'status', 'previous_response_id', 'error.code', 'incomplete_details.reason'],
  ...under('output[]', item),
];

const reply = structureOf(...response, 'error.type', 'error.param');

const event = structureOf(
  ...['type', 'item_id', 'response_id', 'obfuscation', 'code', 'error.type', 'error.code', 'error.param'],
  ...['part.type', 'part.annotations[].type', 'annotation.type', 'logprobs[].token'],
  ...['logprobs[].top_logprobs[].token', 'part.logprobs[].token', 'part.logprobs[].top_logprobs[].token'],
  ...under('item', item),
  ...under('response', response),
);

const INDEXES = ['content_index', 'summary_index', 'annotation_index'] as const;

/** Pieces grow by `.delta` events of one name and place until its `.done`; an output item's end ends all of its pieces. */
const frameTexts = (bytes: Uint8Array, data?: string): FrameTexts | undefined => {
  const value = sseValue(bytes, data);
  if (value === undefined) return undefined;
  const type = String(at(value, 'type'));
  const output = `${indexOf(value, 'output_index')}/`;
  const place = INDEXES.map((name) => indexOf(value, name)).join('/');
  const grows = type.endsWith('.delta');
  const piece = `${output}${type.replace(/\.(?:delta|done)$/, '')}/${place}/`;
  const own = grows ? piece : `whole/${type}/${output}${place}/`;
  const texts = [...textsOf(value, event)]
    .filter(({ key, text }) => !key && text !== '')
    .map(({ path, text }) => ({ path, text, channel: own + path.join('/') }));
  if (grows) return { value, texts, closes: [] };
  const ended = type === 'response.output_item.done' ? output : piece;
  return { value, texts, closes: [ended, own] };
};

const indexOf = (value: Json, name: string): string => {
  const index = at(value, name);
  return typeof index === 'number' ? String(index) : '-';
};

/** What every step sees of a response. */
export const openaiResponsesLens: Lens = {
  structure: { request, reply },
  // The events after the deltas tell it again.
  isWritten: ([first]) => first === 'output' || first === 'delta',
  frameTexts,
  withBody: sseWith,
  keepAlive: SSE_COMMENT,
};
