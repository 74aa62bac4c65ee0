// A backend that answers by itself, for trying the gateway without a model. The last user message tells it what to do:
//   echo TEXT                    answers TEXT
//   call NAME {"json": "args"}   calls a tool (NAME left out: the first tool offered)
//   fail STATUS                  answers with that HTTP status (400 to 599)
//   slow MS                      waits that long before it begins, and a tenth of it before each word
// With `response_format` it answers JSON that fits the schema. Token usage is a quarter of the characters.

import { pretendReply } from './pretend-reply.ts';
import type { Provider } from './provider.ts';

export const pretend: Provider = {
  name: 'pretend',
  dialects: ['openai-chat'],
  defaultUrl: 'pretend:',
  needsSecret: false,
  address: () => 'pretend:/v1/chat/completions',
  authorize: () => ({}),
  answer: pretendReply,
};
