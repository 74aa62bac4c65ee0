// Reasoning that a client sends back: `reasoning_content` (or `reasoning`) has its text, `thinking_blocks` also what proves it.
import { bad } from '../../dialects/outline.ts';
import type { JsonObject } from '../../json/value.ts';
import { given, listOf, objectOf, textOf } from '../fields.ts';
import type { AssistantPart } from '../neutral.ts';

/** More than any turn has. */
const BLOCKS = 1_000;

/** The reasoning of an assistant message. */
export const thoughtsOf = (turn: JsonObject, param: string): AssistantPart[] => {
  if (given(turn.thinking_blocks) !== undefined) {
    const where = `${param}.thinking_blocks`;
    return listOf(turn.thinking_blocks, where, BLOCKS).map((each, i) =>
      blockOf(objectOf(each, `${where}[${i}]`), `${where}[${i}]`),
    );
  }
  const name = given(turn.reasoning_content) === undefined ? 'reasoning' : 'reasoning_content';
  const text = given(turn[name]);
  if (text === undefined || text === '') return [];
  return [{ type: 'reasoning', text: textOf(text, `${param}.${name}`) }];
};

const blockOf = (block: JsonObject, param: string): AssistantPart => {
  if (block.type === 'redacted_thinking') {
    const redactedData = textOf(block.data, `${param}.data`);
    return { type: 'reasoning', text: '', providerOptions: { anthropic: { redactedData } } };
  }
  if (block.type !== 'thinking') throw bad(`${param}.type`, 'It must be thinking or redacted_thinking.');
  const text = textOf(block.thinking, `${param}.thinking`);
  const signature = given(block.signature);
  if (signature === undefined || signature === '') return { type: 'reasoning', text };
  return {
    type: 'reasoning',
    text,
    providerOptions: { anthropic: { signature: textOf(signature, `${param}.signature`) } },
  };
};
