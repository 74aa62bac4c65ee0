// Ollama, through its OpenAI-compatible paths.
import { speaksOpenai } from './openai-paths.ts';

export const ollama = speaksOpenai({
  name: 'ollama',
  defaultUrl: 'http://127.0.0.1:11434',
  needsSecret: false,
});
