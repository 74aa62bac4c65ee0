// Whatever is asked, it is understood or refused; whatever is answered, it is written as events that can be read. `FUZZ` sets how many.
import { expect, it } from 'vitest';
import { openaiResponses } from '../../../src/dialects/openai-responses.ts';
import { JsonFault, openDocument } from '../../../src/json/document.ts';
import { Refusal } from '../../../src/refusal.ts';
import type { Part } from '../../../src/translate/neutral.ts';
import { Notes } from '../../../src/translate/notes.ts';
import { openaiResponsesIngress } from '../../../src/translate/openai-responses/ingress.ts';
import { seeded } from '../../json/random.ts';
import { anyParts, changed } from '../fuzzed.ts';
import { eventsOf, HEAD, understood } from './asked.ts';

const ROUNDS = Number(process.env.FUZZ ?? 3_000);

const TOOLS = [
  {
    type: 'function',
    name: 'f',
    description: 'F',
    parameters: { type: 'object', properties: {} },
    strict: false,
  },
  { type: 'custom', name: 'patch', format: { type: 'grammar', syntax: 'lark', definition: 'start: "x"' } },
  {
    type: 'namespace',
    name: 'n',
    description: 'N',
    tools: [{ type: 'function', name: 'g', parameters: {} }],
  },
  { type: 'web_search' },
];

const BODIES: readonly object[] = [
  {
    model: 'm',
    input: 'Hi',
    instructions: 'Be',
    stream: true,
    temperature: 1,
    max_output_tokens: 9,
    top_p: 1,
  },
  {
    model: 'm',
    input: [
      { type: 'additional_tools', role: 'developer', tools: [{ type: 'custom', name: 'exec' }] },
      { type: 'message', role: 'developer', content: [{ type: 'input_text', text: 'dev' }] },
      {
        role: 'user',
        content: [
          { type: 'input_text', text: 'é😀' },
          { type: 'input_image', image_url: 'data:image/png;base64,aGk=', detail: 'auto' },
          { type: 'input_file', filename: 'a.pdf', file_data: 'data:application/pdf;base64,aGk=' },
        ],
      },
      { type: 'reasoning', summary: [{ type: 'summary_text', text: 'Hm' }], encrypted_content: 'gAAA' },
      { type: 'function_call', call_id: 'a', name: 'g', namespace: 'n', arguments: '{"x":1}' },
      { type: 'custom_tool_call', call_id: 'b', name: 'patch', input: 'x' },
      { type: 'function_call_output', call_id: 'a', output: [{ type: 'input_text', text: 'r' }] },
      { type: 'custom_tool_call_output', call_id: 'b', output: 'ok' },
      { type: 'message', role: 'assistant', content: [{ type: 'output_text', text: 'x', annotations: [] }] },
      { type: 'web_search_call', id: 'w', status: 'completed' },
    ],
    tools: TOOLS,
    tool_choice: { type: 'allowed_tools', mode: 'auto', tools: [{ type: 'function', name: 'f' }] },
    parallel_tool_calls: false,
    include: ['reasoning.encrypted_content'],
    reasoning: { effort: 'high', summary: 'auto' },
    text: { format: { type: 'json_schema', name: 'a', schema: { type: 'object' }, strict: true } },
    store: false,
    metadata: {},
  },
];

it('requests that are changed are understood as they were', () => {
  for (const body of BODIES) expect(understood(body).question.prompt.length).toBeGreaterThan(0);
});

it('a request gone wrong is understood or refused with its place, and nothing else', () => {
  const random = seeded(20_261_122);
  const told = new Map<string, number>();
  for (let round = 0; round < ROUNDS; round++) {
    const text = JSON.stringify(changed(BODIES, random));
    let what = 'understood';
    try {
      const document = openDocument(new TextEncoder().encode(text), { depth: 100 });
      openaiResponses.read(document);
      const { question } = openaiResponsesIngress.understand(document.value, new Notes());
      expect(question.prompt.length).toBeGreaterThan(0);
    } catch (error) {
      if (error instanceof Refusal) what = error.code;
      else if (error instanceof JsonFault) what = error.reason;
      else throw new Error(`round ${round}: ${text}`, { cause: error });
    }
    told.set(what, (told.get(what) ?? 0) + 1);
  }
  for (const what of ['understood', 'bad_request'])
    expect(told.get(what) ?? 0, what).toBeGreaterThan(ROUNDS / 10);
});

it('a reply of any parts in any order is written as events whose items are those of the response', () => {
  const random = seeded(7);
  for (let round = 0; round < ROUNDS; round++) {
    const parts = anyParts(['f', 'patch', 'n__g'], random);
    try {
      mustBeWhole(parts);
    } catch (error) {
      throw new Error(`round ${round}: ${JSON.stringify(parts)}`, { cause: error });
    }
  }
});

const mustBeWhole = (parts: readonly Part[]): void => {
  const writer = understood({ input: 'Hi', tools: TOOLS, include: ['reasoning.encrypted_content'] }).writer(
    HEAD,
  );
  const frames = parts.flatMap((part) => writer.frames(part));
  expect(frames.map(({ last }) => last).indexOf(true)).toBe(frames.length - 1);
  const events = eventsOf(frames);
  expect(events.map(({ sequence_number }) => sequence_number)).toEqual(events.map((_, index) => index));
  const done = events.filter(({ type }) => type === 'response.output_item.done');
  const items = done.sort((a, b) => a.output_index - b.output_index).map(({ item }) => item);
  expect(events.at(-1).response.output).toEqual(items);
  const added = events.filter(({ type }) => type === 'response.output_item.added').map(({ item }) => item.id);
  expect(added).toEqual(items.map(({ id }) => id));
  for (const { item, output_index } of done)
    (item.content ?? []).forEach((part: { text?: string; refusal?: string }, content_index: number) => {
      const said = events.filter(
        (event) =>
          event.output_index === output_index &&
          event.content_index === content_index &&
          event.type.endsWith('.delta'),
      );
      expect(said.map(({ delta }) => delta).join('')).toBe(part.text ?? part.refusal);
    });
};
