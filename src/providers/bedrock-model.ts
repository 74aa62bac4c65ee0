// Models on Bedrock that speak none of our dialects, by Converse. The package is loaded when the first of them is asked.
import type { NeutralModel } from '../translate/neutral.ts';
import type { ForeignAsked } from './provider.ts';

/** It asks for a credential of some kind; ours is put in its place by whoever sends. */
const NO_KEY = 'none';

/** A model asked by Converse. */
export const bedrockModel = async ({ url, model, fetch }: ForeignAsked): Promise<NeutralModel> => {
  const { createAmazonBedrock } = await import('@ai-sdk/amazon-bedrock');
  return createAmazonBedrock({ apiKey: NO_KEY, baseURL: url, fetch })(model);
};
