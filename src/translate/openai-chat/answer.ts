// A whole chat completion as a neutral answer.
import type { Json } from '../../json/value.ts';
import { at, isArray, isObject } from '../../json/value.ts';
import { UpstreamFault } from '../../ports.ts';
import type { Answer, Content } from '../neutral.ts';
import { Calls } from './calls.ts';
import { finishMeant } from './finish.ts';
import { neutralUsage } from './usage.ts';

/** The answer; throws an UpstreamFault for a reply without a message. */
export const answerIn = (reply: Json): Answer => {
  const choices = at(reply, 'choices');
  const choice = isArray(choices) ? choices[0] : undefined;
  const message = at(choice, 'message');
  if (!isObject(message)) throw new UpstreamFault('protocol', true, 'the reply has no message');
  const [id, model] = [at(reply, 'id'), at(reply, 'model')];
  const content: Content[] = [];
  const thought = at(message, 'reasoning_content') ?? at(message, 'reasoning');
  if (typeof thought === 'string' && thought !== '') content.push({ type: 'reasoning', text: thought });
  const text = at(message, 'content');
  if (typeof text === 'string' && text !== '') content.push({ type: 'text', text });
  const refusal = at(message, 'refusal');
  const refused = typeof refusal === 'string' && refusal !== '';
  if (refused) content.push({ type: 'text', text: refusal, providerMetadata: { openai: { refusal: true } } });
  const calls = callsIn(message, typeof id === 'string' ? id : '');
  content.push(...calls);
  const finish = at(choice, 'finish_reason');
  return {
    content,
    finishReason: finishMeant(typeof finish === 'string' ? finish : undefined, {
      calls: calls.length > 0,
      refused,
    }),
    usage: neutralUsage(at(reply, 'usage')),
    response: {
      ...(typeof id === 'string' && id !== '' ? { id } : {}),
      ...(typeof model === 'string' && model !== '' ? { modelId: model } : {}),
    },
  };
};

const callsIn = (message: Json, seed: string): Content[] => {
  const calls = new Calls();
  calls.seed(seed);
  const said = at(message, 'tool_calls');
  const old = at(message, 'function_call') ?? null;
  const all = isArray(said) && said.length > 0 ? said : old === null ? [] : [{ function: old }];
  const started = new Map<string, Content & { type: 'tool-call' }>();
  all.forEach((call, index) => {
    for (const part of calls.piece(isObject(call) ? { ...call, index } : call, index))
      if (part.type === 'tool-input-start' && part.providerMetadata !== undefined)
        started.set(part.id, {
          type: 'tool-call',
          toolCallId: part.id,
          toolName: part.toolName,
          input: '',
          providerMetadata: part.providerMetadata,
        });
  });
  return calls.end().flatMap((part) => {
    if (part.type !== 'tool-call') return [];
    const { providerMetadata } = started.get(part.toolCallId) ?? {};
    return [{ ...part, ...(providerMetadata === undefined ? {} : { providerMetadata }) }];
  });
};
