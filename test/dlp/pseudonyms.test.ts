// What a placeholder stands for is known to its caller's exchange, or to the session he names, and to nobody else; he gets the value
// back wherever the model writes it, and what he wrote himself stays what it is.
import OpenAI from 'openai';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Pseudonyms } from '../../src/dlp/pseudonyms.ts';
import { Sessions } from '../../src/dlp/sessions.ts';
import { asking } from '../kit/chat.ts';
import type { Scripted } from '../kit/upstream.ts';
import type { Bench } from './bench.ts';
import { chunk, contentOf, DONE, EMAIL, said, startBench } from './bench.ts';

const BOB = "bob.o'brien@example.org";
const restored = (pseudonyms: Pseudonyms, text: string, json = false): string => {
  let out = '';
  let at = 0;
  for (const { start, end, value } of pseudonyms.restore(text, false, json).values) {
    out += text.slice(at, start) + value;
    at = end;
  }
  return out + text.slice(at);
};

describe('placeholders', () => {
  const pseudonyms = new Pseudonyms();
  pseudonyms.hide('email', EMAIL);
  pseudonyms.hide('us-ssn', '536-22-8731');
  pseudonyms.hide('note', 'a "quoted"\nline');

  it('are the same for the same value, and count by type', () => {
    expect(pseudonyms.hide('email', EMAIL)).toBe('<EMAIL_1>');
    expect(pseudonyms.hide('email', 'x@example.com')).toBe('<EMAIL_2>');
    expect(pseudonyms.hide('us-ssn', '536-22-8731')).toBe('<US_SSN_1>');
  });

  it.each([
    '<EMAIL_1>',
    '<email_1>',
    '<Email 1>',
    '< EMAIL_1 >',
    '[EMAIL_1]',
    '{EMAIL-1}',
    '{{EMAIL_1}}',
    '[[email 1]]',
    '‹EMAIL_1›',
    '«EMAIL_1»',
    '&lt;EMAIL_1&gt;',
    '\\u003cEMAIL_1\\u003e',
    '<EMAIL\\_1>',
    'EMAIL_1',
    'EMAIL\\_1',
    '<EMAIL1>',
  ])('are known again as %s', (mangled) => {
    expect(restored(pseudonyms, `Dear ${mangled}, hi`)).toBe(`Dear ${EMAIL}, hi`);
  });

  it.each([
    'email 1',
    'Email 1',
    'email_1',
    'EMAIL_10',
    'EMAIL_9',
    '<EMAIL_9>',
    'MY_EMAIL_1',
    'EMAIL_1x',
    '<EMAIL>',
    '<PHONE_1>',
    'EMAIL 1',
  ])('are not seen in %s', (text) => {
    expect(restored(pseudonyms, `see ${text}.`)).toBe(`see ${text}.`);
  });

  it('are written into JSON as its strings are', () => {
    expect(JSON.parse(restored(pseudonyms, '{"a":"<NOTE_1>"}', true))).toEqual({ a: 'a "quoted"\nline' });
    expect(restored(pseudonyms, 'so: <NOTE_1>')).toBe('so: a "quoted"\nline');
  });

  it('have no name that the caller wrote himself', () => {
    const own = new Pseudonyms();
    own.reserve('what is <EMAIL_1>, [email 2] and EMAIL_3?');
    expect(own.hide('email', EMAIL)).toBe('<EMAIL_4>');
    expect(restored(own, '<EMAIL_1> EMAIL_3 <EMAIL_4>')).toBe(`<EMAIL_1> EMAIL_3 ${EMAIL}`);
  });

  it('of a value that only the model said are never shown as it', () => {
    const own = new Pseudonyms();
    expect(own.hideReply('email', EMAIL, false)).toBe('<EMAIL_1>');
    expect(restored(own, '<EMAIL_1>')).toBe('<EMAIL_1>');
    expect(own.hide('email', EMAIL)).toBe('<EMAIL_1>');
    expect(restored(own, '<EMAIL_1>')).toBe(EMAIL);
  });

  it('are no more than can be kept: what comes after is redacted', () => {
    const own = new Pseudonyms();
    expect(own.hide('note', 'x'.repeat(300_000))).toBe('[note]');
    for (let i = 0; i < 10_000; i++) own.hide('n', `v${i}`);
    expect(own.hide('n', 'one more')).toBe('[n]');
    expect(own.hide('n', 'v17')).toBe('<N_18>');
  });
});

describe('sessions', () => {
  it('belong to the key that began them, are few, and end', () => {
    let now = 0;
    const sessions = new Sessions(() => now);
    const first = sessions.of('key_a', 's');
    expect(sessions.of('key_a', 's')).toBe(first);
    expect(sessions.of('key_b', 's')).not.toBe(first);
    expect(sessions.of('key_a', 't')).not.toBe(first);
    now += 59 * 60_000;
    expect(sessions.of('key_a', 's')).toBe(first);
    now += 61 * 60_000;
    expect(sessions.of('key_a', 's')).not.toBe(first);
    const kept = sessions.of('key_a', 's');
    for (let i = 0; i < 600; i++) sessions.of('key_c', String(i));
    expect(sessions.of('key_a', 's')).not.toBe(kept);
  });
});

describe('a gateway that pseudonymises', () => {
  let bench: Bench;
  const pii = 'pseudonymise';
  beforeAll(async () => {
    bench = await startBench({
      first: { request: { pii }, response: { pii: 'redact' } },
      second: { request: { pii }, response: { pii: 'redact' } },
      both: { request: { pii }, response: { pii } },
    });
  });
  afterAll(() => bench.stop());

  const prompt = `Write to ${EMAIL}, then to ${BOB}, then to ${EMAIL}.`;
  const whole = (content: string, more: object = {}): Scripted => ({
    body: JSON.stringify({
      choices: [{ index: 0, message: { role: 'assistant', content, ...more }, finish_reason: 'stop' }],
    }),
    headers: { 'content-type': 'application/json' },
  });
  const sentOf = (seen: { json: unknown } | undefined): string => JSON.stringify(seen?.json);
  const contentIn = (text: string): string => JSON.parse(text).choices[0].message.content;

  it('sends placeholders, and gives the values back in a whole reply, tool arguments included', async () => {
    const args = JSON.stringify({ to: '<EMAIL_2>', cc: ['<email 1>'] });
    const calls = {
      tool_calls: [{ id: 'c', type: 'function', function: { name: 'send', arguments: args } }],
    };
    const { seen, reply, sealed, record } = await bench.ask(
      'first',
      asking(prompt),
      whole('Sent to <EMAIL_1> and <EMAIL_3>.', calls),
    );
    expect(seen?.json).toMatchObject({
      messages: [{ content: 'Write to <EMAIL_1>, then to <EMAIL_2>, then to <EMAIL_1>.' }],
    });
    expect(contentIn(reply.text)).toBe(`Sent to ${EMAIL} and <EMAIL_3>.`);
    const told = JSON.parse(reply.text).choices[0].message.tool_calls[0].function.arguments;
    expect(JSON.parse(told)).toEqual({ to: BOB, cc: [EMAIL] });
    expect(sealed.findings).toMatchObject([{ type: 'email', action: 'pseudonymise', count: 3 }]);
    expect(record).not.toContain(EMAIL);
  });

  it('gives them back in a stream, at every cut, through a real client', async () => {
    const client = new OpenAI({
      baseURL: `${bench.parts.url}/v1`,
      apiKey: bench.parts.keys.first ?? '',
      maxRetries: 0,
    });
    const text = 'Dear <EMAIL_2>, [email 1] greets you. <EMAIL_7> & {{EMAIL_1}}.';
    for (const size of [1, 2, 3, 5, 8, 60]) {
      const pieces = text.match(new RegExp(`.{1,${size}}`, 'gs')) ?? [];
      bench.upstream.next({
        sse: [chunk({ role: 'assistant' }), ...pieces.map(said), chunk({}, { finish_reason: 'stop' }), DONE],
      });
      const stream = client.chat.completions.stream({
        model: 'small',
        messages: [{ role: 'user', content: prompt }],
      });
      expect(await stream.finalContent()).toBe(`Dear ${BOB}, ${EMAIL} greets you. <EMAIL_7> & ${EMAIL}.`);
    }
    const args = '{"to":"<EMAIL_2>","cc":"<EMAIL_1>"}';
    const calls = [...args].map((piece) =>
      chunk({ tool_calls: [{ index: 0, function: { arguments: piece } }] }),
    );
    const { reply } = await bench.ask('first', asking(prompt, { stream: true }), { sse: [...calls, DONE] });
    const told = reply.text
      .split('\n')
      .filter((line) => line.startsWith('data: {'))
      .map((line) => JSON.parse(line.slice(6)).choices[0].delta.tool_calls[0].function.arguments);
    expect(JSON.parse(told.join(''))).toEqual({ to: BOB, cc: EMAIL });
  });

  it('does not take what the caller wrote himself for a placeholder', async () => {
    const { seen, reply } = await bench.ask(
      'first',
      asking(`What is <EMAIL_1>? My mail: ${EMAIL}`),
      whole('<EMAIL_1> is one; yours: <EMAIL_2>'),
    );
    expect(sentOf(seen)).toContain('What is <EMAIL_1>? My mail: <EMAIL_2>');
    expect(contentIn(reply.text)).toBe(`<EMAIL_1> is one; yours: ${EMAIL}`);
  });

  it('knows nothing of another exchange, unless both are of one session of one key', async () => {
    const session = { 'x-gatehouse-session': 'chat-1' };
    await bench.ask('first', asking(prompt), whole('ok'), session);
    const alone = await bench.ask('first', asking('Who?'), whole('<EMAIL_1>'));
    expect(contentIn(alone.reply.text)).toBe('<EMAIL_1>');
    const other = await bench.ask('second', asking('Who?'), whole('<EMAIL_1>'), session);
    expect(contentIn(other.reply.text)).toBe('<EMAIL_1>');
    const same = await bench.ask(
      'first',
      asking(`Now to carl@example.net and ${BOB}`),
      whole('<EMAIL_1>, <EMAIL_3>'),
      session,
    );
    expect(sentOf(same.seen)).toContain('Now to <EMAIL_3> and <EMAIL_2>');
    expect(contentIn(same.reply.text)).toBe(`${EMAIL}, carl@example.net`);
    expect(same.seen?.headers['x-gatehouse-session']).toBeUndefined();
    const odd = await bench.ask('first', asking('x'), undefined, { 'x-gatehouse-session': 'a'.repeat(129) });
    expect([odd.reply.status, JSON.parse(odd.reply.text).error.code]).toEqual([400, 'bad_request']);
  });

  it('hides what the model itself says behind placeholders that are never shown as it', async () => {
    for (const stream of [false, true]) {
      const text = 'Ask dora@example.com, I say <EMAIL_1> or <EMAIL_2>.';
      const script = stream ? { sse: [...[...text].map(said), DONE] } : whole(text);
      const { reply } = await bench.ask('both', asking(`I am ${EMAIL}`, { stream }), script);
      const content = stream ? contentOf(reply.text) : contentIn(reply.text);
      expect(content).toBe(`Ask <EMAIL_2>, I say ${EMAIL} or <EMAIL_2>.`);
    }
  });
});
