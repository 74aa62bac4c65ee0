/**
 * Parts of a reply, and the blocks that a client of Anthropic's makes of the events they are written in.
 */
import type { Part } from '../../../src/translate/neutral.ts';
import type { Event } from './asked.ts';
import { finish, written } from './asked.ts';

export const text = (id: string, ...deltas: string[]): Part[] => [
  { type: 'text-start', id },
  ...deltas.map((delta): Part => ({ type: 'text-delta', id, delta })),
  { type: 'text-end', id },
];
export const begins = (id: string, toolName = 'f'): Part => ({ type: 'tool-input-start', id, toolName });
export const goesOn = (id: string, delta: string): Part => ({ type: 'tool-input-delta', id, delta });
export const ends = (id: string): Part => ({ type: 'tool-input-end', id });
export const call = (toolCallId: string, input = '{"x":1}'): Extract<Part, { type: 'tool-call' }> => ({
  type: 'tool-call',
  toolCallId,
  toolName: 'f',
  input,
});
export const NAMES: Part = { type: 'response-metadata', id: 'resp_1', modelId: 'real-model' };

/** The blocks as a client puts them together; throws where one is not alone, or has no end. */
export const blocksOf = (events: readonly Event[]) => {
  const blocks: Event[] = [];
  let open: number | undefined;
  for (const { type, index, content_block, delta } of events) {
    if (type === 'content_block_start') {
      if (open !== undefined || index !== blocks.length) throw new Error('a block begins within another');
      open = index;
      blocks.push(content_block.type === 'tool_use' ? { ...content_block, input: '' } : { ...content_block });
    }
    if (type === 'content_block_delta') {
      if (index !== open) throw new Error('a block that is not open grows');
      const block = blocks[index];
      if (delta.type === 'text_delta') block.text += delta.text;
      if (delta.type === 'thinking_delta') block.thinking += delta.thinking;
      if (delta.type === 'signature_delta') block.signature += delta.signature;
      if (delta.type === 'input_json_delta') block.input += delta.partial_json;
    }
    if (type === 'content_block_stop') {
      if (index !== open) throw new Error('a block that is not open ends');
      open = undefined;
    }
  }
  if (open !== undefined) throw new Error('a block has no end');
  return blocks.map((block) =>
    block.type === 'tool_use' ? { ...block, input: JSON.parse(block.input || '{}') } : block,
  );
};
/** The blocks of a reply of these parts. */
export const told = (...parts: Part[]) => blocksOf(written([...parts, finish()]));
export const used = (id: string, input: object = { x: 1 }, name = 'f') => ({
  type: 'tool_use',
  id,
  name,
  input,
});
