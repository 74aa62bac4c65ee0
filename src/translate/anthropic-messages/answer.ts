// A whole message of Anthropic's API as a neutral reply.
import type { Json, JsonObject } from '../../json/value.ts';
import { at, isArray, isObject } from '../../json/value.ts';
import { UpstreamFault } from '../../ports.ts';
import type { Answer, Content } from '../neutral.ts';
import { REPLY_TOOL } from './called.ts';
import { citedBy } from './cited.ts';
import { CallIds } from './ids.ts';
import { REFUSAL, refusalIn, stoppedAs, usageRead } from './stop-reasons.ts';

/** A text; undefined: it is none. */
export const wordIn = (value: Json | undefined): string | undefined =>
  typeof value === 'string' ? value : undefined;

/** The id and name of a call, its id unlike those before; throws an UpstreamFault (`protocol`) where it has none. */
export const calledAs = (block: JsonObject, ids: CallIds): { readonly id: string; readonly name: string } => {
  const [id, name] = [wordIn(block.id), wordIn(block.name)];
  if (id === undefined || name === undefined)
    throw new UpstreamFault('protocol', true, 'a call of a tool without its id or name');
  return { id: ids.called(id), name };
};

/** A whole message; throws an UpstreamFault (`protocol`) for what is not one. */
export const anthropicAnswer = (reply: Json): Answer => {
  const blocks = at(reply, 'content');
  if (!isArray(blocks)) throw new UpstreamFault('protocol', true, 'the reply is not a message');
  const [id, modelId] = [wordIn(at(reply, 'id')), wordIn(at(reply, 'model'))];
  const ids = new CallIds();
  const content = blocks.flatMap((block) => contentOf(block, ids));
  const called = content.some(({ type }) => type === 'tool-call');
  const why = refusalIn(reply);
  return {
    content:
      why === undefined ? content : [...content, { type: 'text', text: why, providerMetadata: REFUSAL }],
    ...stoppedAs(reply, called),
    usage: usageRead([at(reply, 'usage')]),
    response: { ...(id === undefined ? {} : { id }), ...(modelId === undefined ? {} : { modelId }) },
  };
};

const contentOf = (block: Json, ids: CallIds): readonly Content[] => {
  if (!isObject(block)) return [];
  switch (block.type) {
    case 'text':
      if (typeof block.text !== 'string') return [];
      return [{ type: 'text', text: block.text, ...citedBy(block.citations, block.text.length) }];
    case 'thinking': {
      const signature = wordIn(block.signature) ?? '';
      const proof = signature === '' ? {} : { providerMetadata: { anthropic: { signature } } };
      return [{ type: 'reasoning', text: wordIn(block.thinking) ?? '', ...proof }];
    }
    case 'redacted_thinking': {
      const redactedData = wordIn(block.data) ?? '';
      return [{ type: 'reasoning', text: '', providerMetadata: { anthropic: { redactedData } } }];
    }
    case 'tool_use': {
      const { id, name } = calledAs(block, ids);
      const input = JSON.stringify(block.input ?? {});
      if (name === REPLY_TOOL) return [{ type: 'text', text: input }];
      return [{ type: 'tool-call', toolCallId: id, toolName: name, input }];
    }
    default:
      // Tools that ran at the provider, and what is not known.
      return [];
  }
};
