// A whole chat completion as a neutral answer.
import type { Json } from '../../json/value.ts';
import { at, isArray, isObject } from '../../json/value.ts';
import { UpstreamFault } from '../../ports.ts';
import type { Answer, Content } from '../neutral.ts';
import { Calls } from './calls.ts';
import { finishMeant } from './finish.ts';
import type { Spoken } from './spoken.ts';
import { citationsIn, proofsIn, spokenIn } from './spoken.ts';
import { neutralUsage } from './usage.ts';

/** The answer; throws an UpstreamFault for a reply without a message. */
export const answerIn = (reply: Json): Answer => {
  const choices = at(reply, 'choices');
  const choice = isArray(choices) ? choices[0] : undefined;
  const message = at(choice, 'message');
  if (!isObject(message)) throw new UpstreamFault('protocol', true, 'the reply has no message');
  const [id, model, finish] = [at(reply, 'id'), at(reply, 'model'), at(choice, 'finish_reason')];
  const calls = callsIn(message, typeof id === 'string' ? id : '');
  const spoken = spokenIn(message);
  return {
    content: [...contentOf(spoken, message), ...calls.whole()],
    finishReason: finishMeant(typeof finish === 'string' ? finish : undefined, {
      calls: calls.any,
      refused: spoken.some(({ kind }) => kind === 'refusal'),
    }),
    usage: neutralUsage(at(reply, 'usage')),
    response: {
      ...(typeof id === 'string' && id !== '' ? { id } : {}),
      ...(typeof model === 'string' && model !== '' ? { modelId: model } : {}),
    },
  };
};

const contentOf = (spoken: readonly Spoken[], message: Json): Content[] => {
  const citations = citationsIn(message);
  const proofs = proofsIn(message);
  const signature = proofs.findLast((proof) => proof.signature !== undefined)?.signature;
  const sealed = proofs.flatMap(({ redactedData }): Content[] =>
    redactedData === undefined
      ? []
      : [{ type: 'reasoning', text: '', providerMetadata: { anthropic: { redactedData } } }],
  );
  const said = spoken.map(({ kind, text }): Content => {
    if (kind === 'refusal') return { type: 'text', text, providerMetadata: { openai: { refusal: true } } };
    if (kind === 'text') return { type: 'text', text, ...(citations.length === 0 ? {} : { citations }) };
    if (signature === undefined) return { type: 'reasoning', text };
    return { type: 'reasoning', text, providerMetadata: { anthropic: { signature } } };
  });
  return [...sealed, ...said];
};

const callsIn = (message: Json, id: string): Calls => {
  const calls = new Calls();
  calls.seed(id);
  const said = at(message, 'tool_calls');
  const old = at(message, 'function_call') ?? null;
  const all = isArray(said) && said.length > 0 ? said : old === null ? [] : [{ function: old }];
  // They are whole, whatever numbers they bear.
  all.forEach((call, index) => {
    calls.piece(isObject(call) ? { ...call, index } : call, index);
  });
  return calls;
};
