// llama.cpp's llama-server.
import { speaksOpenai } from './openai-paths.ts';

export const llamacpp = speaksOpenai({
  name: 'llamacpp',
  defaultUrl: 'http://127.0.0.1:8080',
  needsSecret: false,
});
