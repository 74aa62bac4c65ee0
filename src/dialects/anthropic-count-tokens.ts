// The counting of a conversation's tokens before it is sent: POST /v1/messages/count_tokens. The conversation goes to the provider
// all the same, so it is governed like one; its reply is a number.
import { isObject } from '../json/value.ts';
import { anthropicMessages } from './anthropic-messages.ts';
import { bindAnthropic, readAnthropic } from './anthropic-request.ts';
import type { CallDialect } from './dialect.ts';
import { parsed } from './outline.ts';

const decoder = new TextDecoder();

export const anthropicCountTokens: CallDialect = {
  ...anthropicMessages,
  name: 'anthropic-count-tokens',
  routes: [{ method: 'POST', path: '/v1/messages/count_tokens', endpoint: 'chat' }],
  read: (document) => ({ ...readAnthropic(document, true), stream: false }),
  bindPrompt: bindAnthropic,
  isFree: true,
  inspectWhole: (body) => {
    const value = parsed(decoder.decode(body));
    if (!isObject(value)) return undefined;
    return value.type === 'error' ? { failed: true } : {};
  },
};
