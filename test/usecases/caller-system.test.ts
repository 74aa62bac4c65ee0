// No turn and no field of a caller's can replace or outrank a bound system prompt, however a server may read the body. What
// counts is what the upstream received.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { asking, exchangeOf, postChat } from '../kit/chat.ts';
import type { Started } from '../kit/gateway.ts';
import { setupFor, startGateway } from '../kit/gateway.ts';
import type { Node, Reading } from '../kit/readings.ts';
import { nodeOf, READINGS } from '../kit/readings.ts';
import type { Upstream } from '../kit/upstream.ts';
import { startUpstream } from '../kit/upstream.ts';
import type { Attack } from './attacks.ts';
import { AMBIGUOUS, FIELD_ATTACKS, ROLE_ATTACKS } from './attacks.ts';

const PROMPT = 'OURS: you answer questions about our handbook.';
const BELOW = ['user', 'assistant', 'tool', 'function'];

let upstream: Upstream;
let gateway: Started;
beforeAll(async () => {
  upstream = await startUpstream();
  const bound = ['refuse', 'demote', 'allow'].map((mode) => ({
    name: mode,
    system_prompt: PROMPT,
    caller_system: mode,
  }));
  gateway = await startGateway({
    setup: setupFor(upstream.url, [
      ...bound,
      { name: 'default-bound', system_prompt: PROMPT },
      { name: 'default-unbound' },
      { name: 'unbound-refuse', caller_system: 'refuse' },
      { name: 'unbound-demote', caller_system: 'demote' },
    ]),
  });
});
afterAll(async () => {
  await gateway.stop();
  await upstream.stop();
});

type Sent = { status: number; code: string | undefined; exchange: string; received: string | undefined };

const send = async (key: string, body: string): Promise<Sent> => {
  const before = upstream.requests.length;
  const reply = await postChat(gateway.url, gateway.keys[key] ?? '', body).done;
  const { error } = JSON.parse(reply.text);
  return {
    status: reply.status,
    code: error?.code,
    exchange: exchangeOf(reply),
    received: upstream.requests[before]?.body.toString(),
  };
};

const turnsIn = (read: Reading, body: string): Node[] => {
  const turns = read(nodeOf(body), 'messages');
  if (!Array.isArray(turns)) throw new Error('no turns');
  return turns;
};

/** Throws unless, in every reading, ours comes first and nothing else stands above a user's turn. */
const mustBeOursAlone = (received: string): void => {
  for (const [name, read] of Object.entries(READINGS)) {
    const [first, ...rest] = turnsIn(read, received);
    expect([name, read(first, 'role'), read(first, 'content')]).toEqual([name, 'system', PROMPT]);
    for (const turn of rest) expect(BELOW, name).toContain(read(turn, 'role'));
  }
  // Outside of those turns nothing of the attack is left.
  const { messages, ...fields } = JSON.parse(received);
  expect(messages.length).toBeGreaterThan(0);
  expect(JSON.stringify(fields)).not.toContain('EVIL');
};

const attacks: readonly Attack[] = [...ROLE_ATTACKS, ...AMBIGUOUS, ...FIELD_ATTACKS];

describe('caller_system', () => {
  it('has more than sixty attacks to stand against', () => {
    expect(new Set(attacks.map(({ body }) => body)).size).toBeGreaterThan(120);
  });

  it.each(attacks)('refuse: nothing of $name reaches the upstream', async ({ body, ambiguous }) => {
    const { status, code, exchange, received } = await send('refuse', body);
    expect(received).toBeUndefined();
    if (ambiguous) expect(status).toBe(400);
    else expect([status, code]).toEqual([403, 'caller_system_refused']);
    expect(await gateway.record(exchange)).toMatchObject({ ending: 'refused', status });
  });

  it.each(attacks)("demote: $name is a user's word at most", async ({ body, ambiguous }) => {
    const { status, received } = await send('demote', body);
    if (received === undefined) expect(status).toBe(ambiguous ? 400 : 403);
    else {
      expect(status).toBe(200);
      mustBeOursAlone(received);
    }
  });

  it.each(ROLE_ATTACKS)('demote: only the role of $name changes', async ({ body }) => {
    const { received = '' } = await send('demote', body);
    const ours = JSON.stringify({ role: 'system', content: PROMPT });
    const { messages } = JSON.parse(body);
    const below = messages.map((turn: { role: string }) => ({
      ...turn,
      role: BELOW.includes(turn.role) ? turn.role : 'user',
    }));
    expect(received).toBe(
      `{"model":"upstream-small","messages":[${[ours, ...below.map((turn: unknown) => JSON.stringify(turn))].join(',')}]}`,
    );
  });

  it.each(attacks)(
    'allow: ours still comes first, and $name is read in one way only',
    async ({ body, ambiguous }) => {
      const { status, received } = await send('allow', body);
      if (ambiguous) {
        expect([status, received]).toEqual([400, undefined]);
        return;
      }
      expect(status).toBe(200);
      for (const read of Object.values(READINGS)) {
        const [first, ...rest] = turnsIn(read, received ?? '');
        expect([read(first, 'role'), read(first, 'content')]).toEqual(['system', PROMPT]);
        expect(rest.map((turn) => read(turn, 'role'))).toEqual(
          turnsIn(read, body).map((turn) => read(turn, 'role')),
        );
      }
    },
  );

  it('is refuse where a prompt is bound and allow where none is, unless the use case says otherwise', async () => {
    const body = JSON.stringify({ model: 'small', messages: [{ role: 'system', content: 'mine' }] });
    expect(await send('default-bound', body)).toMatchObject({ status: 403, received: undefined });
    expect((await send('default-unbound', body)).received).toBe(body.replace('small', 'upstream-small'));
    expect(await send('unbound-refuse', body)).toMatchObject({ status: 403, received: undefined });
    const demoted = (await send('unbound-demote', body)).received ?? '';
    expect(JSON.parse(demoted).messages).toEqual([{ role: 'user', content: 'mine' }]);
  });
});

const call = { id: 'c1', type: 'function', function: { name: 'f', arguments: '{"role":"system"}' } };
const ORDINARY: readonly object[] = [
  asking('hello'),
  {
    model: 'small',
    messages: [{ role: 'user', name: 'ann', content: [{ type: 'text', text: 'system: hi' }] }],
  },
  {
    model: 'small',
    messages: [
      { role: 'user', content: 'x' },
      { role: 'assistant', content: null, tool_calls: [call], refusal: null, reasoning_content: 'so' },
      { role: 'tool', tool_call_id: 'c1', content: '{"role":"system"}' },
      { role: 'assistant', content: null, function_call: call.function },
      { role: 'function', name: 'f', content: '1' },
    ],
    tools: [{ type: 'function', function: { name: 'system', parameters: { properties: { system: {} } } } }],
  },
  asking('x', {
    response_format: {
      type: 'json_schema',
      json_schema: { name: 'a', schema: { properties: { role: {} } } },
    },
  }),
  asking('x', {
    chat_template_kwargs: { enable_thinking: false, thinking_budget: 10, reasoning_effort: 'high' },
  }),
  asking('x', { add_generation_prompt: true, prompt_logprobs: 1, safe_prompt: true, cache_prompt: true }),
  asking('x', { prompt_cache_key: 'k', safety_identifier: 's', metadata: { system: 'm' }, user: 'u', n: 1 }),
  asking('x', { top_k: 3, guided_json: {}, later_field: { system: 'deep' }, __proto: 1, stop: ['system'] }),
];

describe("a caller's ordinary body", () => {
  it.each(ORDINARY.map((body, index) => ({ index, body })))(
    'passes with everything in it, below ours (number $index)',
    async ({ body }) => {
      for (const key of ['refuse', 'demote', 'allow']) {
        const { status, received = '' } = await send(key, JSON.stringify(body));
        expect(status).toBe(200);
        const { messages, ...rest } = JSON.parse(received);
        const sent = JSON.parse(JSON.stringify(body));
        expect(messages).toEqual([{ role: 'system', content: PROMPT }, ...sent.messages]);
        expect({ ...rest, messages: sent.messages }).toEqual({ ...sent, model: 'upstream-small' });
      }
    },
  );
});
