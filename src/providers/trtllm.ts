// TensorRT-LLM's trtllm-serve.
import { OPENAI_DIALECTS, speaks } from './paths.ts';

export const trtllm = speaks([...OPENAI_DIALECTS, 'anthropic-messages'], {
  name: 'trtllm',
  defaultUrl: 'http://127.0.0.1:8000',
  needsSecret: false,
});
