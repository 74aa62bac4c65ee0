// Ollama: its compatible faces.
import { OPENAI_DIALECTS, speaks } from './paths.ts';

export const ollama = speaks([...OPENAI_DIALECTS, 'anthropic-messages'], {
  name: 'ollama',
  defaultUrl: 'http://127.0.0.1:11434',
  needsSecret: false,
});
