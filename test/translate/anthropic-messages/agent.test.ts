// What a coding agent of Anthropic's sends, through the gateway to a model that speaks chat completions: its loop comes to its end.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { rawPost } from '../../kit/clients.ts';
import { startConversing, turnOf } from '../../kit/conversing/index.ts';
import { setupFor } from '../../kit/gateway.ts';
import type { Parts } from '../../kit/parts.ts';
import { startParts } from '../../kit/parts.ts';
import type { Upstream } from '../../kit/upstream.ts';
import { MARK } from './asked.ts';
import { blocksOf } from './parts.ts';

let upstream: Upstream;
let gateway: Parts;
beforeAll(async () => {
  upstream = await startConversing();
  const backend = {
    name: 'lan',
    provider: 'vllm',
    url: upstream.url,
    zone: 'on_prem',
    dialects: ['openai-chat'],
  };
  gateway = await startParts(
    JSON.stringify({
      ...JSON.parse(setupFor(upstream.url)),
      backends: [backend],
      models: [{ name: 'claude-opus-5-5', targets: [{ backend: 'lan', model: 'qwen3-coder' }] }],
    }),
  );
});
afterAll(async () => {
  await gateway.stop();
  await upstream.stop();
});

const ask = (body: object) =>
  rawPost({
    url: gateway.url,
    path: '/v1/messages?beta=true',
    headers: {
      authorization: `Bearer ${gateway.keys.plain}`,
      'anthropic-version': '2023-06-01',
      'anthropic-beta': 'claude-code-20250219,context-management-2025-06-27',
    },
    body,
  }).done;

const text = (said: string, more: object = {}) => ({ type: 'text', text: said, ...more });
const tool = (name: string, more: object = {}) => ({
  name,
  description: `Does ${name}.`,
  input_schema: {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    type: 'object',
    properties: { command: { type: 'string' } },
    required: ['command'],
    additionalProperties: false,
  },
  ...more,
});
const LONG = `mcp__${'a-server-with-a-long-name_'.repeat(3)}__look`;
const BODY = {
  model: 'claude-opus-5-5',
  max_tokens: 128_000,
  system: [
    text('x-anthropic-billing-header: cc_version=2.1.329; cc_entrypoint=cli;'),
    text('You are an agent.', { cache_control: MARK }),
    text('\nYou work with the user.', { cache_control: MARK }),
  ],
  tools: [
    tool('Bash'),
    tool(LONG),
    tool('DeferredToolPlaceholder', { defer_loading: true }),
    tool('Fetch', { defer_loading: true }),
  ],
  metadata: { user_id: JSON.stringify({ device_id: 'd'.repeat(64), session_id: 's' }) },
  thinking: { type: 'adaptive', display: 'omitted' },
  context_management: { edits: [{ type: 'clear_thinking_20251015', keep: 'all' }] },
  output_config: { effort: 'medium' },
  stream: true,
};
const FIRST = [
  { role: 'user', content: [text('<system-reminder>\nBe kind.\n</system-reminder>'), text('Look around')] },
  {
    role: 'system',
    content: [text('# Environment', { cache_control: MARK })],
    output_config: { effort: 'medium' },
  },
];

const eventsIn = ({ text: body }: { readonly text: string }) =>
  body
    .split('\n\n')
    .filter((event) => event !== '')
    .map((event) => JSON.parse(/^event: \w+\ndata: (.+)$/s.exec(event)?.[1] ?? ''));

it('an agent has its tools called, answers, and is answered', async () => {
  const asked = await ask({ ...BODY, messages: FIRST });
  expect(asked.status).toBe(200);
  const events = eventsIn(asked);
  expect(events.at(-2).delta.stop_reason).toBe('tool_use');
  const calls = blocksOf(events).filter(({ type }) => type === 'tool_use');
  // By the names that the agent has for them, and nothing that is put off.
  expect(calls.map(({ name }) => name)).toEqual(['Bash', LONG]);

  const results = calls.map(({ id, name }, index) => ({
    type: 'tool_result',
    tool_use_id: id,
    content: index === 0 ? [text(`${name} ran`)] : [{ type: 'tool_reference', tool_name: 'Fetch' }],
    is_error: false,
  }));
  const messages = [
    ...FIRST,
    { role: 'assistant', content: blocksOf(events) },
    { role: 'user', content: results },
  ];
  const answered = eventsIn(await ask({ ...BODY, messages }));
  expect(answered.at(-2).delta.stop_reason).toBe('end_turn');
  expect(blocksOf(answered)).toEqual([text('The tools said: Bash ran | The tool Fetch can be called now.')]);

  const [first, second] = await Promise.all([upstream.arrived(0), upstream.arrived(1)]).then((all) =>
    all.map(turnOf),
  );
  expect(first?.system).toBe('You are an agent.\n\n\nYou work with the user.');
  expect(first?.said.map(({ text: words }) => words)).toEqual([
    '<system-reminder>\nBe kind.\n</system-reminder>Look around<system-reminder>\n# Environment\n</system-reminder>',
  ]);
  expect(first?.tools.map(({ name }) => name.length <= 64)).toEqual([true, true]);
  expect(second?.tools.map(({ name }) => name)).toContain('Fetch');
  expect(String(asked.headers['x-gatehouse-warnings']).split(', ').sort()).toEqual([
    'context_management: dropped',
    'max_tokens: clamped to 32768',
    'metadata.user_id: dropped',
    'system[0]: dropped',
  ]);
});

it('what only its own provider can do is refused with its place, and nothing is sent', async () => {
  const sent = upstream.requests.length;
  const tools = [tool('Bash'), { type: 'web_search_20250305', name: 'web_search', max_uses: 8 }];
  const { status, text: body } = await ask({ ...BODY, tools, messages: FIRST });
  expect(status).toBe(400);
  expect(JSON.parse(body)).toMatchObject({
    type: 'error',
    error: {
      type: 'invalid_request_error',
      details: { error_code: 'unsupported_parameter', param: 'tools[1].type' },
    },
  });
  expect(upstream.requests.length).toBe(sent);
});
