// A backend that answers by itself, in every dialect, for trying the gateway without a model. The last thing the user says tells it
// what to do:
//   echo TEXT                    answers TEXT
//   call NAME {"json": "args"}   calls a tool (NAME left out: the first tool offered)
//   fail STATUS                  answers with that HTTP status (400 to 599)
//   slow MS                      waits that long before it begins, and a tenth of it before each word
// Where JSON is asked for it answers JSON that fits the schema. Token usage is a quarter of the characters.

import { EVERY_DIALECT, pathOf } from './paths.ts';
import { pretendReply } from './pretend-reply.ts';
import type { Provider } from './provider.ts';

export const pretend: Provider = {
  name: 'pretend',
  dialects: EVERY_DIALECT,
  defaultUrl: 'pretend:',
  needsSecret: false,
  address: (_, dialect) => pathOf('pretend:/v1', dialect),
  authorize: () => ({}),
  answer: pretendReply,
};
