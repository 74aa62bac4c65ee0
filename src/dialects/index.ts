// Every dialect the gateway listens to.
import { anthropicCountTokens } from './anthropic-count-tokens.ts';
import { anthropicMessages } from './anthropic-messages.ts';
import type { Dialect } from './dialect.ts';
import { openaiChat } from './openai-chat.ts';
import { openaiModels } from './openai-models.ts';

export { unknown } from './unknown.ts';

/** Those with routes of their own. */
export const dialects: readonly Dialect[] = [
  openaiChat,
  anthropicMessages,
  anthropicCountTokens,
  openaiModels,
];
