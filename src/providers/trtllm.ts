// TensorRT-LLM's trtllm-serve.
import { OPENAI_AND_RESPONSES, speaks } from './paths.ts';

export const trtllm = speaks([...OPENAI_AND_RESPONSES, 'anthropic-messages'], {
  name: 'trtllm',
  defaultUrl: 'http://127.0.0.1:8000',
  needsSecret: false,
});
