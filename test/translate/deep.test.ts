// What a text holds is no deeper for it: arguments of tools come as JSON in a text, which no limit of a body looks into.
import { expect, it } from 'vitest';
import type { JsonObject } from '../../src/json/value.ts';
import { capsOf } from '../../src/translate/caps.ts';
import { normalise } from '../../src/translate/normalise.ts';
import { Notes } from '../../src/translate/notes.ts';
import { OTHERWISE } from '../every/governed/rows.ts';

const DEPTH = 50_000;
const DEEP = `{"a":${'['.repeat(DEPTH)}${']'.repeat(DEPTH)}}`;

const user = { role: 'user', content: 'x' };
const BODIES: Readonly<Record<string, JsonObject>> = {
  'openai-chat': {
    model: 'm',
    messages: [
      user,
      {
        role: 'assistant',
        content: null,
        tool_calls: [{ id: 'a', type: 'function', function: { name: 'f', arguments: DEEP } }],
      },
      { role: 'tool', tool_call_id: 'a', content: DEEP },
    ],
  },
  'openai-responses': {
    model: 'm',
    input: [
      user,
      { type: 'function_call', call_id: 'a', name: 'f', arguments: DEEP },
      { type: 'function_call_output', call_id: 'a', output: DEEP },
    ],
  },
};

const rows = OTHERWISE.filter(({ from, way }) => way === 'translated' && BODIES[from] !== undefined);

it.each(rows)('$name: arguments that nest deep are carried as the text they are', ({ from, found, at }) => {
  if (found.kind !== 'translated') throw new Error('it is translated');
  const notes = new Notes();
  const { question } = found.ingress.understand(BODIES[from] ?? {}, notes);
  const caps = capsOf(at, found.egress.dialect);
  const body = found.egress.body(
    normalise(question, caps, notes),
    { model: 'm', stream: false, caps },
    notes,
  );
  expect(JSON.stringify(body).split('[['.repeat(DEPTH / 2)).length).toBe(3);
});
