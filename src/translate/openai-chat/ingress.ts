// Clients of chat completions: POST /v1/chat/completions as a question, and the reply as chunks or as a whole completion.

import { maybe } from '../fields.ts';
import type { Ingress } from '../ingress.ts';
import type { ProviderOptions } from '../neutral.ts';
import { optionsOf, settingsOf } from './settings.ts';
import type { Tools } from './tools.ts';
import { toolsOf } from './tools.ts';
import { turnsOf } from './turns.ts';
import { ChatWriter } from './writer.ts';

export const openaiChatIngress: Ingress = {
  dialect: 'openai-chat',
  understand: (body, notes) => {
    const asked = toolsOf(body);
    const settings = settingsOf(body, notes);
    const options = oneAtATime(optionsOf(body), asked);
    const { tools, choice } = asked;
    return {
      question: {
        prompt: turnsOf(body.messages, notes),
        ...settings,
        ...(tools.length === 0 ? {} : { tools }),
        ...maybe('toolChoice', choice),
        ...(Object.keys(options).length === 0 ? {} : { providerOptions: options }),
      },
      writer: (head) => new ChatWriter(head, asked),
    };
  },
};

/** A client that knows only functions of the old kind reads one call of a reply. */
const oneAtATime = (options: ProviderOptions, { old, tools }: Tools): ProviderOptions =>
  old && tools.length > 0
    ? {
        ...options,
        openai: { ...options.openai, parallelToolCalls: false },
        anthropic: { ...options.anthropic, disableParallelToolUse: true },
      }
    : options;
