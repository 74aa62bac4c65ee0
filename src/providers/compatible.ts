// Any other server that speaks OpenAI's dialects; its address is the operator's to give, and so are further dialects.
import { OPENAI_DIALECTS, speaks } from './paths.ts';

export const compatible = speaks(OPENAI_DIALECTS, {
  name: 'compatible',
  defaultUrl: null,
  needsSecret: false,
});
