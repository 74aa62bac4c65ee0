// SGLang's server.
import { ANTHROPIC_DIALECTS, OPENAI_AND_RESPONSES, speaks } from './paths.ts';

export const sglang = speaks(
  [...OPENAI_AND_RESPONSES, ...ANTHROPIC_DIALECTS, 'ollama-chat', 'ollama-generate'],
  { name: 'sglang', defaultUrl: 'http://127.0.0.1:30000', needsSecret: false },
);
