// llama.cpp's llama-server.
import { ANTHROPIC_DIALECTS, OPENAI_AND_RESPONSES, speaks } from './paths.ts';

export const llamacpp = speaks([...OPENAI_AND_RESPONSES, ...ANTHROPIC_DIALECTS], {
  name: 'llamacpp',
  defaultUrl: 'http://127.0.0.1:8080',
  needsSecret: false,
});
