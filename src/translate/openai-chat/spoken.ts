// What a message of a reply, or a piece of one, says: servers put reasoning beside the text, or both into a list of parts.
import type { Json } from '../../json/value.ts';
import { at, isArray, isObject } from '../../json/value.ts';
import type { Content } from '../neutral.ts';

export type SpokenKind = 'text' | 'reasoning' | 'refusal';
export type Spoken = { readonly kind: SpokenKind; readonly text: string };

type Text = Extract<Content, { type: 'text' }>;
type Citation = NonNullable<Text['citations']>[number];

/** The texts, in the order in which they are meant; none is empty. */
export const spokenIn = (message: Json | undefined): readonly Spoken[] => {
  const all: Spoken[] = [];
  const say = (kind: SpokenKind, text: Json | undefined): void => {
    if (typeof text === 'string' && text !== '') all.push({ kind, text });
  };
  // vLLM and Ollama call it `reasoning`, most others as DeepSeek did first; some give both, with the same text.
  say('reasoning', at(message, 'reasoning_content') || at(message, 'reasoning'));
  const content = at(message, 'content');
  if (isArray(content)) for (const part of content) sayPart(part, say);
  else say('text', content);
  say('refusal', at(message, 'refusal'));
  return all;
};

/** Mistral's parts: texts, and thoughts that are lists of texts. */
const sayPart = (part: Json, say: (kind: SpokenKind, text: Json | undefined) => void): void => {
  const [type, thinking] = [at(part, 'type'), at(part, 'thinking')];
  if (type === 'refusal') say('refusal', at(part, 'refusal'));
  else if (type !== 'thinking') say('text', at(part, 'text'));
  else for (const each of isArray(thinking) ? thinking : []) say('reasoning', at(each, 'text'));
};

/** The sources that a message, or a piece of one, names. */
export const citationsIn = (message: Json | undefined): Citation[] => {
  const annotations = at(message, 'annotations');
  if (!isArray(annotations)) return [];
  return annotations.flatMap((annotation): Citation[] => {
    const said = at(annotation, 'url_citation');
    const url = at(said, 'url');
    if (typeof url !== 'string') return [];
    const [title, start, end] = [at(said, 'title'), at(said, 'start_index'), at(said, 'end_index')];
    const named = typeof title === 'string' ? { title } : {};
    return [
      {
        source: { type: 'source', sourceType: 'url', id: url, url, ...named },
        ...(typeof start === 'number' && typeof end === 'number' ? { startIndex: start, endIndex: end } : {}),
      },
    ];
  });
};

/** Citations as a message's annotations; those that are of no address have no place there. */
export const annotationsOf = (citations: readonly Citation[], offset = 0): Json[] =>
  citations.flatMap(({ source, startIndex, endIndex }): Json[] => {
    if (source.sourceType !== 'url') return [];
    const place =
      startIndex === undefined || endIndex === undefined
        ? { start_index: 0, end_index: 0 }
        : { start_index: offset + startIndex, end_index: offset + endIndex };
    return [
      {
        type: 'url_citation',
        url_citation: { url: source.url, title: source.title ?? source.url, ...place },
      },
    ];
  });

type Proof = { readonly signature?: string; readonly redactedData?: string };

/** What proves reasoning, where a server that speaks for Anthropic's models tells it: LiteLLM's `thinking_blocks`. */
export const proofsIn = (message: Json | undefined): readonly Proof[] => {
  const blocks = at(message, 'thinking_blocks');
  if (!isArray(blocks)) return [];
  return blocks.filter(isObject).flatMap(({ type, signature, data }): Proof[] => {
    if (type === 'redacted_thinking' && typeof data === 'string') return [{ redactedData: data }];
    return type === 'thinking' && typeof signature === 'string' && signature !== '' ? [{ signature }] : [];
  });
};
