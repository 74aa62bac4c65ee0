// Whatever is asked, it is understood or refused; whatever is answered, it is read into parts in good order or is a fault, and whatever
// the parts, they are written as blocks one after the other. `FUZZ` sets how many.
import { expect, it } from 'vitest';
import { anthropicMessages } from '../../../src/dialects/anthropic-messages.ts';
import { JsonFault, openDocument } from '../../../src/json/document.ts';
import { parseJson } from '../../../src/json/parse.ts';
import { UpstreamFault } from '../../../src/ports.ts';
import type { ProviderName } from '../../../src/providers/provider.ts';
import { Refusal } from '../../../src/refusal.ts';
import { sseBytes } from '../../../src/streams/sse.ts';
import { anthropicMessagesEgress } from '../../../src/translate/anthropic-messages/egress.ts';
import { anthropicMessagesIngress } from '../../../src/translate/anthropic-messages/ingress.ts';
import type { Content, Part } from '../../../src/translate/neutral.ts';
import { Notes } from '../../../src/translate/notes.ts';
import { seeded } from '../../json/random.ts';
import { anyParts, changed } from '../fuzzed.ts';
import { eventsOf, HEAD, MARK, sent, USAGE, understood } from './asked.ts';

const ROUNDS = Number(process.env.FUZZ ?? 3_000);
const png = { type: 'base64', media_type: 'image/png', data: 'aGk=' };
const text = (said: string) => ({ type: 'text', text: said, cache_control: MARK });

const BODIES: readonly object[] = [
  {
    model: 'm',
    max_tokens: 9,
    messages: [{ role: 'user', content: 'Hi' }],
    system: 'Be',
    stream: true,
    temperature: 1,
  },
  {
    model: 'm',
    max_tokens: 128_000,
    stream: false,
    system: [text('x-anthropic-billing-header: x'), text('A')],
    messages: [
      {
        role: 'user',
        content: [
          text('é😀'),
          { type: 'image', source: png },
          { type: 'image', source: { type: 'url', url: 'https://example.org/a.png' } },
          {
            type: 'document',
            source: { type: 'text', media_type: 'text/plain', data: 'D' },
            title: 'T',
            citations: { enabled: true },
          },
          { type: 'search_result', title: 'T', source: 'S', content: [text('x')] },
        ],
      },
      {
        role: 'system',
        content: [text('Mind'), { type: 'tool_addition', tool: { type: 'tool_reference', name: 'late' } }],
        output_config: { effort: 'low' },
      },
      {
        role: 'assistant',
        content: [
          { type: 'thinking', thinking: 'Hm', signature: 'S' },
          { type: 'redacted_thinking', data: 'R' },
          text('x'),
          { type: 'tool_use', id: 'a', name: 'f', input: { x: 1 } },
          { type: 'tool_use', id: 'b', name: 'f', input: {} },
        ],
      },
      {
        role: 'user',
        content: [
          {
            type: 'tool_result',
            tool_use_id: 'a',
            content: [text('r'), { type: 'image', source: png }],
            is_error: true,
          },
          { type: 'tool_result', tool_use_id: 'b', content: [{ type: 'tool_reference', tool_name: 'late' }] },
          text('and'),
        ],
      },
    ],
    tools: [
      { name: 'f', description: 'F', input_schema: { type: 'object' }, strict: true, input_examples: [{}] },
      { name: 'late', input_schema: { type: 'object' }, defer_loading: true },
    ],
    tool_choice: { type: 'tool', name: 'f', disable_parallel_tool_use: true },
    thinking: { type: 'enabled', budget_tokens: 2_000 },
    output_config: {
      effort: 'high',
      format: { type: 'json_schema', schema: { type: 'object', anyOf: [{ minimum: 1 }] } },
    },
    stop_sequences: ['x', '\n'],
    metadata: { user_id: 'u' },
    context_management: { edits: [] },
    top_k: 1,
    top_p: 0.5,
  },
];

/** Targets of every kind. */
const TARGETS: readonly (readonly [ProviderName, string])[] = [
  ['anthropic', 'claude-sonnet-4-5'],
  ['anthropic', 'claude-opus-5-5'],
  ['vertex', 'claude-3-7-sonnet@20250219'],
  ['vllm', 'qwen3'],
  ['ollama', 'llama3.2'],
];

it('any request is understood or refused, and what was understood can be asked of a target', () => {
  const random = seeded(20_261_121);
  const told = new Map<string, number>();
  for (let round = 0; round < ROUNDS; round++) {
    const body = JSON.stringify(changed(BODIES, random));
    let what = 'refused';
    try {
      const document = openDocument(new TextEncoder().encode(body), { depth: 100 });
      anthropicMessages.read(document);
      const { question } = anthropicMessagesIngress.understand(document.value, new Notes());
      what = 'understood';
      const [provider, model] = random.pick(TARGETS);
      mustAlternate(sent(question, { provider, model }).body);
      what = 'asked';
    } catch (error) {
      if (error instanceof Refusal) what = what === 'understood' ? what : error.code;
      else if (!(error instanceof JsonFault)) throw new Error(`round ${round}: ${body}`, { cause: error });
    }
    told.set(what, (told.get(what) ?? 0) + 1);
  }
  for (const what of ['asked', 'bad_request']) expect(told.get(what) ?? 0, what).toBeGreaterThan(ROUNDS / 10);
});

/** Roles take turns, every call has its result in the next turn, and nothing is empty. */
const mustAlternate = ({ messages }: ReturnType<typeof JSON.parse>): void => {
  let open: string[] = [];
  messages.forEach(({ role, content }: ReturnType<typeof JSON.parse>, index: number) => {
    expect(role).toBe(index % 2 === 0 ? 'user' : 'assistant');
    expect(content.length).toBeGreaterThan(0);
    const results = content.flatMap(({ tool_use_id }: { tool_use_id?: string }) => tool_use_id ?? []);
    expect([...results].sort()).toEqual([...open].sort());
    open = content.flatMap(({ type, id }: { type: string; id: string }) => (type === 'tool_use' ? [id] : []));
  });
  expect(open).toEqual([]);
};

it('any parts are written as a stream with one end, whose blocks are one after the other, and as a whole message', () => {
  const random = seeded(7);
  for (let round = 0; round < ROUNDS; round++) {
    const parts = anyParts(['f'], random);
    try {
      const writer = understood({}).writer(HEAD);
      mustBeInOrder(eventsOf(parts.flatMap((part) => writer.frames(part))));
      const content = parts.filter(
        (part): part is Content & Part => part.type === 'tool-call' || part.type === 'source',
      );
      JSON.parse(
        understood({})
          .writer(HEAD)
          .whole({ content, finishReason: { unified: 'stop', raw: undefined }, usage: USAGE }),
      );
    } catch (error) {
      // A reply that its upstream did not finish is none, nor is one with an input that is no object.
      if (error instanceof Refusal || error instanceof UpstreamFault) continue;
      throw new Error(`round ${round}: ${JSON.stringify(parts)}`, { cause: error });
    }
  }
});

const mustBeInOrder = (events: ReturnType<typeof eventsOf>): void => {
  let open: number | undefined;
  let count = 0;
  for (const { type, index } of events) {
    if (type === 'content_block_start') {
      expect([open, index]).toEqual([undefined, count]);
      open = count++;
    } else if (index !== undefined) expect(index).toBe(open);
    if (type === 'content_block_stop') open = undefined;
  }
  expect(open).toBeUndefined();
  expect(events.filter(({ type }) => type === 'message_start')).toHaveLength(1);
};

const STREAM: readonly object[] = [
  { type: 'message_start', message: { id: 'i', model: 'm', usage: { input_tokens: 1, output_tokens: 1 } } },
  { type: 'content_block_start', index: 0, content_block: { type: 'thinking', thinking: '', signature: '' } },
  { type: 'content_block_delta', index: 0, delta: { type: 'thinking_delta', thinking: 'Hm' } },
  { type: 'content_block_delta', index: 0, delta: { type: 'signature_delta', signature: 'S' } },
  { type: 'content_block_stop', index: 0 },
  { type: 'content_block_start', index: 1, content_block: { type: 'text', text: '' } },
  { type: 'content_block_delta', index: 1, delta: { type: 'text_delta', text: 'Hi' } },
  {
    type: 'content_block_delta',
    index: 1,
    delta: { type: 'citations_delta', citation: { url: 'https://example.org', title: 'T' } },
  },
  { type: 'content_block_stop', index: 1 },
  { type: 'ping' },
  {
    type: 'content_block_start',
    index: 2,
    content_block: { type: 'tool_use', id: 'a', name: 'f', input: {} },
  },
  { type: 'content_block_delta', index: 2, delta: { type: 'input_json_delta', partial_json: '{"x":1}' } },
  { type: 'content_block_stop', index: 2 },
  {
    type: 'message_delta',
    delta: { stop_reason: 'tool_use', stop_sequence: null },
    usage: { output_tokens: 9 },
  },
  { type: 'message_stop' },
];

it('any events are read into parts in good order, or are a fault', () => {
  const random = seeded(11);
  const told = { read: 0, fault: 0 };
  for (let round = 0; round < ROUNDS; round++) {
    const { events } = changed([{ events: STREAM }], random) as { events: unknown };
    const list: readonly unknown[] = Array.isArray(events) ? events : [events];
    const reader = anthropicMessagesEgress.reader();
    try {
      mustBeGood(
        list.flatMap((event) =>
          reader.parts({ bytes: sseBytes({ data: JSON.stringify(event) ?? '' }), last: false }),
        ),
      );
      told.read++;
    } catch (error) {
      if (!(error instanceof UpstreamFault))
        throw new Error(`round ${round}: ${JSON.stringify(list)}`, { cause: error });
      told.fault++;
    }
  }
  expect(told.read).toBeGreaterThan(ROUNDS / 2);
  expect(told.fault).toBeGreaterThan(0);
});

/** What begins grows and ends once; a finish is the last, and there is one at most. */
const mustBeGood = (parts: readonly Part[]): void => {
  const open = new Set<string>();
  parts.forEach((part, index) => {
    if (part.type === 'finish' || part.type === 'error') {
      expect(index).toBe(parts.length - 1);
      if (part.type === 'finish') expect(open.size).toBe(0);
    }
    if (
      !('id' in part) ||
      part.id === undefined ||
      part.type === 'response-metadata' ||
      part.type === 'source'
    )
      return;
    const [kind, step] = part.type.split(/-(?=start$|delta$|end$)/);
    const key = `${kind} ${part.id}`;
    if (step === 'start') open.add(key);
    else expect(open.has(key), key).toBe(true);
    if (step === 'end') open.delete(key);
  });
};

it('any message is read, or is a fault', () => {
  const random = seeded(13);
  const message = {
    id: 'i',
    model: 'm',
    content: [
      { type: 'thinking', thinking: 'Hm', signature: 'S' },
      { type: 'text', text: 'Hi', citations: [{ url: 'https://example.org', title: 'T' }] },
      { type: 'tool_use', id: 'a', name: 'f', input: { x: 1 } },
    ],
    stop_reason: 'refusal',
    stop_details: { type: 'refusal', explanation: 'No.' },
    usage: { input_tokens: 1, output_tokens: 9 },
  };
  for (let round = 0; round < ROUNDS; round++) {
    const reply = parseJson(JSON.stringify(changed([message], random)));
    try {
      const answer = anthropicMessagesEgress.answer(reply);
      expect(JSON.parse(understood({}).writer(HEAD).whole(answer)).type).toBe('message');
    } catch (error) {
      if (!(error instanceof UpstreamFault))
        throw new Error(`round ${round}: ${JSON.stringify(reply)}`, { cause: error });
    }
  }
});
