// A question in Anthropic's messages API, for Anthropic and for servers that speak it: the body, and its reply read back.
import type { Json, JsonObject } from '../../json/value.ts';
import { isObject } from '../../json/value.ts';
import type { Egress } from '../egress.ts';
import { maybe } from '../fields.ts';
import type { Question } from '../neutral.ts';
import type { Notes } from '../notes.ts';
import { snake } from '../packaged.ts';
import { anthropicAnswer } from './answer.ts';
import { calledIn } from './called.ts';
import type { Server } from './claude.ts';
import { claudeOf, serverOf } from './claude.ts';
import { anthropicReader } from './reader.ts';
import { saidIn } from './said.ts';
import { limitOf, samplingOf, stopsOf } from './sampling.ts';
import { thinkingOf } from './thinking.ts';

export const anthropicMessagesEgress: Egress = {
  dialect: 'anthropic-messages',
  body: (question, asked, notes) => bodyOf(question, asked, notes),
  reader: anthropicReader,
  answer: anthropicAnswer,
};

const bodyOf = (
  question: Question,
  { model, stream, caps }: Parameters<Egress['body']>[1],
  notes: Notes,
): JsonObject => {
  const [claude, server] = [claudeOf(model), serverOf(caps.provider)];
  const limit = limitOf(question, caps.maxOutputTokens, claude, notes);
  const { tools, toolChoice, format, words } = calledIn(question, { claude, server }, notes);
  const demanded = toolChoice?.type === 'any' || toolChoice?.type === 'tool';
  const { thinking, effort, on } = thinkingOf({ question, demanded }, claude, limit, notes);
  const { system, messages } = saidIn(question.prompt, { server, words }, notes);
  const config = { ...maybe('effort', effort), ...maybe('format', format) };
  const sampling = { claude, thinks: on, hottest: server.hottest };
  return {
    model,
    max_tokens: limit,
    ...maybe('system', system),
    messages,
    ...(tools.length === 0 ? {} : { tools }),
    ...maybe('tool_choice', toolChoice),
    ...(stream ? { stream } : {}),
    ...samplingOf(question, sampling, notes),
    ...stopsOf(question, claude, notes),
    ...maybe('thinking', thinking),
    ...(Object.keys(config).length === 0 ? {} : { output_config: config }),
    ...optionsOf(question, server, notes),
  };
};

/** Options that are carried, or that say nothing here. */
const CARRIED: ReadonlySet<string> = new Set([
  ...['parallelToolCalls', 'strictJsonSchema', 'systemMessageMode', 'reasoningSummary', 'user'],
  ...['safetyIdentifier', 'store', 'promptCacheKey', 'promptCacheRetention', 'include'],
]);
/** The API's own. */
const USER_CHARS = 256;

const optionsOf = ({ providerOptions }: Question, server: Server, notes: Notes): JsonObject => {
  const { openai = {}, anthropic = {} } = providerOptions ?? {};
  for (const [name, value] of Object.entries(openai))
    if (!CARRIED.has(name) && value !== 'auto' && value !== 'default') notes.dropped(snake(name));
  const mark = anthropic.cacheControl as Json | undefined;
  const user = userOf(openai.safetyIdentifier ?? openai.user, server, notes);
  return {
    ...(isObject(mark) ? { cache_control: mark } : {}),
    ...(user === undefined ? {} : { metadata: { user_id: user } }),
  };
};

/** Who the user is, where that is an opaque name: the API refuses addresses and numbers of people. */
const userOf = (user: unknown, server: Server, notes: Notes): string | undefined => {
  if (typeof user !== 'string' || user === '') return undefined;
  if (server.users && user.length <= USER_CHARS && !/@|^\+?[\d\s().-]{7,}$/.test(user)) return user;
  notes.dropped('user');
  return undefined;
};
