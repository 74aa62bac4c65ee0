// OpenAI's own API.
import { OPENAI_AND_RESPONSES, speaks } from './paths.ts';

export const openai = speaks(OPENAI_AND_RESPONSES, {
  name: 'openai',
  defaultUrl: 'https://api.openai.com/v1',
  needsSecret: true,
});
