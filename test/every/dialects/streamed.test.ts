// Every dialect that streams passes through frame by frame, and a stream that was cut never looks complete.
import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dialects } from '../../../src/dialects/index.ts';
import { Refusal } from '../../../src/refusal.ts';
import { exchangeOf } from '../../kit/chat.ts';
import type { Started } from '../../kit/gateway.ts';
import { startGateway } from '../../kit/gateway.ts';
import { answered, asStream, call, setupOfAll } from '../../kit/spoken/calls.ts';
import type { Spoken } from '../../kit/spoken/index.ts';
import { SPOKEN } from '../../kit/spoken/index.ts';
import type { Scripted, Upstream } from '../../kit/upstream.ts';
import { startUpstream } from '../../kit/upstream.ts';

let upstream: Upstream;
let gateway: Started;
beforeAll(async () => {
  upstream = await startUpstream();
  gateway = await startGateway({ setup: setupOfAll(upstream.url) });
});
afterAll(async () => {
  await gateway.stop();
  await upstream.stop();
});

const sha256 = (bytes: string | Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

const post = (spoken: Spoken, body: unknown, reply: Scripted) =>
  answered(gateway, upstream, spoken, { key: 'plain', body, reply });

/**
 * Its pieces have no end of their own, and grow side by side: a frame may pass one of another piece that is held. Each piece's own
 * text is in order, which `saidIn` tells.
 */
const SIDE_BY_SIDE = 'openai-chat';

/** The frames of a stream, as they stand in it. */
const eventsOf = (stream: string): string[] => stream.split(/(?<=\n)(?=data: |event: |\{)/);

const streaming = SPOKEN.filter(({ stream }) => stream !== null).map((spoken) => ({
  name: spoken.dialect,
  spoken,
}));

describe.each(streaming)('$name, streamed', ({ spoken }) => {
  const body = spoken.body('Good day', spoken.streamed);
  const headers = { 'content-type': spoken.streamType };

  it('passes every frame as it came, whatever it holds, each piece in order, and records its usage', async () => {
    const pieces = ['Hel', 'lo ', '\u00e9'];
    const frames = spoken.stream?.(pieces).join('') ?? '';
    const { reply, seen } = await post(spoken, body, asStream(spoken, pieces));
    expect([reply.status, eventsOf(reply.text).sort(), reply.complete]).toEqual([
      200,
      eventsOf(frames).sort(),
      true,
    ]);
    if (spoken.dialect !== SIDE_BY_SIDE) expect(reply.text).toBe(frames);
    expect(reply.headers['content-type']).toBe(spoken.streamType);
    expect(seen?.json).toEqual({ ...body, model: 'upstream-small' });
    for (const text of spoken.saidIn(reply.text)) expect(text).toBe('Hello \u00e9');
    expect(await gateway.record(exchangeOf(reply))).toMatchObject({
      ending: 'complete',
      stream: true,
      usage: spoken.usage,
      reply_sha256: sha256(frames),
      delivered_sha256: sha256(reply.text),
    });
  });

  it('cut anywhere before its end never looks complete, and has the error of its dialect', async () => {
    const frames = spoken.stream?.(['Hel', 'lo']) ?? [];
    for (let cutAfter = 1; cutAfter < frames.length; cutAfter++) {
      const { reply } = await post(spoken, body, asStream(spoken, ['Hel', 'lo'], { cutAfter }));
      expect([reply.status, spoken.ends(reply.text)]).toEqual([200, false]);
      spoken.mustBeError(spoken.errorIn(reply.text) ?? '', 502);
      const record = await gateway.record(exchangeOf(reply));
      expect(record).toMatchObject({ ending: 'failed', code: 'upstream_cut' });
    }
    // An upstream that ends its transfer in good order, but not its stream.
    const { reply } = await post(spoken, body, { sse: frames.slice(0, -1), headers });
    expect([spoken.ends(reply.text), reply.complete]).toEqual([false, false]);
    expect(await gateway.record(exchangeOf(reply))).toMatchObject({ ending: 'failed', code: 'upstream_cut' });
  });

  it('that breaks off with an error of its upstream passes it, and is recorded as failed', async () => {
    const [first = ''] = spoken.stream?.(['x']) ?? [];
    const ours = dialects.find(({ name }) => name === spoken.dialect);
    if (ours?.kind !== 'call') throw new Error('it is a call');
    const fault = ours.fault(new Refusal('upstream_failed'), 'req_upstream').bytes;
    const { reply } = await post(spoken, body, { sse: [first, fault], headers });
    expect(reply.text).toContain(Buffer.from(fault).toString());
    // Nothing is added, and nothing is missing from the transfer: a reset could take the error with it.
    expect([spoken.ends(reply.text), reply.complete]).toEqual([false, true]);
    expect(reply.text.trimEnd().endsWith(Buffer.from(fault).toString().trimEnd())).toBe(true);
    expect(await gateway.record(exchangeOf(reply))).toMatchObject({ ending: 'failed' });
  });

  it('is let go of upstream when its client hangs up', async () => {
    const before = upstream.requests.length;
    upstream.next({ sse: (spoken.stream?.(['x']) ?? []).slice(0, -1), headers, hang: true });
    const begun = call(gateway, spoken, 'plain', body);
    const head = await begun.head;
    const seen = await upstream.arrived(before);
    begun.abort();
    expect(await seen.closed).toBe('aborted');
    expect(await gateway.record(exchangeOf(head))).toMatchObject({ ending: 'abandoned', status: 200 });
  });
});
