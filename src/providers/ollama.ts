// Ollama: its own dialects, and the faces it shows to clients of others. It counts no tokens ahead.
import { OLLAMA_DIALECTS, OPENAI_AND_RESPONSES, speaks } from './paths.ts';

export const ollama = speaks([...OLLAMA_DIALECTS, ...OPENAI_AND_RESPONSES, 'anthropic-messages'], {
  name: 'ollama',
  defaultUrl: 'http://127.0.0.1:11434',
  needsSecret: false,
});
