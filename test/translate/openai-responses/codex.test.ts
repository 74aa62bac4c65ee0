// What Codex sends and keeps, through the gateway to a backend of another dialect and back: tools in groups, tools of any text, tools
// that an item brings along, and thoughts that come back proven.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { exchangeOf } from '../../kit/chat.ts';
import { rawPost } from '../../kit/clients.ts';
import { SIGNATURE, startConversing, THOUGHT, TRICKY, turnOf } from '../../kit/conversing/index.ts';
import type { Started } from '../../kit/gateway.ts';
import { startGateway } from '../../kit/gateway.ts';
import type { Upstream } from '../../kit/upstream.ts';

const BACKENDS = ['openai-chat', 'anthropic-messages'] as const;

let upstream: Upstream;
let gateway: Started;
beforeAll(async () => {
  upstream = await startConversing();
  const backend = { provider: 'compatible', url: upstream.url, zone: 'on_prem' };
  gateway = await startGateway({
    setup: JSON.stringify({
      teams: [{ name: 'crew' }],
      backends: BACKENDS.map((name) => ({ ...backend, name, dialects: [name] })),
      models: BACKENDS.map((name) => ({ name, targets: [{ backend: name, model: 'upstream-model' }] })),
      use_cases: [{ name: 'apps', team: 'crew', models: ['*'], endpoints: ['chat'] }],
      keys: [{ name: 'apps', use_case: 'apps' }],
    }),
  });
});
afterAll(async () => {
  await gateway.stop();
  await upstream.stop();
});

const schema = { type: 'object', properties: { path: { type: 'string' } }, required: ['path'] };
const ASKED = {
  stream: true,
  store: false,
  instructions: 'You are a coding agent.',
  include: ['reasoning.encrypted_content'],
  reasoning: { effort: 'medium', summary: 'auto' },
  parallel_tool_calls: true,
  prompt_cache_key: '0199c5a1-0f0d-7a42-8d8e-1f3a4b5c6d7e',
  client_metadata: { 'x-codex-installation-id': '1' },
  text: { verbosity: 'low' },
  tool_choice: 'auto',
  tools: [
    { type: 'function', name: 'shell', description: 'Runs.', strict: false, parameters: schema },
    {
      type: 'namespace',
      name: 'mcp__docs',
      description: 'Docs.',
      tools: [{ type: 'function', name: 'find', parameters: schema }],
    },
    { type: 'web_search' },
  ],
};
const EXEC = {
  type: 'custom',
  name: 'exec',
  description: 'Runs a script.',
  format: { type: 'grammar', syntax: 'lark', definition: 'start: /(.|\\n)+/' },
};
const FIRST = [
  { type: 'additional_tools', role: 'developer', tools: [EXEC] },
  { type: 'message', role: 'developer', content: [{ type: 'input_text', text: 'Sandbox: none.' }] },
  { type: 'message', role: 'user', content: [{ type: 'input_text', text: 'THINK and look around' }] },
];

const post = async (model: string, input: readonly object[]) => {
  const before = upstream.requests.length;
  const reply = await rawPost({
    url: gateway.url,
    path: '/v1/responses',
    headers: { authorization: `Bearer ${gateway.keys.apps}`, 'content-type': 'application/json' },
    body: { ...ASKED, model, input },
  }).done;
  const events: ReturnType<typeof JSON.parse>[] = [...reply.text.matchAll(/^data: (.*)$/gm)].map(([, data]) =>
    JSON.parse(data ?? ''),
  );
  const seen = upstream.requests[before];
  return { reply, events, turn: seen === undefined ? undefined : turnOf(seen) };
};

/** Codex takes an item as it is done, and keeps neither its id nor its status. */
const keptOf = (events: readonly { type: string; item?: Record<string, unknown> }[]) =>
  events
    .filter(({ type }) => type === 'response.output_item.done')
    .map(({ item: { id: _, status: __, ...item } = {} }) => item);

describe.each(BACKENDS)('a backend that speaks %s', (backend) => {
  it('brings a loop of Codex to its end, with every tool under its own name', async () => {
    const first = await post(backend, FIRST);
    expect(first.reply.headers['x-gatehouse-warnings']).toContain('tools.web_search: dropped');
    expect(first.turn?.tools.map(({ name }) => name)).toEqual(['shell', 'mcp__docs__find', 'exec']);
    expect(first.turn?.tools[2]?.description).toContain('start: /(.|\\n)+/');
    const kept = keptOf(first.events);
    const calls = kept.filter(({ type }) => String(type).endsWith('_call'));
    const input = JSON.stringify({ path: TRICKY });
    expect(calls.map(({ call_id: _, ...call }) => call)).toEqual([
      { type: 'function_call', name: 'shell', arguments: input },
      { type: 'function_call', name: 'find', namespace: 'mcp__docs', arguments: input },
      { type: 'custom_tool_call', name: 'exec', input: TRICKY },
    ]);
    const spoken = first.events.filter(({ type }) => type === 'response.custom_tool_call_input.delta');
    expect(spoken.map(({ delta }) => delta).join('')).toBe(TRICKY);
    expect(kept.find(({ type }) => type === 'reasoning')?.summary).toEqual([
      { type: 'summary_text', text: THOUGHT },
    ]);

    const outputs = calls.map(({ type, name, call_id }) => ({
      type: type === 'custom_tool_call' ? 'custom_tool_call_output' : 'function_call_output',
      ...{ call_id, output: `${name} is done` },
    }));
    const second = await post(backend, [...FIRST, ...kept, ...outputs]);
    expect(second.turn?.calls.map(({ name, args }) => [name, JSON.parse(args)])).toEqual([
      ['shell', { path: TRICKY }],
      ['mcp__docs__find', { path: TRICKY }],
      ['exec', { input: TRICKY }],
    ]);
    expect(second.turn?.results.map(({ text }) => text)).toEqual([
      'shell is done',
      'find is done',
      'exec is done',
    ]);
    if (backend === 'anthropic-messages') expect(second.turn?.thoughts.join()).toContain(SIGNATURE);
    const last = second.events.at(-1);
    expect(last.type).toBe('response.completed');
    expect(last.response.output.at(-1).content[0].text).toBe(
      'The tools said: shell is done | find is done | exec is done',
    );
    expect(await gateway.record(exchangeOf(second.reply))).toMatchObject({ ending: 'complete', backend });
  });

  it("that is asked for a tool of the provider's own is not asked at all", async () => {
    const before = upstream.requests.length;
    const reply = await rawPost({
      url: gateway.url,
      path: '/v1/responses',
      headers: { authorization: `Bearer ${gateway.keys.apps}`, 'content-type': 'application/json' },
      body: { ...ASKED, model: backend, input: 'Hi', tool_choice: { type: 'web_search' } },
    }).done;
    expect([reply.status, JSON.parse(reply.text).error]).toEqual([
      400,
      expect.objectContaining({ code: 'unsupported_parameter', param: 'tool_choice' }),
    ]);
    expect(upstream.requests).toHaveLength(before);
  });
});
