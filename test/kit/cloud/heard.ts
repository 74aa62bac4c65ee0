// What is heard of Gemini and of Bedrock's Converse: a text in each place of their replies, whole and streamed, and how they say no.
import type { Heard } from '../spoken/heard.ts';
import { notHere } from '../spoken/spoken.ts';
import { AWS_STREAM, awsEvent, awsException } from './aws-stream.ts';
import { converseEvents, converseWhole } from './converse.ts';
import type { GeminiPart } from './gemini.ts';
import { geminiEvent, geminiEvents, geminiWhole, googleError } from './gemini.ts';

const nested = (depth: number): string => `${'['.repeat(depth)}${']'.repeat(depth)}`;
const bodyOf = (reply: { readonly body?: unknown }): string => String(reply.body);

/** A text that grows part by part. */
const growing = (part: (text: string) => GeminiPart) => ({
  whole: (text: string) => bodyOf(geminiWhole([part(text)])),
  stream: (pieces: readonly string[]) => geminiEvents([...pieces.map((piece) => [part(piece)]), []]),
});

const said = (text: string): GeminiPart => ({ text });
const thought = (text: string): GeminiPart => ({ text, thought: true, thoughtSignature: 'Ab+/'.repeat(20) });
const called = (text: string): GeminiPart => ({ functionCall: { name: 'f', args: { a: text } } });
const cited = (text: string) => ({
  candidates: [
    {
      content: { parts: [{ text: 'x' }], role: 'model' },
      groundingMetadata: { groundingChunks: [{ web: { uri: 'https://example.com/', title: text } }] },
      finishReason: 'STOP',
      index: 0,
    },
  ],
  usageMetadata: { promptTokenCount: 1, candidatesTokenCount: 1, totalTokenCount: 2 },
});

export const geminiHeard: Heard = {
  streamType: 'text/event-stream',
  streams: true,
  answers: {
    content: growing(said),
    reasoning: growing(thought),
    refusal: notHere('a refusal is a reason to stop, without words'),
    'tool arguments': {
      whole: (text) => bodyOf(geminiWhole([called(text)])),
      stream: (pieces) => geminiEvents([[called(pieces.join(''))], []]),
    },
    logprobs: notHere('they are never asked for'),
    annotations: {
      whole: (text) => JSON.stringify(cited(text)),
      stream: (pieces) => [
        ...geminiEvents([[said('x')], []]).slice(0, 1),
        geminiEvent(cited(pieces.join(''))),
      ],
    },
    'unknown fields': growing((later) => ({ text: 'x', later })),
  },
  trouble: {
    error: (status, message) => bodyOf(googleError(status, 'FAILED', message)),
    frame: {
      status: 429,
      text: (message) => geminiEvent({ error: { code: 429, message, status: 'RESOURCE_EXHAUSTED' } }),
    },
  },
  plainWhole: () => bodyOf(geminiWhole([said('Good day')])),
  plainFrames: () => geminiEvents([[said('Good ')], [said('day')], []]),
  deepWhole: (depth) => `{"deep":${nested(depth)},${bodyOf(geminiWhole([said('x')])).slice(1)}`,
  deepFrame: (depth) => (geminiEvents([[]])[0] ?? '').replace('{', `{"deep":${nested(depth)},`),
};

const converse = (content: readonly object[]): string =>
  JSON.stringify({
    output: { message: { role: 'assistant', content } },
    stopReason: 'end_turn',
    usage: { inputTokens: 1, outputTokens: 1, totalTokens: 2 },
    metrics: { latencyMs: 1 },
  });

const deltas = (all: readonly object[]): readonly Uint8Array[] => [
  awsEvent('messageStart', { role: 'assistant' }),
  ...all.map((delta) => awsEvent('contentBlockDelta', { contentBlockIndex: 0, delta })),
  awsEvent('contentBlockStop', { contentBlockIndex: 0 }),
  awsEvent('messageStop', { stopReason: 'end_turn' }),
  awsEvent('metadata', { usage: { inputTokens: 1, outputTokens: 1, totalTokens: 2 } }),
];

const signature = 'Ab+/'.repeat(20);

export const converseHeard: Heard = {
  streamType: AWS_STREAM['content-type'],
  streams: true,
  answers: {
    content: {
      whole: (text) => converse([{ text }]),
      stream: (pieces) => deltas(pieces.map((text) => ({ text }))),
    },
    reasoning: {
      whole: (text) =>
        converse([{ reasoningContent: { reasoningText: { text, signature } } }, { text: 'x' }]),
      stream: (pieces) =>
        deltas([
          ...pieces.map((text) => ({ reasoningContent: { text } })),
          { reasoningContent: { signature } },
        ]),
    },
    refusal: notHere('a refusal is a reason to stop, without words'),
    'tool arguments': {
      whole: (text) => bodyOf(converseWhole('', { name: 'f', input: { a: text } })),
      stream: (pieces) => converseEvents([], { name: 'f', input: { a: pieces.join('') } }),
    },
    logprobs: notHere('it gives no probabilities'),
    annotations: notHere('it is never asked for citations'),
    'unknown fields': {
      whole: (later) => converse([{ text: 'x', later }]),
      stream: (pieces) => deltas(pieces.map((later) => ({ text: 'x', later }))),
    },
  },
  trouble: {
    error: (_, message) => JSON.stringify({ message }),
    frame: { status: 429, text: (message) => awsException('throttlingException', message) },
  },
  plainWhole: () => bodyOf(converseWhole('Good day')),
  plainFrames: () => converseEvents(['Good ', 'day']),
  deepWhole: (depth) => `{"deep":${nested(depth)},${converse([{ text: 'x' }]).slice(1)}`,
  deepFrame: (depth) =>
    awsEvent('contentBlockDelta', { contentBlockIndex: 0, delta: { text: 'x' }, deep: deeply(depth) }),
};

/** What is written by others is no text to be put together. */
const deeply = (depth: number): unknown => {
  let value: unknown = [];
  for (let at = 0; at < Math.min(depth, DEPTH_WRITTEN); at++) value = [value];
  return value;
};
/** Deeper, what writes it breaks before what reads it. */
const DEPTH_WRITTEN = 2_000;
