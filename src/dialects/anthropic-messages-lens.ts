// The lens of Anthropic's messages: every string of a request, a whole reply and an event, but ids, enums and names of models.
import { at } from '../json/value.ts';
import { sseBytes } from '../streams/sse.ts';
import type { Lens } from './dialect.ts';
import type { FrameTexts } from './lens.ts';
import { structureOf, textsOf } from './lens.ts';
import { sseValue, sseWith } from './sse-lens.ts';

const request = structureOf(
  ...[
    'model',
    'service_tier',
    'inference_geo',
    'speed',
    'tool_choice.type',
    'thinking.type',
    'thinking.display',
  ],
  ...['output_config.effort', 'output_config.format.type', 'context_management.edits[].type'],
  ...['cache_control.type', 'cache_control.ttl', 'system[].type', 'system[].cache_control.type'],
  ...[
    'system[].cache_control.ttl',
    'tools[].type',
    'tools[].cache_control.type',
    'tools[].cache_control.ttl',
  ],
  ...['messages[].role', 'messages[].output_config.effort', 'messages[].content[].type'],
  ...[
    'messages[].content[].id',
    'messages[].content[].tool_use_id',
    'messages[].content[].cache_control.type',
  ],
  ...['messages[].content[].cache_control.ttl', 'messages[].content[].source.type'],
  ...['messages[].content[].source.media_type', 'messages[].content[].content[].type'],
  ...['messages[].content[].content[].source.type', 'messages[].content[].content[].source.media_type'],
  // JSON Schema's own words, wherever a schema is.
  '**.$schema',
);

const message = ['id', 'type', 'role', 'model', 'stop_reason', 'usage.service_tier', 'usage.inference_geo'];

const reply = structureOf(
  ...message,
  ...['content[].type', 'content[].id', 'content[].tool_use_id', 'container.id', 'error.type', 'request_id'],
);

const event = structureOf(
  ...message.map((name) => `message.${name}`),
  ...['type', 'content_block.type', 'content_block.id', 'content_block.tool_use_id', 'delta.type'],
  ...['delta.stop_reason', 'usage.service_tier', 'error.type', 'request_id'],
);

/** Blocks grow by their deltas; whatever else an event says is said with it. */
const frameTexts = (bytes: Uint8Array, data?: string): FrameTexts | undefined => {
  const value = sseValue(bytes, data);
  if (value === undefined) return undefined;
  const [type, index] = [at(value, 'type'), at(value, 'index')];
  const block = typeof index === 'number' ? `content/${index}/` : undefined;
  const texts = [...textsOf(value, event)]
    .filter(({ key, text }) => !key && text !== '')
    .map(({ path, text }) => {
      // A block's first words stand in `content_block`, those after in `delta`.
      const within = block === undefined ? path : path.slice(1);
      return { path, text, channel: `${block ?? `${type}/`}${within.join('/')}` };
    });
  if (block === undefined) return { value, texts, closes: [`${type}/`], isStructure: event };
  return { value, texts, closes: type === 'content_block_stop' ? [block] : [], isStructure: event };
};

/** What every step sees of a conversation with Anthropic's API. */
export const anthropicMessagesLens: Lens = {
  structure: { request, reply },
  isWritten: ([first]) => first === 'content' || first === 'content_block' || first === 'delta',
  frameTexts,
  withBody: sseWith,
  keepAlive: sseBytes({ event: 'ping', data: '{"type": "ping"}' }),
};
