// A JSON schema as Anthropic's API takes it to keep a reply to: objects are closed, and bounds that cannot be enforced stand in the
// description. Source: the API's structured outputs, "JSON Schema limitations".
import type { Json, JsonObject } from '../../json/value.ts';
import { at, isArray, isObject } from '../../json/value.ts';

const FORMATS: ReadonlySet<Json> = new Set([
  ...['date-time', 'time', 'date', 'duration', 'email', 'hostname', 'uri', 'ipv4', 'ipv6', 'uuid'],
]);
/** Words that are kept as they are. */
const KEPT = ['$schema', '$id', 'title', 'default', 'const', 'enum', 'type', 'required'];
/** Words whose members are schemas, by name. */
const NAMED = ['properties', 'definitions', '$defs'];
/** Words that cannot be enforced. */
const BOUNDS = [
  ...['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum', 'multipleOf', 'minLength', 'maxLength'],
  ...['pattern', 'minItems', 'maxItems', 'uniqueItems', 'minProperties', 'maxProperties', 'not'],
];

/** The schema. Bodies nest no deeper than their limit, so neither does this. */
export const enforced = (schema: Json): Json => {
  if (!isObject(schema)) return schema;
  const made: { [word: string]: Json } = {};
  const definitions = (names: readonly string[]): void => {
    for (const name of names) {
      const members = schema[name];
      if (isObject(members)) made[name] = membersOf(members);
    }
  };
  if (typeof schema.$ref === 'string') {
    made.$ref = schema.$ref;
    definitions(['definitions', '$defs']);
    return made;
  }
  for (const word of KEPT) if (schema[word] !== undefined) made[word] = schema[word];
  definitions(NAMED);
  const any = schema.anyOf ?? schema.oneOf;
  if (isArray(any)) made.anyOf = any.map(enforced);
  if (isArray(schema.allOf)) made.allOf = schema.allOf.map(enforced);
  if (schema.items !== undefined)
    made.items = isArray(schema.items) ? schema.items.map(enforced) : enforced(schema.items);
  if (schema.type === 'object' || schema.properties !== undefined) made.additionalProperties = false;
  if (schema.format !== undefined && FORMATS.has(schema.format)) made.format = schema.format;
  const description = described(schema);
  if (description !== '') made.description = description;
  return made;
};

const membersOf = (members: JsonObject): JsonObject =>
  Object.fromEntries(Object.entries(members).map(([name, member]) => [name, enforced(member)]));

const described = (schema: JsonObject): string => {
  const words = [...BOUNDS, ...(schema.format === undefined || FORMATS.has(schema.format) ? [] : ['format'])];
  const bounds = words
    .filter((word) => schema[word] !== undefined && schema[word] !== null && schema[word] !== false)
    .map((word) => `${word}: ${plain(schema[word])}`);
  const said = typeof schema.description === 'string' ? [schema.description] : [];
  return [...said, ...(bounds.length === 0 ? [] : [`${bounds.join('; ')}.`])].join('\n');
};

const plain = (value: Json | undefined): string =>
  typeof value === 'string' ? value : JSON.stringify(value);

/**
 * The schema of a tool's input as the API takes it: an object, and no choice of objects at its root, which is then all of them at
 * once. Undefined: it is that of something else.
 */
export const rooted = (schema: JsonObject): JsonObject | undefined => {
  if (typeof schema.$ref === 'string') {
    const { $ref, ...around } = schema;
    const target = referred(schema, $ref);
    return isObject(target) && target.$ref === undefined ? rooted({ ...around, ...target }) : undefined;
  }
  if (schema.type !== undefined && schema.type !== 'object') return undefined;
  const { oneOf, anyOf, allOf, ...rest } = schema;
  const choices = [oneOf, anyOf].flatMap((each) => (isArray(each) ? each.filter(isObject) : []));
  const parts = isArray(allOf) ? allOf.filter(isObject) : [];
  if (choices.length + parts.length === 0) return { ...rest, type: 'object' };
  const common = choices
    .map(requiredOf)
    .reduce((both, each) => both.filter((name) => each.includes(name)), requiredOf(choices[0]));
  const required = new Set([...[rest, ...parts].flatMap(requiredOf), ...common]);
  return {
    ...rest,
    type: 'object',
    properties: Object.fromEntries([rest, ...parts, ...choices].flatMap(propertiesOf)),
    ...(required.size === 0 ? {} : { required: [...required] }),
  };
};

const requiredOf = (schema: JsonObject | undefined): readonly Json[] =>
  isArray(schema?.required) ? schema.required : [];

const propertiesOf = ({ properties }: JsonObject): [string, Json][] =>
  isObject(properties) ? Object.entries(properties) : [];

/** What a reference within a schema leads to; undefined: nothing. */
export const referred = (root: Json, pointer: Json | undefined): Json | undefined => {
  let target: Json | undefined = root;
  for (const word of String(pointer).split('/').slice(1)) {
    const name = word.replaceAll('~1', '/').replaceAll('~0', '~');
    target = at(target, isArray(target) ? Number(name) : name);
  }
  return target;
};
