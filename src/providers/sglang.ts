// SGLang's server.
import { ANTHROPIC_DIALECTS, OPENAI_DIALECTS, speaks } from './paths.ts';

export const sglang = speaks([...OPENAI_DIALECTS, ...ANTHROPIC_DIALECTS], {
  name: 'sglang',
  defaultUrl: 'http://127.0.0.1:30000',
  needsSecret: false,
});
