/**
 * Requests and replies gone wrong, from a seed: values of the wrong kind, things left out, said twice, or standing where they do not
 * belong; parts of a reply in any order.
 */
import type { Part } from '../../src/translate/neutral.ts';
import type { Random } from '../json/random.ts';

type Value = null | boolean | number | string | Value[] | { [name: string]: Value };

const isList = (value: Value | undefined): value is Value[] => Array.isArray(value);
const isRecord = (value: Value | undefined): value is { [name: string]: Value } =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Where a value stands. */
type Spot = {
  readonly holder: Value[] | { [name: string]: Value };
  readonly name: string | number;
  readonly value: Value;
};

const spotsIn = (top: Value): Spot[] => {
  const spots: Spot[] = [];
  const walk = (holder: Value): void => {
    const names = isList(holder) ? holder.keys() : isRecord(holder) ? Object.keys(holder) : [];
    for (const name of names) {
      const value = isList(holder)
        ? holder[Number(name)]
        : isRecord(holder)
          ? holder[String(name)]
          : undefined;
      if (value === undefined || !(isList(holder) || isRecord(holder))) continue;
      spots.push({ holder, name, value });
      walk(value);
    }
  };
  walk(top);
  return spots;
};

const put = ({ holder, name }: Spot, value: Value): void => {
  if (isList(holder)) holder[Number(name)] = value;
  else Object.defineProperty(holder, name, { value, writable: true, enumerable: true, configurable: true });
};

const STRANGE: readonly Value[] = [
  ...[null, true, false, 0, -1, 1.5, 1e300, '', ' ', 'x', 'system', 'tool', '\ud800', '__proto__', [], {}],
  ...[
    [[]],
    [null],
    { type: 'x' },
    { type: 'text' },
    'data:',
    'data:image/png;base64,',
    'http://',
    'aGk=',
    '{"a":',
  ],
];

const change = (top: Value, others: readonly Value[], random: Random): void => {
  const spots = spotsIn(top);
  if (spots.length === 0) return;
  const spot = random.pick(spots);
  const copies = (from: Value): Value =>
    structuredClone(random.pick([...spotsIn(from).map(({ value }) => value), from]));
  random.pick([
    () => put(spot, structuredClone(random.pick(STRANGE))),
    () => put(spot, structuredClone(random.pick(STRANGE))),
    () => put(spot, copies(random.pick(others))),
    () => put(spot, copies(top)),
    () => {
      if (isList(spot.holder)) spot.holder.splice(Number(spot.name), 1);
      else delete spot.holder[String(spot.name)];
    },
    () => {
      if (isList(spot.holder)) spot.holder.splice(Number(spot.name), 0, structuredClone(spot.value));
      else
        put(
          { ...spot, name: random.pick(['type', 'role', 'id', 'name', 'content', 'x']) },
          structuredClone(spot.value),
        );
    },
    () => {
      if (isList(spot.holder)) spot.holder.reverse();
    },
  ])();
};

/** One of these bodies, changed in up to four places. */
export const changed = (bodies: readonly object[], random: Random): object => {
  // What is written here is JSON.
  const values = bodies as readonly Value[];
  const body = structuredClone(random.pick(values));
  for (let rounds = random.below(4); rounds >= 0; rounds--) change(body, values, random);
  return isRecord(body) ? body : {};
};

const TEXTS = [
  '',
  'a',
  'Hello',
  '"',
  '\\',
  '\n',
  '\u2028',
  '😀',
  '\ud83d',
  '{"input":"',
  '"}',
  '{"a":1}',
  '{',
  '}',
];
const IDS = ['0', '1', 'call_1', '__proto__'];
const METADATA = [
  {},
  { anthropic: { signature: 's' } },
  { openai: { refusal: true } },
  { google: { thoughtSignature: 't' } },
];

const partFrom = (tools: readonly string[], random: Random): Part => {
  const id = random.pick(IDS);
  const delta = random.pick(TEXTS);
  const providerMetadata = random.pick(METADATA);
  const toolName = random.pick([...tools, 'unheard']);
  const source = {
    type: 'source',
    sourceType: 'url',
    id,
    url: 'https://example.org/',
    title: delta,
  } as const;
  const ending: Part = { type: 'text-end', id, citations: [{ source }] };
  const parts: readonly Part[] = [
    ending,
    { type: 'text-start', id, providerMetadata },
    { type: 'text-delta', id, delta },
    { type: 'text-delta', id, delta },
    { type: 'reasoning-start', id, providerMetadata },
    { type: 'reasoning-delta', id, delta },
    { type: 'reasoning-end', id, providerMetadata },
    { type: 'tool-input-start', id, toolName, inputEncoding: random.pick(['json', 'text']) },
    { type: 'tool-input-delta', id, delta },
    { type: 'tool-input-delta', id, delta },
    { type: 'tool-input-end', id },
    {
      type: 'tool-call',
      toolCallId: id,
      toolName,
      input: random.pick(['{"a":1}', '{"input":"x"}', '{}', '{"input":']),
      providerMetadata,
    },
    source,
    { type: 'ping' },
    { type: 'stream-start', warnings: [] },
    { type: 'response-metadata', id, modelId: delta },
    { type: 'raw', rawValue: null },
    { type: 'file', mediaType: 'image/png', data: { type: 'data', data: 'aGk=' } },
    { type: 'tool-result', toolCallId: id, toolName, result: delta },
  ];
  return random.pick(parts);
};

/** The parts of a reply in any order; the last of them is its finish. */
export const anyParts = (tools: readonly string[], random: Random): Part[] => {
  const parts = Array.from({ length: random.below(25) }, () => partFrom(tools, random));
  const unified = random.pick(['stop', 'length', 'content-filter', 'tool-calls', 'error', 'other'] as const);
  const total = random.below(2) === 0 ? undefined : random.below(9);
  parts.push({
    type: 'finish',
    finishReason: { unified, raw: undefined },
    usage: {
      inputTokens: { total, noCache: undefined, cacheRead: undefined, cacheWrite: undefined },
      outputTokens: { total, text: undefined, reasoning: undefined },
    },
  });
  return parts;
};
