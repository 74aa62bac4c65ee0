// What Claude answers on Bedrock: as Anthropic has it, in AWS's event stream.
import type { Scripted } from '../upstream.ts';
import { AWS_STREAM, awsChunk } from './aws-stream.ts';

const START = {
  type: 'message_start',
  message: {
    id: 'msg_bdrk_1',
    type: 'message',
    role: 'assistant',
    model: 'claude-x',
    content: [],
    stop_reason: null,
    stop_sequence: null,
    usage: { input_tokens: 9, output_tokens: 1 },
  },
};
const deltas = (words: readonly string[]) =>
  words.map((text) => ({ type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text } }));
/** The events of a streamed reply. */
export const EVENTS = [
  START,
  { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } },
  ...deltas(['Good ', 'mörning ', 'to ', 'you.']),
  { type: 'content_block_stop', index: 0 },
  {
    type: 'message_delta',
    delta: { stop_reason: 'end_turn', stop_sequence: null },
    usage: { output_tokens: 5 },
  },
  { type: 'message_stop', 'amazon-bedrock-invocationMetrics': { inputTokenCount: 9, outputTokenCount: 5 } },
];
/** The same reply, whole. */
export const WHOLE = {
  ...START.message,
  content: [{ type: 'text', text: 'Good mörning to you.' }],
  stop_reason: 'end_turn',
  usage: { input_tokens: 9, output_tokens: 5 },
};
/** Events as InvokeModel streams them. */
export const streamOf = (events: readonly unknown[], more: object = {}): Scripted => ({
  sse: events.map(awsChunk),
  headers: AWS_STREAM,
  ...more,
});
