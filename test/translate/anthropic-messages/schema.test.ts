// JSON schemas as Anthropic's API takes them: what it would refuse is said otherwise, and what it would keep to something else is not
// left to it.
import { describe, expect, it } from 'vitest';
import { REPLY_TOOL } from '../../../src/translate/anthropic-messages/called.ts';
import { enforced, rooted } from '../../../src/translate/anthropic-messages/schema.ts';
import { loadOf } from '../../../src/translate/anthropic-messages/schema-load.ts';
import type { Question } from '../../../src/translate/neutral.ts';
import { sent } from './asked.ts';

const closed = (properties: object, required = Object.keys(properties)) => ({
  type: 'object',
  properties: { ...properties },
  required,
  additionalProperties: false,
});
const many = (count: number, schema: object = { type: 'string' }) =>
  Object.fromEntries(Array.from({ length: count }, (_, n) => [`p${n}`, { ...schema }]));

describe('a schema that is kept to', () => {
  it('has closed objects, choices the API knows, and bounds in words', () => {
    expect(
      enforced({
        $schema: 'https://json-schema.org/draft/2020-12/schema',
        type: 'object',
        description: 'D',
        minProperties: 1,
        properties: {
          a: {
            oneOf: [
              { type: 'string', format: 'uuid' },
              { type: 'number', minimum: 0, maximum: 5 },
            ],
          },
          b: { type: 'array', items: { $ref: '#/$defs/x' }, minItems: 2, description: 'B' },
          c: { allOf: [{ type: 'string', pattern: '^a', format: 'color' }] },
          d: { const: 1, default: 1, title: 'T', uniqueItems: false },
        },
        required: ['a'],
        patternProperties: { x: {} },
        $defs: { x: { properties: { y: true } } },
      }),
    ).toEqual({
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      type: 'object',
      description: 'D\nminProperties: 1.',
      properties: {
        a: {
          anyOf: [
            { type: 'string', format: 'uuid' },
            { type: 'number', description: 'minimum: 0; maximum: 5.' },
          ],
        },
        b: { type: 'array', items: { $ref: '#/$defs/x' }, description: 'B\nminItems: 2.' },
        c: { allOf: [{ type: 'string', description: 'pattern: ^a; format: color.' }] },
        d: { const: 1, default: 1, title: 'T' },
      },
      required: ['a'],
      additionalProperties: false,
      $defs: { x: { properties: { y: true }, additionalProperties: false } },
    });
  });
});

describe("a tool's input", () => {
  const x = { type: 'object', properties: { x: { type: 'string' } }, required: ['x'] } as const;
  const y = {
    type: 'object',
    properties: { y: { type: 'string' }, x: { type: 'string' } },
    required: ['y', 'x'],
  } as const;
  const both = { x: { type: 'string' }, y: { type: 'string' } };

  it.each([
    ['is an object that says so', {}, { type: 'object' }],
    [
      'is any of its choices at once',
      { anyOf: [x, y] },
      { type: 'object', properties: both, required: ['x'] },
    ],
    ['of one choice is that one', { oneOf: [y] }, { ...y, properties: both }],
    [
      'is all of its parts',
      { description: 'D', allOf: [x, y] },
      { description: 'D', type: 'object', properties: both, required: ['x', 'y'] },
    ],
    [
      'is what it refers to',
      { $ref: '#/definitions/a~1b', definitions: { 'a/b': x } },
      { ...x, definitions: { 'a/b': x } },
    ],
  ])('%s', (_, schema, root) => {
    expect(rooted(schema)).toEqual(root);
  });

  it.each([[{ type: 'array' }], [{ $ref: '#/nowhere' }], [{ $ref: '#/a', a: { $ref: '#/a' } }]])(
    'is nothing else: %o',
    (schema) => {
      expect(rooted(schema)).toBeUndefined();
    },
  );
});

describe('what a schema asks', () => {
  it.each<[string, object, object]>([
    [
      'members that may be missing, wherever',
      closed({ a: closed(many(3), ['p0']), b: { type: 'array', items: closed(many(2), []) } }),
      { optional: 4, closed: true },
    ],
    [
      'choices of types',
      closed({ a: { type: ['string', 'null'] }, b: { anyOf: [{}, {}] } }),
      { unions: 2, closed: true },
    ],
    [
      'what it refers to, each time',
      {
        ...closed({ a: { $ref: '#/$defs/x' }, b: { $ref: '#/$defs/x' } }),
        $defs: { x: closed(many(2), []) },
      },
      { optional: 4, closed: true },
    ],
    ['an object of any members', closed({ a: { type: 'object' } }), { closed: false }],
    [
      'a map',
      closed({ a: { type: 'object', properties: {}, additionalProperties: { type: 'string' } } }),
      { closed: false },
    ],
    ['a map by patterns', closed({ a: { patternProperties: { '^x': {} } } }), { closed: false }],
    ['itself', closed({ a: { $ref: '#' } }), { closed: false }],
    [
      'a part that holds itself',
      { ...closed({ a: { $ref: '#/$defs/x' } }), $defs: { x: closed({ y: { $ref: '#/$defs/x' } }) } },
      { closed: false },
    ],
  ])('is %s', (_, schema, load) => {
    expect(loadOf(JSON.parse(JSON.stringify(schema)))).toMatchObject(load);
  });
});

describe('a reply', () => {
  const asked = (
    schema: object,
    model = 'claude-sonnet-4-5',
    provider: 'anthropic' | 'bedrock' = 'anthropic',
  ) => {
    const question: Partial<Question> = { responseFormat: { type: 'json', schema: { ...schema } } };
    const { tools, output_config } = sent(question, { model, provider }).body;
    return output_config?.format === undefined ? tools?.[0].name : 'kept';
  };

  it('is kept to a schema by the API where there is a grammar of it that says the same, else by a tool', () => {
    expect(asked(closed(many(40)))).toBe('kept');
    expect(asked(closed(many(11), []))).toBe(REPLY_TOOL);
    expect(asked(closed(many(17, { type: ['string', 'null'] })))).toBe(REPLY_TOOL);
    expect(asked(closed({ a: { type: 'object' } }))).toBe(REPLY_TOOL);
    expect(asked({ $ref: '#/$defs/a', $defs: { a: closed({ b: { $ref: '#/$defs/a' } }) } })).toBe(REPLY_TOOL);
  });

  it('is kept to it by the API where nothing else is left', () => {
    expect(asked({ type: 'array', items: closed(many(11), []) })).toBe('kept');
    expect(asked(closed(many(11), []), 'claude-opus-5-5')).toBe('kept');
    expect(asked(closed({}), 'eu.anthropic.claude-opus-5-5-v1:0', 'bedrock')).toBe('kept');
  });
});

describe('tools are strict', () => {
  const strict = (count: number, schema: object) => {
    const tools = Array.from(
      { length: count },
      (_, n) => ({ type: 'function', name: `f${n}`, strict: true, inputSchema: { ...schema } }) as const,
    );
    const { body, notes } = sent({ tools });
    expect(notes).toBe(body.tools[0].strict === true ? undefined : 'tools.strict: dropped');
    return body.tools.every((tool: { strict?: boolean }) => tool.strict === true);
  };

  it('as long as they are few and small', () => {
    expect(strict(5, closed(many(3)))).toBe(true);
    expect(strict(6, closed(many(3)))).toBe(false);
    expect(strict(5, closed(many(3), []))).toBe(false);
    expect(strict(1, { type: 'object' })).toBe(false);
  });
});
