// Whatever a client sends and a target answers, something valid comes out, or a refusal, or a fault of the upstream's; and nothing else.
// `FUZZ_ROUNDS=50000` for a longer run.
import { expect, it } from 'vitest';
import { UpstreamFault } from '../../../src/ports.ts';
import { Refusal } from '../../../src/refusal.ts';
import type { Part } from '../../../src/translate/neutral.ts';
import { openaiChatEgress } from '../../../src/translate/openai-chat/egress.ts';
import type { Random } from '../../json/random.ts';
import { seeded } from '../../json/random.ts';
import { anyParts, changed } from '../fuzzed.ts';
import { chunk, chunksOf, finish, HEAD, readParts, sent, understood } from './asked.ts';

const ROUNDS = Number(process.env.FUZZ_ROUNDS ?? 3_000);
const LONG_MS = 60_000 + ROUNDS * 5;

const PNG = 'data:image/png;base64,iVBORw0KGgo=';
const call = (id: string) => ({ id, type: 'function', function: { name: 'f', arguments: '{"a":1}' } });
const f = {
  type: 'function',
  function: { name: 'f', description: 'd', parameters: { type: 'object' }, strict: true },
};
const BODIES = [
  {
    ...{ model: 'm', max_tokens: 9, temperature: 1, stop: ['x'], seed: 1, n: 1, user: 'u', stream: true },
    messages: [
      { role: 'system', content: 'S' },
      {
        role: 'user',
        content: [
          { type: 'text', text: 'U', cache_control: { type: 'ephemeral' } },
          { type: 'image_url', image_url: { url: PNG, detail: 'low' } },
          { type: 'file', file: { filename: 'a.pdf', file_data: 'data:application/pdf;base64,AAAA' } },
          { type: 'input_audio', input_audio: { data: 'AAAA', format: 'wav' } },
        ],
      },
      {
        ...{ role: 'assistant', content: 'A', reasoning_content: 'R', refusal: null },
        thinking_blocks: [{ type: 'thinking', thinking: 'R', signature: 's' }],
        tool_calls: [call('a'), { id: 'b', type: 'custom', custom: { name: 'c', input: 'ls' } }],
      },
      { role: 'tool', tool_call_id: 'a', content: 'done' },
      {
        role: 'tool',
        tool_call_id: 'b',
        content: [
          { type: 'text', text: 'done' },
          { type: 'image_url', image_url: { url: PNG } },
        ],
      },
    ],
    tools: [
      f,
      {
        type: 'custom',
        custom: { name: 'c', format: { type: 'grammar', grammar: { syntax: 'lark', definition: 'x' } } },
      },
    ],
    tool_choice: {
      type: 'allowed_tools',
      allowed_tools: { mode: 'auto', tools: [{ type: 'function', function: { name: 'f' } }] },
    },
    response_format: {
      type: 'json_schema',
      json_schema: { name: 'n', schema: { type: 'object' }, strict: true },
    },
  },
  {
    ...{
      model: 'm',
      reasoning_effort: 'high',
      max_completion_tokens: 5,
      logprobs: false,
      parallel_tool_calls: false,
    },
    messages: [
      { role: 'user', content: 'U' },
      { role: 'assistant', content: null, function_call: { name: 'f', arguments: '{}' } },
      { role: 'function', name: 'f', content: 'done' },
    ],
    functions: [{ name: 'f', parameters: {} }],
    function_call: { name: 'f' },
    thinking: { type: 'enabled', budget_tokens: 2_000 },
  },
];

const tally = (): { readonly seen: Map<string, number>; note(kind: string): void } => {
  const seen = new Map<string, number>();
  return { seen, note: (kind) => void seen.set(kind, (seen.get(kind) ?? 0) + 1) };
};

/** What comes of it: a value, or the name of the no. */
const trying = <T>(work: () => T): T | string => {
  try {
    return work();
  } catch (error) {
    if (error instanceof Refusal) return error.code;
    if (error instanceof UpstreamFault) return error.kind;
    throw error;
  }
};

it('any request is understood or refused, and what was understood can be asked of a target', {
  timeout: LONG_MS,
}, () => {
  const random = seeded(1);
  const { seen, note } = tally();
  for (let round = 0; round < ROUNDS; round++) {
    const body = changed(BODIES, random);
    const got = trying(() => understood(body));
    if (typeof got === 'string') {
      note(got);
      continue;
    }
    note('understood');
    const provider = random.pick(['openai', 'vllm', 'compatible'] as const);
    const asked = trying(() =>
      sent(got.question, { provider, model: random.pick(['gpt-4o', 'gpt-5', 'mistral']) }),
    );
    note(typeof asked === 'string' ? `not asked: ${asked}` : 'asked');
    if (typeof asked !== 'string') expect(pairs(asked.body)).toBe('');
  }
  expect(seen.get('understood')).toBeGreaterThan(ROUNDS / 50);
  expect(seen.get('bad_request')).toBeGreaterThan(ROUNDS / 10);
  expect([...seen.keys()].filter((kind) => !KINDS.has(kind))).toEqual([]);
});

const KINDS = new Set([
  ...['understood', 'asked', 'bad_request', 'unsupported_parameter', 'ambiguous_body', 'model_not_allowed'],
  'not asked: unsupported_parameter',
]);

/** Ids of calls without a result right after them, and the other way round. */
const pairs = (body: {
  messages: { role: string; tool_call_id?: string; tool_calls?: { id: string }[] }[];
}): string => {
  const open = new Set<string>();
  const faults: string[] = [];
  for (const { role, tool_call_id: id = '', tool_calls: made = [] } of body.messages) {
    if (role === 'tool') {
      if (!open.delete(id)) faults.push(`result ${id}`);
      continue;
    }
    faults.push(...open);
    open.clear();
    for (const { id: each } of made) open.add(each);
  }
  return [...faults, ...open].join();
};

it('any parts are written as a stream with one end, and as a whole completion', { timeout: LONG_MS }, () => {
  const random = seeded(2);
  for (let round = 0; round < ROUNDS; round++) {
    const body = random.pick(BODIES);
    const { writer } = understood(body);
    const parts = anyParts(['f', 'c'], random);
    const writing = writer({ ...HEAD, usage: random.below(2) === 0 });
    const chunks = chunksOf(parts.flatMap((part) => writing.frames(part)));
    const ends = chunks.filter(({ choices }) => (choices[0]?.finish_reason ?? null) !== null);
    expect(ends).toHaveLength(1);
    const content = parts.filter(
      (part) => part.type === 'tool-call' || part.type === 'source' || part.type === 'file',
    );
    const { finishReason, usage } = finish('stop') as Extract<Part, { type: 'finish' }>;
    expect(JSON.parse(writing.whole({ content, finishReason, usage })).object).toBe('chat.completion');
  }
});

const PIECES = [
  chunk({ role: 'assistant', content: '' }),
  chunk({ reasoning_content: 'hm', thinking_blocks: [{ type: 'thinking', thinking: 'hm', signature: 's' }] }),
  chunk({
    content: 'x',
    annotations: [{ type: 'url_citation', url_citation: { url: 'https://example.org/' } }],
  }),
  chunk({
    content: [
      { type: 'thinking', thinking: [{ type: 'text', text: 'b' }] },
      { type: 'text', text: 'c' },
    ],
  }),
  chunk({
    tool_calls: [
      { index: 0, ...call('a') },
      { index: 1, ...call('b') },
    ],
  }),
  chunk({ tool_calls: [{ index: 0, function: { arguments: '}' } }] }),
  chunk({ function_call: { name: 'f', arguments: '{}' } }),
  chunk({ refusal: 'No.' }, 'stop'),
  {
    choices: [],
    usage: { prompt_tokens: 1, completion_tokens: 2, prompt_tokens_details: { cached_tokens: 1 } },
  },
  { error: { message: 'x', code: 500 } },
];

it('any chunks are read into parts in good order, or are a fault', { timeout: LONG_MS }, () => {
  const random = seeded(3);
  const { seen, note } = tally();
  for (let round = 0; round < ROUNDS; round++) {
    const chunks = Array.from({ length: random.below(12) }, () => changed(PIECES, random));
    const parts = trying(() => readParts([...chunks, ...odd(random), '[DONE]']));
    if (typeof parts === 'string') {
      note(parts);
      continue;
    }
    note('read');
    expect(disorder(parts)).toEqual([]);
    const answer = trying(() => openaiChatEgress.answer(changed([WHOLE], random) as never));
    note(typeof answer === 'string' ? answer : 'answer');
  }
  expect([...seen.keys()].sort()).toEqual(['answer', 'protocol', 'read']);
});

const WHOLE = {
  ...{ id: 'chatcmpl-1', model: 'm', usage: { prompt_tokens: 1, completion_tokens: 2 } },
  choices: [
    {
      index: 0,
      finish_reason: 'stop',
      message: {
        role: 'assistant',
        content: 'x',
        reasoning: 'hm',
        refusal: null,
        tool_calls: [call('a'), call('b')],
      },
    },
  ],
};

const odd = (random: Random): string[] => (random.below(50) === 0 ? [random.pick(['{', 'x', '<html>'])] : []);

/** What is out of order in the parts of a stream. */
const disorder = (parts: readonly Part[]): string[] => {
  const open = new Set<string>();
  const ids = new Set<string>();
  const faults: string[] = [];
  for (const part of parts) {
    const [, kind, step] = /^(text|reasoning|tool-input)-(start|delta|end)$/.exec(part.type) ?? [];
    if (kind === undefined || !('id' in part)) continue;
    const key = `${kind} ${part.id}`;
    if (step === 'start' ? ids.has(key) : !open.has(key)) faults.push(`${part.type} ${part.id}`);
    if (step === 'end') open.delete(key);
    else open.add(key);
    ids.add(key);
  }
  const finishes = parts.filter(({ type }) => type === 'finish').length;
  return [...faults, ...open, ...(finishes === 1 ? [] : [`${finishes} finishes`])];
};
