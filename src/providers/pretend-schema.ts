// An example value for a JSON Schema: enough of it for the pretend backend to answer structured-output requests.

/** Schemas inside each other; a deeper part becomes null. */
const DEPTH = 16;

const field = (value: unknown, key: string): unknown =>
  typeof value === 'object' && value !== null && Object.hasOwn(value, key)
    ? Reflect.get(value, key)
    : undefined;

/** Values in one example: a few nested arrays could ask for more than there is memory. */
const VALUES = 1_000;

/** The smallest value that fits; `{}` for no schema. References stay unresolved, and what is too deep or too much, null. */
export const exampleOf = (schema: unknown): unknown => {
  let left = VALUES;
  const example = (part: unknown, depth: number): unknown => {
    if (depth > DEPTH || left-- <= 0) return null;
    const inside = (inner: unknown): unknown => example(inner, depth + 1);
    const constant = field(part, 'const');
    if (constant !== undefined) return constant;
    const choices = field(part, 'enum');
    if (Array.isArray(choices) && choices.length > 0) return choices[0];
    const options = field(part, 'anyOf') ?? field(part, 'oneOf');
    if (Array.isArray(options) && options.length > 0) return inside(options[0]);
    const declared = field(part, 'type');
    return ofType(part, Array.isArray(declared) ? declared[0] : declared, inside);
  };
  return schema === undefined ? {} : example(schema, 0);
};

const ofType = (schema: unknown, type: unknown, inside: (schema: unknown) => unknown): unknown => {
  switch (type) {
    case 'object': {
      const properties = field(schema, 'properties');
      return Object.fromEntries(
        Object.entries(typeof properties === 'object' && properties !== null ? properties : {}).map(
          ([key, part]) => [key, inside(part)],
        ),
      );
    }
    case 'array': {
      const least = field(schema, 'minItems');
      const count = typeof least === 'number' ? Math.min(Math.max(least, 0), DEPTH) : 1;
      return Array.from({ length: count }, () => inside(field(schema, 'items') ?? {}));
    }
    case 'string':
      return 'pretend';
    case 'integer':
    case 'number': {
      const minimum = field(schema, 'minimum');
      return typeof minimum === 'number' ? minimum : 1;
    }
    case 'boolean':
      return true;
    default:
      return null;
  }
};
