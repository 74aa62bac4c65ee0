// A whole reply as a message of Anthropic's API.
import { parseJson } from '../../json/parse.ts';
import { isObject } from '../../json/value.ts';
import { UpstreamFault } from '../../ports.ts';
import { Refusal } from '../../refusal.ts';
import type { Answer, Content, FinishReason, Part } from '../neutral.ts';
import { quoted } from './sequence.ts';
import { stopReasonOf, usageWritten } from './stop-reasons.ts';

/** What a reply goes by. */
export type Names = { readonly id: string; readonly model: string };

/** The message as JSON text. */
export const messageOf = ({ id, model }: Names, answer: Answer): string => {
  const { content, finishReason, usage, providerMetadata } = answer;
  const blocks = content.map(blockOf).filter((block) => block !== undefined);
  const called = content.some((part) => part.type === 'tool-call' && part.providerExecuted !== true);
  return (
    `{"id":${quoted(id)},"type":"message","role":"assistant","model":${quoted(model)},` +
    `"content":[${blocks.join(',')}],${stopOf(finishReason, providerMetadata, called)},` +
    `"usage":${usageWritten(usage)}}`
  );
};

/** `"stop_reason"` and `"stop_sequence"`; throws `upstream_failed` for a reply that its upstream did not finish, whatever came of it. */
export const stopOf = (
  finishReason: FinishReason,
  metadata: Extract<Part, { type: 'finish' }>['providerMetadata'],
  called: boolean,
): string => {
  const { unified } = finishReason;
  if (unified === 'error' || unified === 'interrupted')
    throw new Refusal('upstream_failed', { note: `the reply ended as ${unified}` });
  const matched = metadata?.anthropic?.stopSequence;
  const sequence = typeof matched === 'string' ? matched : undefined;
  const reason = stopReasonOf(finishReason, called, sequence);
  return `"stop_reason":"${reason}","stop_sequence":${sequence === undefined ? 'null' : quoted(sequence)}`;
};

/** A block as JSON text; undefined: the API has no such block, or it is empty. */
const blockOf = (part: Content): string | undefined => {
  switch (part.type) {
    case 'text':
      return part.text === '' ? undefined : `{"type":"text","text":${quoted(part.text)}}`;
    case 'reasoning':
      return thinkingOf(part);
    case 'tool-call':
      if (part.providerExecuted === true) return undefined;
      return `{"type":"tool_use","id":${quoted(part.toolCallId)},"name":${quoted(part.toolName)},"input":${inputOf(part.input)}}`;
    default:
      return undefined;
  }
};

const thinkingOf = ({
  text,
  providerMetadata,
}: Extract<Content, { type: 'reasoning' }>): string | undefined => {
  const { signature, redactedData } = providerMetadata?.anthropic ?? {};
  if (typeof redactedData === 'string') return `{"type":"redacted_thinking","data":${quoted(redactedData)}}`;
  const proof = typeof signature === 'string' ? signature : '';
  if (text === '' && proof === '') return undefined;
  return `{"type":"thinking","thinking":${quoted(text)},"signature":${quoted(proof)}}`;
};

/** A call's input is an object in this API. */
const inputOf = (input: string): string => {
  if (input.trim() === '') return '{}';
  try {
    const value = parseJson(input);
    if (isObject(value)) return JSON.stringify(value);
  } catch {
    // Said below.
  }
  throw new UpstreamFault('protocol', true, 'the input of a tool is not a JSON object');
};
