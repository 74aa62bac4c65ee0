// What Anthropic's API says of a block beside its content, as it rides in the neutral form.
import type { JsonObject } from '../../json/value.ts';
import { given, objectOf } from '../fields.ts';
import type { ProviderOptions } from '../neutral.ts';

/** Options of a part, a message, a tool or a question; none where there are none. */
export type Marked = { readonly providerOptions?: ProviderOptions };

/** The `cache_control` of a block, a tool or a request; with what else is to be said of it. */
export const markedBy = (block: JsonObject, path: string, more: ProviderOptions[string] = {}): Marked => {
  const mark = given(block.cache_control);
  const where = path === '' ? 'cache_control' : `${path}.cache_control`;
  const anthropic = mark === undefined ? more : { ...more, cacheControl: objectOf(mark, where) };
  return Object.keys(anthropic).length === 0 ? {} : { providerOptions: { anthropic } };
};
