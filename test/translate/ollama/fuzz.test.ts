// Whatever is asked, it is understood or refused; whatever is answered, it is written as lines that can be read. `FUZZ` sets how many.
import { expect, it } from 'vitest';
import { UpstreamFault } from '../../../src/ports.ts';
import { Refusal } from '../../../src/refusal.ts';
import { seeded } from '../../json/random.ts';
import { anyParts, changed } from '../fuzzed.ts';
import type { Kind } from './asked.ts';
import { linesOf, understood } from './asked.ts';

const ROUNDS = Number(process.env.FUZZ ?? 3_000);
const PNG = 'iVBORw0KGgoAAAANSUhEUg==';

const BODIES: Readonly<Record<Kind, readonly object[]>> = {
  chat: [
    {
      messages: [{ role: 'user', content: 'Hi', images: [PNG] }],
      options: { temperature: 1, seed: 1, stop: ['x'], num_ctx: 1 },
    },
    {
      messages: [
        { role: 'system', content: 'Be' },
        {
          role: 'assistant',
          content: '',
          thinking: 'é😀',
          tool_calls: [{ function: { name: 'f', arguments: { a: 1 } } }],
        },
        { role: 'tool', tool_name: 'f', content: 'x' },
        { role: 'user', content: 'Hi' },
      ],
      tools: [
        { type: 'function', function: { name: 'f', description: 'F', parameters: { type: 'object' } } },
      ],
      format: { type: 'object' },
      think: 'high',
      stream: false,
    },
  ],
  generate: [
    {
      prompt: 'Hi',
      system: 'Be',
      images: [PNG],
      options: { num_predict: 3, top_k: 4 },
      format: 'json',
      think: true,
    },
    { prompt: 'Hi', raw: false, context: [], suffix: '', template: '', keep_alive: 0 },
  ],
};

it.each(['chat', 'generate'] as const)(
  'a request gone wrong is understood or refused, and nothing else: %s',
  (kind) => {
    const random = seeded(20_261_123);
    const told = new Map<string, number>();
    for (let round = 0; round < ROUNDS; round++) {
      const body = changed(BODIES[kind], random);
      let what = 'understood';
      try {
        expect(understood(kind, body).question.prompt.length).toBeGreaterThan(0);
      } catch (error) {
        if (!(error instanceof Refusal))
          throw new Error(`round ${round}: ${JSON.stringify(body)}`, { cause: error });
        what = error.code;
      }
      told.set(what, (told.get(what) ?? 0) + 1);
    }
    for (const what of ['understood', 'bad_request'])
      expect(told.get(what) ?? 0, what).toBeGreaterThan(ROUNDS / 20);
  },
);

it.each(['chat', 'generate'] as const)(
  'a reply of any parts in any order is written as lines, the last of which is done: %s',
  (kind) => {
    const random = seeded(11);
    const [body] = BODIES[kind];
    for (let round = 0; round < ROUNDS; round++) {
      const parts = anyParts(['f'], random);
      const said = parts.flatMap((part) => (part.type === 'text-delta' ? part.delta : []));
      try {
        const lines = linesOf(kind, body ?? {}, parts);
        expect(lines.map((line) => line.message?.content ?? line.response).join('')).toBe(said.join(''));
        expect(lines.at(-1).done).toBe(true);
      } catch (error) {
        // A call whose arguments are none.
        if (error instanceof UpstreamFault) continue;
        throw new Error(`round ${round}: ${JSON.stringify(parts)}`, { cause: error });
      }
    }
  },
);
