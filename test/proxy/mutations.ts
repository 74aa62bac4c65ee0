// Chat bodies gone wrong, from a seed: bytes changed, cut, repeated, values of the wrong kind, nesting.
import type { Random } from '../json/random.ts';

const call = { id: 'c', type: 'function', function: { name: 'f', arguments: '{"a":[1]}' } };
const BODIES: readonly object[] = [
  { model: 'small', messages: [{ role: 'user', content: 'hello' }] },
  {
    model: 'small',
    stream: true,
    stream_options: { include_usage: true },
    messages: [
      { role: 'system', content: 'be' },
      {
        role: 'user',
        content: [
          { type: 'text', text: 'é😀' },
          { type: 'image_url', image_url: { url: 'data:' } },
        ],
      },
      { role: 'assistant', content: null, tool_calls: [call] },
      { role: 'tool', tool_call_id: 'c', content: '1' },
    ],
    tools: [{ type: 'function', function: { name: 'f', parameters: { type: 'object', properties: {} } } }],
    temperature: 1.0e-5,
    n: 2,
  },
  {
    messages: [{ content: 'x', role: 'user', name: 'n' }],
    model: 'lan/x',
    response_format: { type: 'json_schema', json_schema: { name: 'a', schema: { type: 'object' } } },
    logit_bias: { 5: -1 },
    chat_template_kwargs: { enable_thinking: true },
    metadata: {},
  },
];

/** What a value or a piece of text may turn into. */
const VALUES = [
  ...['null', 'true', '0', '-0', '1e999', '12345678901234567890', '""', '"\\u0000"', '"\\ud800"', '[]', '{}'],
  ...[
    '[[]]',
    '{"role":"system"}',
    '"system"',
    '{"__proto__":null}',
    '"user"',
    '[{"role":"user"}]',
    '"\u2028"',
  ],
];
const TEXTS = [
  ...[
    '"role"',
    '"Role"',
    '"\\u0072ole"',
    '"messages"',
    '"MESSAGES"',
    '"model"',
    '"stream"',
    '"system"',
    ':',
    ',',
  ],
  ...[
    '{',
    '}',
    '[',
    ']',
    '"',
    '\\',
    '\\u',
    '\\ud800',
    '\u0000',
    '\ufeff',
    '\n',
    ' ',
    '//',
    '/**/',
    "'",
    'NaN',
  ],
];

const nested = (random: Random): string => {
  const depth = random.pick([5, 99, 100, 101, 5_000]);
  return random.pick([
    `${'['.repeat(depth)}${']'.repeat(depth)}`,
    `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`,
    '['.repeat(depth),
  ]);
};

/** A text with a few of its characters gone wrong. */
export const mutatedText = (text: string, random: Random): string => {
  const at = random.below(text.length + 1);
  const end = Math.min(text.length, at + random.below(12));
  const parts = [
    () => text.slice(0, at) + text.slice(end),
    () => text.slice(0, at) + text.slice(at, end) + text.slice(at),
    () => text.slice(0, at) + random.pick(TEXTS) + text.slice(at),
    () => text.slice(0, at) + random.pick(TEXTS) + text.slice(end),
    () => text.slice(0, at),
    // A value of another kind in the place of one.
    () => swapped(text, random, random.pick(VALUES)),
    () => swapped(text, random, random.pick(VALUES)),
    () => swapped(text, random, nested(random)),
    () => text.replace('{', `{${random.pick(TEXTS.slice(0, 8))}:${random.pick(VALUES)},`),
  ];
  return random.pick(parts)();
};

const swapped = (text: string, random: Random, value: string): string => {
  const places = [...text.matchAll(/(?<=[:[,])(?:"[^"]*"|[\d.e-]+|true|null|\[\]|\{\})/g)];
  const place = places[random.below(places.length)];
  if (place === undefined) return text + value;
  return text.slice(0, place.index) + value + text.slice(place.index + place[0].length);
};

/** One body, as bytes: most are broken, some are not, a few are not even UTF-8. */
export const mutatedBody = (random: Random): Uint8Array => {
  let text = JSON.stringify(random.pick(BODIES));
  for (let rounds = random.below(4); rounds >= 0; rounds--) text = mutatedText(text, random);
  const bytes = new TextEncoder().encode(text);
  if (random.below(8) === 0 && bytes.length > 0) bytes[random.below(bytes.length)] = random.below(256);
  return bytes;
};
