// Whatever a body is, it is answered, refused or passed on: no fault, no hang, no exchange without its record.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openaiChat } from '../../src/dialects/openai-chat.ts';
import { JsonFault, openDocument } from '../../src/json/document.ts';
import { parseJson } from '../../src/json/parse.ts';
import { REFUSALS, Refusal } from '../../src/refusal.ts';
import { seeded } from '../json/random.ts';
import { exchangeOf, postChat } from '../kit/chat.ts';
import { setupFor } from '../kit/gateway.ts';
import type { Parts } from '../kit/parts.ts';
import { startParts } from '../kit/parts.ts';
import type { Upstream } from '../kit/upstream.ts';
import { startUpstream } from '../kit/upstream.ts';
import { mutatedBody } from './mutations.ts';

const PROMPT = 'OURS "first"';
const BODIES = 20_000;
/** Many times what the slowest of them takes; what grows faster than its body takes longer. */
const LIMIT_MS = 2_000;
/** This thread's own time: what else the machine does is no fault of a body's. */
const cpuMs = (): number => {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
};

it('of 20,000 broken bodies each is refused or read, and what is read says what it said', () => {
  const random = seeded(20_261_121);
  const told = new Map<string, number>();
  const count = (what: string): void => void told.set(what, (told.get(what) ?? 0) + 1);
  for (let i = 0; i < BODIES; i++) {
    const bytes = mutatedBody(random);
    const mode = random.pick(['refuse', 'demote', 'allow'] as const);
    const started = cpuMs();
    try {
      const document = openDocument(bytes, { depth: 100 });
      const asked = openaiChat.read(document);
      openaiChat.bindPrompt(document, PROMPT, mode);
      if (asked.stream) openaiChat.askUsage(document);
      openaiChat.rename(document, 'other');
      const output = document.output();
      const text = typeof output === 'string' ? output : new TextDecoder().decode(output);
      expect(parseJson(text)).toEqual(document.value);
      const [first, ...rest] = JSON.parse(text).messages;
      expect(first).toEqual({ role: 'system', content: PROMPT });
      if (mode !== 'allow')
        for (const { role } of rest) expect(['user', 'assistant', 'tool', 'function']).toContain(role);
      count('read');
    } catch (error) {
      if (error instanceof Refusal) count(error.code);
      else if (error instanceof JsonFault) count(error.reason);
      else throw new Error(`body ${i}: ${new TextDecoder().decode(bytes)}`, { cause: error });
    }
    expect(cpuMs() - started, `body ${i}`).toBeLessThan(LIMIT_MS);
  }
  // The mutations reach every way there is to be refused, and many bodies still pass.
  for (const what of ['read', 'syntax', 'encoding', 'depth', 'duplicate', 'bad_request', 'ambiguous_body'])
    expect(told.get(what) ?? 0, what).toBeGreaterThan(50);
  expect(told.get('caller_system_refused') ?? 0).toBeGreaterThan(50);
});

let upstream: Upstream;
let gateway: Parts;
beforeAll(async () => {
  upstream = await startUpstream();
  gateway = await startParts(
    setupFor(upstream.url, [{ name: 'plain' }, { name: 'bound', system_prompt: PROMPT }]),
  );
});
afterAll(async () => {
  await gateway.stop();
  await upstream.stop();
});

it('of 500 broken bodies each gets its answer or an error in the dialect, and one sealed record', async () => {
  const random = seeded(7);
  const before = upstream.requests.length;
  let passed = 0;
  const { appendFileSync } = await import('node:fs');
  for (let i = 0; i < 500; i++) { const t0 = performance.now();
    const key = gateway.keys[random.pick(['plain', 'bound'])] ?? '';
    const body = mutatedBody(random);
    const reply = await postChat(gateway.url, key, body).done; const t1 = performance.now();
    const words = `body ${i}: ${Buffer.from(body).toString()} -> ${reply.text}`;
    expect(reply.complete, words).toBe(true);
    expect(reply.status === 200 || (reply.status >= 400 && reply.status < 500), words).toBe(true);
    const isStream = String(reply.headers['content-type']).startsWith('text/event-stream');
    if (isStream) expect(reply.text.endsWith('data: [DONE]\n\n'), words).toBe(true);
    else if (reply.status !== 200) {
      const { error } = JSON.parse(reply.text);
      expect(Object.keys(error), words).toEqual(['message', 'type', 'param', 'code']);
      expect(reply.text, words).not.toMatch(/node_modules|src\/|\bat \S+:\d|select |insert /);
    } else expect(JSON.parse(reply.text).object, words).toBe('chat.completion');
    const entries = await gateway.entries(exchangeOf(reply));
    const t2 = performance.now(); appendFileSync('/tmp/fuzz.log', `${i} ${reply.status} ${Math.round(t1 - t0)} ${Math.round(t2 - t1)} ${JSON.stringify(Buffer.from(body).toString().slice(0, 60))}\n`);
    const seals = entries.filter(({ kind }) => kind === 'seal');
    expect(seals.length, words).toBe(1);
    const code = String(seals[0]?.body.code);
    expect(code === 'null' || code === 'upstream_refused' || Object.hasOwn(REFUSALS, code), words).toBe(true);
    if (reply.status === 200) passed++;
  }
  expect(gateway.log.filter(({ level }) => level === 'error')).toEqual([]);
  expect(passed).toBeGreaterThan(20);
  expect(upstream.requests.length - before).toBeGreaterThanOrEqual(passed);
});

it('bodies of megabytes that are built to be slow are told in a moment', () => {
  const list = (count: number, item: (index: number) => string): string =>
    Array.from({ length: count }, (_, index) => item(index)).join(',');
  const turns = (inside: string): string => `{"model":"m","messages":[${inside}]}`;
  const fields = (inside: string): string => `{"model":"m","messages":[{"role":"user"}],${inside}}`;
  const bodies = [
    turns(list(50_000, () => '{"role":"user","content":""}')),
    turns(list(20_000, () => '{"role":"system","content":""}')),
    turns(`{"role":"user",${list(50_000, (index) => `"\u00c5${index}":1`)}}`),
    turns(`{"role":"user","content":"${'\\\\'.repeat(1_000_000)}"}`),
    turns(`{"role":"${'x'.repeat(2_000_000)}","content":""}`),
    fields(list(60_000, (index) => `"A\u030a${index}":1`)),
    fields(`"${'\u0300'.repeat(1_000_000)}":1`),
    fields(`"chat_template_kwargs":{${list(50_000, (index) => `"k${index}":true`)}}`),
    `{"model":"${'m'.repeat(2_000_000)}","messages":[]}`,
  ];
  for (const [index, body] of bodies.entries()) {
    const bytes = new TextEncoder().encode(body);
    const started = cpuMs();
    try {
      const document = openDocument(bytes, { depth: 100 });
      openaiChat.read(document);
      openaiChat.bindPrompt(document, PROMPT, 'demote');
      document.output();
    } catch (error) {
      if (!(error instanceof Refusal || error instanceof JsonFault)) throw error;
    }
    const tookMs = cpuMs() - started;
    expect(tookMs, `body ${index}`).toBeLessThan(LIMIT_MS);
  }
});
