// vLLM's OpenAI-compatible server.
import { speaksOpenai } from './openai-paths.ts';

export const vllm = speaksOpenai({ name: 'vllm', defaultUrl: 'http://127.0.0.1:8000', needsSecret: false });
