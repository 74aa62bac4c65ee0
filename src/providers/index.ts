// Every provider.
import { anthropic } from './anthropic.ts';
import { azure } from './azure.ts';
import { bedrock } from './bedrock.ts';
import { compatible } from './compatible.ts';
import { google } from './google.ts';
import { llamacpp } from './llamacpp.ts';
import { ollama } from './ollama.ts';
import { openai } from './openai.ts';
import { pretend } from './pretend.ts';
import type { Provider, ProviderName } from './provider.ts';
import { sglang } from './sglang.ts';
import { trtllm } from './trtllm.ts';
import { vertex } from './vertex.ts';
import { vllm } from './vllm.ts';

export const providers: Readonly<Record<ProviderName, Provider>> = {
  openai,
  azure,
  anthropic,
  google,
  vertex,
  bedrock,
  ollama,
  vllm,
  sglang,
  trtllm,
  llamacpp,
  compatible,
  pretend,
};
