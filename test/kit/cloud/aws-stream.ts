// Messages of AWS's event stream, written by AWS's own codec.
import { EventStreamCodec } from '@smithy/eventstream-codec';
import { fromUtf8, toUtf8 } from '@smithy/util-utf8';

const codec = new EventStreamCodec(toUtf8, fromUtf8);

const text = (value: string) => ({ type: 'string', value }) as const;

/** One event. */
export const awsEvent = (type: string, payload: unknown): Uint8Array =>
  codec.encode({
    headers: {
      ':event-type': text(type),
      ':content-type': text('application/json'),
      ':message-type': text('event'),
    },
    body: fromUtf8(JSON.stringify(payload)),
  });

/** An exception in the middle of a stream. */
export const awsException = (type: string, message: string): Uint8Array =>
  codec.encode({
    headers: {
      ':exception-type': text(type),
      ':content-type': text('application/json'),
      ':message-type': text('exception'),
    },
    body: fromUtf8(JSON.stringify({ message })),
  });

/** One of Claude's events as InvokeModel carries it, padded as Bedrock pads. */
export const awsChunk = (event: unknown): Uint8Array =>
  awsEvent('chunk', { bytes: Buffer.from(JSON.stringify(event)).toString('base64'), p: 'abcdefghij' });

export const AWS_STREAM = { 'content-type': 'application/vnd.amazon.eventstream' };
