// What a text of Anthropic's is supported by, as the neutral form tells it.
import type { Json } from '../../json/value.ts';
import { at, isArray, isObject } from '../../json/value.ts';
import type { Part } from '../neutral.ts';

/** A reference of a text. */
export type Citation = NonNullable<Extract<Part, { type: 'text-end' }>['citations']>[number];

/** A text's end, or nothing of kind. */
const word = (value: Json | undefined): string | undefined => (typeof value === 'string' ? value : undefined);

/** A citation; undefined: it is none of a kind that is known. `length`: of the text that it supports, in UTF-16 units. */
export const citationOf = (said: Json | undefined, length: number): Citation | undefined => {
  if (!isObject(said)) return undefined;
  const url = word(said.url) ?? word(said.source);
  const index = at(said, 'document_index');
  const title = word(said.title) ?? word(said.document_title);
  const cited = word(said.cited_text);
  const place = {
    startIndex: 0,
    endIndex: length,
    ...(cited === undefined ? {} : { citedText: cited }),
  };
  const providerMetadata = { anthropic: said };
  if (url !== undefined) {
    const named = title === undefined ? {} : { title };
    return {
      source: { type: 'source', sourceType: 'url', id: url, url, ...named, providerMetadata },
      ...place,
    };
  }
  if (typeof index !== 'number') return undefined;
  return {
    source: {
      type: 'source',
      sourceType: 'document',
      id: String(index),
      mediaType: 'text/plain',
      title: title ?? `Document ${index}`,
      providerMetadata,
    },
    ...place,
  };
};

/** The citations of a whole text; none where there are none. */
export const citedBy = (citations: Json | undefined, length: number): { readonly citations?: Citation[] } => {
  if (!isArray(citations)) return {};
  const known = citations.map((said) => citationOf(said, length)).filter((each) => each !== undefined);
  return known.length === 0 ? {} : { citations: known };
};
