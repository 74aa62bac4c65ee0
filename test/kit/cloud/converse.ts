// What Bedrock's Converse answers, whole and as events.
import type { StreamReply, WholeReply } from '../upstream.ts';
import { json } from '../upstream.ts';
import { AWS_STREAM, awsEvent } from './aws-stream.ts';

const USAGE = {
  inputTokens: 12,
  outputTokens: 7,
  totalTokens: 22,
  cacheReadInputTokens: 3,
  cacheWriteInputTokens: 0,
};
const REQUEST_ID = { 'x-amzn-requestid': '0c5dbe1e-0000-4000-8000-000000000001' };

type Call = { readonly name: string; readonly input: object };

/** A whole reply. */
export const converseWhole = (said: string, call?: Call): WholeReply =>
  json(
    {
      metrics: { latencyMs: 321 },
      output: {
        message: {
          role: 'assistant',
          content: [
            ...(said === '' ? [] : [{ text: said }]),
            ...(call === undefined
              ? []
              : [{ toolUse: { toolUseId: 'tooluse_1', name: call.name, input: call.input } }]),
          ],
        },
      },
      stopReason: call === undefined ? 'end_turn' : 'tool_use',
      usage: USAGE,
    },
    200,
    REQUEST_ID,
  );

/** The messages of a stream. */
export const converseEvents = (pieces: readonly string[], call?: Call): Uint8Array[] => [
  awsEvent('messageStart', { role: 'assistant', p: 'ab' }),
  ...pieces.map((text) => awsEvent('contentBlockDelta', { contentBlockIndex: 0, delta: { text }, p: 'abc' })),
  ...(pieces.length === 0 ? [] : [awsEvent('contentBlockStop', { contentBlockIndex: 0 })]),
  ...(call === undefined
    ? []
    : [
        awsEvent('contentBlockStart', {
          contentBlockIndex: 1,
          start: { toolUse: { toolUseId: 'tooluse_1', name: call.name } },
        }),
        ...[...JSON.stringify(call.input).matchAll(/.{1,6}/g)].map(([input]) =>
          awsEvent('contentBlockDelta', { contentBlockIndex: 1, delta: { toolUse: { input } } }),
        ),
        awsEvent('contentBlockStop', { contentBlockIndex: 1 }),
      ]),
  awsEvent('messageStop', { stopReason: call === undefined ? 'end_turn' : 'tool_use' }),
  awsEvent('metadata', { usage: USAGE, metrics: { latencyMs: 321 } }),
];

/** A streamed reply. */
export const converseStream = (
  events: readonly Uint8Array[],
  more: Partial<StreamReply> = {},
): StreamReply => ({
  sse: events,
  headers: { ...AWS_STREAM, ...REQUEST_ID },
  ...more,
});

/** How Bedrock says no. */
export const awsError = (status: number, type: string, message: string): WholeReply =>
  json({ message }, status, { 'x-amzn-errortype': `${type}:http://internal.amazon.com/coral/` });
