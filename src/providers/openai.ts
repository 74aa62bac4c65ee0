// OpenAI's own API.
import { speaksOpenai } from './openai-paths.ts';

export const openai = speaksOpenai({
  name: 'openai',
  defaultUrl: 'https://api.openai.com/v1',
  needsSecret: true,
});
