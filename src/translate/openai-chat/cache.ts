// Anthropic's `cache_control`, which chat clients put beside what it marks: it is carried as it is.
import type { Json } from '../../json/value.ts';
import { given, objectOf } from '../fields.ts';
import type { ProviderOptions } from '../neutral.ts';

/** The options of what is marked so; none where nothing is. */
export const cacheOf = (
  value: Json | undefined,
  param: string,
): { readonly providerOptions?: ProviderOptions } =>
  given(value) === undefined
    ? {}
    : { providerOptions: { anthropic: { cacheControl: objectOf(value, param) } } };
