// The lens of dialects that stream server-sent events of JSON: an event as a value, and with another value in its place.
import { parseJson } from '../json/parse.ts';
import type { Json } from '../json/value.ts';
import { sseBytes, sseData, sseEvent } from '../streams/sse.ts';
import { Unreadable } from './lens.ts';

/** The value of an event, whose data may be known; undefined: comments, empty events and `[DONE]` have none. Throws {@link Unreadable}. */
export const sseValue = (bytes: Uint8Array, known?: string): Json | undefined => {
  const data = known ?? sseData(bytes);
  if (data === undefined || data.trim() === '' || data.trimStart().startsWith('[DONE]')) return undefined;
  try {
    return parseJson(data);
  } catch {
    throw new Unreadable('an event is no JSON');
  }
};

/** The same event with another body. Its tokens' probabilities spell the text that was there, so they go. */
export const sseWith = (bytes: Uint8Array, body: Json): Uint8Array => {
  const event = sseEvent(bytes);
  const data = JSON.stringify(body, (key, value: unknown) =>
    key !== 'logprobs' ? value : Array.isArray(value) ? [] : null,
  );
  return sseBytes({ ...(event === undefined ? {} : { event }), data });
};

/** A comment, which clients make nothing of. */
export const SSE_COMMENT = new TextEncoder().encode(': waiting\n\n');
