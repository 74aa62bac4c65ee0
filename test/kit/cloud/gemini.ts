// What Gemini's generateContent and streamGenerateContent answer.
import type { StreamReply, WholeReply } from '../upstream.ts';
import { json } from '../upstream.ts';

const MORE = { modelVersion: 'gemini-2.5-flash', responseId: 'resp-abc123' };
const USAGE = {
  promptTokenCount: 11,
  candidatesTokenCount: 5,
  totalTokenCount: 20,
  thoughtsTokenCount: 4,
  cachedContentTokenCount: 2,
};

/** One part of a candidate's content. */
export type GeminiPart = Readonly<Record<string, unknown>>;

const candidate = (parts: readonly GeminiPart[], more: object = {}) => ({
  candidates: [{ content: { parts, role: 'model' }, index: 0, ...more }],
});

/** A whole reply. */
export const geminiWhole = (parts: readonly GeminiPart[]): WholeReply =>
  json({ ...candidate(parts, { finishReason: 'STOP', avgLogprobs: -0.1 }), usageMetadata: USAGE, ...MORE });

/** Google ends lines with CR and LF. */
export const geminiEvent = (value: unknown): string => `data: ${JSON.stringify(value)}\r\n\r\n`;

/** The events of a stream, one a list of parts. */
export const geminiEvents = (pieces: readonly (readonly GeminiPart[])[]): string[] =>
  pieces.map((parts, index) =>
    geminiEvent({
      ...candidate(parts, index === pieces.length - 1 ? { finishReason: 'STOP' } : {}),
      usageMetadata: USAGE,
      ...MORE,
    }),
  );

/** A streamed reply. */
export const geminiStream = (events: readonly string[], more: Partial<StreamReply> = {}): StreamReply => ({
  sse: events,
  headers: { 'content-type': 'text/event-stream' },
  ...more,
});

/** How Google says no. */
export const googleError = (code: number, status: string, message: string, details?: unknown[]): WholeReply =>
  json({ error: { code, message, status, ...(details === undefined ? {} : { details }) } }, code);
