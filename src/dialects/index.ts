// Every dialect the gateway listens to.
import { anthropicCountTokens } from './anthropic-count-tokens.ts';
import { anthropicMessages } from './anthropic-messages.ts';
import { anthropicModels } from './anthropic-models.ts';
import type { CallDialect, CallDialectName, Dialect } from './dialect.ts';
import { ollamaChat } from './ollama-chat.ts';
import { ollamaEmbed } from './ollama-embed.ts';
import { ollamaEmbeddings } from './ollama-embeddings.ts';
import { ollamaGenerate } from './ollama-generate.ts';
import { ollamaShow } from './ollama-show.ts';
import { ollamaTags } from './ollama-tags.ts';
import { openaiChat } from './openai-chat.ts';
import { openaiCompletions } from './openai-completions.ts';
import { openaiEmbeddings } from './openai-embeddings.ts';
import { openaiModels } from './openai-models.ts';
import { openaiResponses } from './openai-responses.ts';
import { probes } from './probes.ts';

export { unknown } from './unknown.ts';

/** Those with routes of their own. */
export const dialects: readonly Dialect[] = [
  openaiChat,
  openaiCompletions,
  openaiEmbeddings,
  openaiResponses,
  anthropicMessages,
  anthropicCountTokens,
  ollamaChat,
  ollamaGenerate,
  ollamaEmbed,
  ollamaEmbeddings,
  openaiModels,
  anthropicModels,
  ollamaTags,
  ollamaShow,
  probes,
];

/** The dialect of that name. */
export const dialectNamed = (name: CallDialectName): CallDialect => {
  const found = dialects.find((dialect): dialect is CallDialect => dialect.name === name);
  if (found === undefined) throw new Error(`no dialect ${name}`);
  return found;
};
