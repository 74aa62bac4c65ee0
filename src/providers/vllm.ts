// vLLM's server.
import { ANTHROPIC_DIALECTS, OPENAI_AND_RESPONSES, speaks } from './paths.ts';

export const vllm = speaks([...OPENAI_AND_RESPONSES, ...ANTHROPIC_DIALECTS], {
  name: 'vllm',
  defaultUrl: 'http://127.0.0.1:8000',
  needsSecret: false,
});
