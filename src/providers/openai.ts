// OpenAI's own API.
import { OPENAI_DIALECTS, speaks } from './paths.ts';

export const openai = speaks(OPENAI_DIALECTS, {
  name: 'openai',
  defaultUrl: 'https://api.openai.com/v1',
  needsSecret: true,
});
