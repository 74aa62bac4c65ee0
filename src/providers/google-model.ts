// Gemini in its own words, for AI Studio and Vertex AI alike. The package is loaded when it is first asked. Of that package only the
// model itself is used: what is around it looks for keys in the environment, and would fetch what a prompt names by its address.
import { Refusal } from '../refusal.ts';
import type { NeutralModel } from '../translate/neutral.ts';
import type { ForeignAsked } from './provider.ts';

/** A model's name, or a path to one (`tunedModels/x`, `endpoints/123`). Names may come from callers: nothing else gets into a URL. */
const NAME = /^(?:[A-Za-z]{1,32}\/)?[A-Za-z0-9][\w.@:-]{0,255}$/;

/** Ids of tool calls, where Google gives none: an exchange has few. */
const newCallId = (): (() => string) => {
  let count = 0;
  return () => `call_${++count}`;
};

/** A model of Gemini's at `url`, which ends where `/models/NAME` begins. `name`: the package's word for the API that is asked. */
export const geminiModel = async ({
  name,
  url,
  model,
  fetch,
}: ForeignAsked & { readonly name: string }): Promise<NeutralModel> => {
  if (!NAME.test(model)) throw new Refusal('model_not_found', { param: 'model' });
  const { GoogleLanguageModel } = await import('@ai-sdk/google/internal');
  return new GoogleLanguageModel(model, {
    provider: name,
    baseURL: url,
    fetch,
    generateId: newCallId(),
  });
};
