// What Anthropic's API says of a block beside its content, as it rides in the neutral form: whether it is cached, and how reasoning
// is proven.
import type { JsonObject } from '../../json/value.ts';
import type { ProviderOptions } from '../neutral.ts';
import { field, objectIn } from './fields.ts';

/** The `cache_control` of a block, a tool or a request. */
export const cachedBy = (block: JsonObject, path: string): { readonly providerOptions?: ProviderOptions } => {
  const cacheControl = objectIn(field(block, 'cache_control', path));
  return cacheControl === undefined ? {} : { providerOptions: { anthropic: { cacheControl } } };
};
