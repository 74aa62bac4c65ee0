// What the pretend backend says, in whichever dialect it was asked.
import type { CallDialectName } from '../dialects/dialect.ts';
import { parseJson } from '../json/parse.ts';
import type { Hangup, Incoming, Outgoing } from '../ports.ts';
import { UpstreamFault } from '../ports.ts';
import { dialectAt } from './paths.ts';
import { anthropicSpeech, countSpeech } from './pretend-anthropic.ts';
import { chatSpeech } from './pretend-chat.ts';
import { ollamaChatSpeech, ollamaGenerateSpeech } from './pretend-ollama.ts';
import { completionsSpeech, embeddingsSpeech, embedSpeech, oldEmbedSpeech } from './pretend-plain.ts';
import { responsesSpeech } from './pretend-responses.ts';
import { exampleOf } from './pretend-schema.ts';
import type { Heard, Line, Speech } from './pretend-speech.ts';
import { field } from './pretend-speech.ts';

/** Longest wait a prompt may ask for. */
const SLOW_LIMIT_MS = 60_000;
const CHARS_PER_TOKEN = 4;

const SPEECHES: Readonly<Record<CallDialectName, Speech>> = {
  'openai-chat': chatSpeech,
  'openai-completions': completionsSpeech,
  'openai-embeddings': embeddingsSpeech,
  'ollama-chat': ollamaChatSpeech,
  'ollama-generate': ollamaGenerateSpeech,
  'ollama-embed': embedSpeech,
  'ollama-embeddings': oldEmbedSpeech,
  'openai-responses': responsesSpeech,
  'anthropic-messages': anthropicSpeech,
  'anthropic-count-tokens': countSpeech,
};

const charsOf = ({ turns }: Heard): number => turns.reduce((sum, { text }) => sum + text.length, 0);

/** What the user said last. */
const askedIn = ({ turns }: Heard): string =>
  turns.findLast(({ role }) => role === 'user')?.text.trim() ?? '';

/** What the reply holds: text, or one call of a tool. */
const lineFor = (heard: Heard): Line => {
  const last = heard.turns.at(-1);
  if (last?.role === 'tool') return { text: `The tool said: ${last.text}` };
  const asked = askedIn(heard);
  const call = /^call(?:\s+([A-Za-z0-9_-]{1,64}))?(?:\s+(\{[\s\S]*\}))?$/.exec(asked);
  const name = call?.[1] ?? (typeof heard.tool === 'string' ? heard.tool : undefined);
  if (call !== null && name !== undefined) return { call: { name, args: call[2] ?? '{}' } };
  if (heard.json) return { text: JSON.stringify(exampleOf(heard.schema)) };
  const echo = /^echo\s([\s\S]*)$/.exec(asked);
  if (echo !== null) return { text: echo[1] ?? '' };
  return {
    text: `This is the pretend backend. It read ${charsOf(heard)} characters. Point a model at a real backend for a real answer.`,
  };
};

const wait = (ms: number, hangup: Hangup): Promise<void> =>
  new Promise((resolve, reject) => {
    if (hangup.gone) return reject(new UpstreamFault('gone', true, 'the client has gone'));
    const stop = hangup.onGone(() => {
      clearTimeout(timer);
      reject(new UpstreamFault('gone', true, 'the client has gone'));
    });
    const timer = setTimeout(() => {
      stop();
      resolve();
    }, ms);
  });

const tokens = (chars: number): number => Math.max(1, Math.ceil(chars / CHARS_PER_TOKEN));

const failure = (speech: Speech, status: number): Incoming => ({
  status,
  headers: { 'content-type': 'application/json' },
  body: pieces([JSON.stringify(speech.error('The pretend backend was told to fail.', status))]),
});

const encoder = new TextEncoder();

async function* pieces(texts: Iterable<string>, pauseMs = 0, hangup?: Hangup): AsyncGenerator<Uint8Array> {
  for (const text of texts) {
    if (pauseMs > 0 && hangup !== undefined) await wait(pauseMs, hangup);
    if (hangup?.gone === true) throw new UpstreamFault('gone', true, 'the client has gone');
    yield encoder.encode(text);
  }
}

/** Answers a call. The request was read by the gateway before, so its outline is known to be right. */
export const pretendReply = async (outgoing: Outgoing): Promise<Incoming> => {
  const dialect = dialectAt(outgoing.url);
  if (dialect === undefined) throw new UpstreamFault('protocol', true, 'no dialect has this address');
  const speech = SPEECHES[dialect];
  const sent = outgoing.body ?? '';
  const body = parseJson(typeof sent === 'string' ? sent : new TextDecoder().decode(sent));
  const heard = speech.understand(body);
  const asked = askedIn(heard);
  const fail = /^fail\s+([45]\d\d)$/.exec(asked);
  if (fail !== null) return failure(speech, Number(fail[1]));
  const slow = /^slow\s+(\d{1,6})/.exec(asked);
  const slowMs = slow === null ? 0 : Math.min(Number(slow[1]), SLOW_LIMIT_MS);
  if (slowMs > 0) await wait(slowMs, outgoing.hangup);
  const line = lineFor(heard);
  const length = 'text' in line ? line.text.length : line.call.args.length;
  const said = {
    ...heard,
    model: String(field(body, 'model')),
    line,
    usage: { input: tokens(charsOf(heard)), output: tokens(length) * heard.choices },
  };
  return heard.stream
    ? {
        status: 200,
        headers: { 'content-type': speech.streamType },
        body: pieces(speech.pieces(said), slowMs / 10, outgoing.hangup),
      }
    : { status: 200, headers: { 'content-type': 'application/json' }, body: pieces([speech.whole(said)]) };
};
