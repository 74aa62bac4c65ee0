// A whole reply as a message of Anthropic's API.
import { parseShallow } from '../../json/parse.ts';
import { isObject } from '../../json/value.ts';
import { UpstreamFault } from '../../ports.ts';
import { Refusal } from '../../refusal.ts';
import type { Answer, Content, FinishReason, Part, ProviderOptions } from '../neutral.ts';
import { proofsIn, seal } from '../openai-responses/envelope.ts';
import type { CallIds } from './ids.ts';
import { quoted } from './sequence.ts';
import { stopReasonOf, usageWritten } from './stop-reasons.ts';
import type { ToolNames } from './tool-names.ts';

/** What a reply goes by. */
export type Names = { readonly id: string; readonly model: string };

/** What a client knows calls by. */
export type Calls = { readonly names: ToolNames; readonly ids: CallIds };

/** The message as JSON text; throws an UpstreamFault (`protocol`) for a call whose input is no object. */
export const messageOf = ({ id, model }: Names, answer: Answer, calls: Calls): string => {
  const { content, finishReason, usage, providerMetadata } = answer;
  const blocks = content.flatMap((part) => blocksOf(part, calls));
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

/** The blocks of a part as JSON texts; none: the API has no such block, or it is empty. */
const blocksOf = (part: Content, calls: Calls): readonly string[] => {
  switch (part.type) {
    case 'text':
      return part.text === '' ? [] : [`{"type":"text","text":${quoted(part.text)}}`];
    case 'reasoning':
      return thinkingOf(part);
    case 'tool-call':
      return part.providerExecuted === true ? [] : callOf(part, calls);
    default:
      return [];
  }
};

/** A block that holds what only its provider can read. */
export const redacted = (data: string): string => `{"type":"redacted_thinking","data":${quoted(data)}}`;

/** What another provider wants back of a part, to know it again; Anthropic's own has its place. */
export const foreignProofs = (metadata: ProviderOptions | undefined): ProviderOptions | undefined => {
  if (metadata === undefined) return undefined;
  const { anthropic: _, ...foreign } = metadata;
  return proofsIn(foreign);
};

const thinkingOf = ({
  text,
  providerMetadata,
}: Extract<Content, { type: 'reasoning' }>): readonly string[] => {
  const { signature, redactedData } = providerMetadata?.anthropic ?? {};
  if (typeof redactedData === 'string') return [redacted(redactedData)];
  const proofs = foreignProofs(providerMetadata);
  const proof =
    typeof signature === 'string'
      ? signature
      : proofs === undefined
        ? ''
        : seal({ of: 'reasoning', text, proofs });
  if (text === '' && proof === '') return [];
  return [`{"type":"thinking","thinking":${quoted(text)},"signature":${quoted(proof)}}`];
};

const callOf = (
  { toolCallId, toolName, input, providerMetadata }: Extract<Content, { type: 'tool-call' }>,
  { names, ids }: Calls,
): readonly string[] => {
  const [call, proofs] = [ids.called(toolCallId), foreignProofs(providerMetadata)];
  const block = `{"type":"tool_use","id":${quoted(call)},"name":${quoted(names.long(toolName))},"input":${inputOf(input)}}`;
  return proofs === undefined ? [block] : [redacted(seal({ of: 'call', call, proofs })), block];
};

/** A call's input is an object in this API. */
const inputOf = (input: string): string => {
  if (input.trim() === '') return '{}';
  try {
    const value = parseShallow(input);
    if (isObject(value)) return JSON.stringify(value);
  } catch {
    // Said below.
  }
  throw new UpstreamFault('protocol', true, 'the input of a tool is not a JSON object');
};
