// What a JSON schema asks of Anthropic's API, which keeps a reply to it by a grammar: too large a one, one that contains itself, or one
// whose objects may have any members is refused or kept to something else. Sources: the API's structured outputs, "Schema complexity
// limits"; supports-native-structured-output-schema.ts of @ai-sdk/anthropic.
import type { Json, JsonObject } from '../../json/value.ts';
import { isArray, isObject } from '../../json/value.ts';
import { referred } from './schema.ts';

/** What schemas add up to. */
export type Load = {
  readonly optional: number;
  readonly unions: number;
  /** Whether there is a grammar of it that says the same. */
  readonly closed: boolean;
};

const NOTHING: Load = { optional: 0, unions: 0, closed: true };
const ENDLESS: Load = { ...NOTHING, closed: false };

const SCHEMAS = ['additionalProperties', 'contains', 'else', 'if', 'items', 'not', 'then'];
const LISTS = ['allOf', 'anyOf', 'oneOf', 'prefixItems'];
const NAMED = ['dependentSchemas', 'patternProperties', 'properties'];

/** The sum of two. */
export const sumOf = (one: Load, other: Load): Load => ({
  optional: one.optional + other.optional,
  unions: one.unions + other.unions,
  closed: one.closed && other.closed,
});

/** What a schema asks. What is referred to counts each time it is. */
export const loadOf = (schema: Json): Load => new Weighing(schema).of(schema);

class Weighing {
  readonly #root: Json;
  /** What references lead to; undefined while it is being looked at. */
  readonly #known = new Map<string, Load | undefined>();

  constructor(root: Json) {
    this.#root = root;
  }

  of(node: Json | undefined): Load {
    if (isArray(node)) return node.map((each) => this.of(each)).reduce(sumOf, NOTHING);
    if (!isObject(node)) return NOTHING;
    const parts: Load[] = [ownLoad(node)];
    if (typeof node.$ref === 'string') parts.push(this.#referred(node.$ref));
    for (const word of [...SCHEMAS, ...LISTS]) parts.push(this.of(node[word]));
    for (const word of NAMED) {
      const members = node[word];
      if (isObject(members)) parts.push(this.of(Object.values(members)));
    }
    return parts.reduce(sumOf, NOTHING);
  }

  #referred(pointer: string): Load {
    if (this.#known.has(pointer)) return this.#known.get(pointer) ?? ENDLESS;
    this.#known.set(pointer, undefined);
    const load = pointer === '#' ? ENDLESS : this.of(referred(this.#root, pointer));
    this.#known.set(pointer, load);
    return load;
  }
}

const ownLoad = (node: JsonObject): Load => {
  const { properties, required, type, anyOf } = node;
  const needed = new Set(isArray(required) ? required : []);
  const names = isObject(properties) ? Object.keys(properties) : [];
  return {
    optional: names.filter((name) => !needed.has(name)).length,
    unions: isArray(type) || isArray(anyOf) ? 1 : 0,
    closed: !isOpen(node),
  };
};

/** Whether an object may have members that the schema does not name: the API would let it have none. */
const isOpen = ({
  additionalProperties: others,
  patternProperties,
  properties,
  type,
}: JsonObject): boolean => {
  if (others === true || isObject(others)) return true;
  if (isObject(patternProperties) && Object.keys(patternProperties).length > 0) return true;
  const isOfObjects = type === 'object' || (isArray(type) && type.includes('object'));
  return isOfObjects && properties === undefined && others !== false;
};
