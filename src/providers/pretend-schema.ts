// An example value for a JSON Schema: enough of it for the pretend backend to answer structured-output requests.

/** Schemas inside each other; a deeper part becomes null. */
const DEPTH = 16;

const field = (value: unknown, key: string): unknown =>
  typeof value === 'object' && value !== null && Object.hasOwn(value, key)
    ? Reflect.get(value, key)
    : undefined;

/** The smallest value that fits; `{}` for no schema. References stay unresolved and become null. */
export const exampleOf = (schema: unknown, depth = 0): unknown => {
  if (schema === undefined) return {};
  if (depth > DEPTH) return null;
  const constant = field(schema, 'const');
  if (constant !== undefined) return constant;
  const choices = field(schema, 'enum');
  if (Array.isArray(choices) && choices.length > 0) return choices[0];
  const options = field(schema, 'anyOf') ?? field(schema, 'oneOf');
  if (Array.isArray(options) && options.length > 0) return exampleOf(options[0], depth + 1);
  const declared = field(schema, 'type');
  const type = Array.isArray(declared) ? declared[0] : declared;
  switch (type) {
    case 'object': {
      const properties = field(schema, 'properties');
      return Object.fromEntries(
        Object.entries(typeof properties === 'object' && properties !== null ? properties : {}).map(
          ([key, part]) => [key, exampleOf(part, depth + 1)],
        ),
      );
    }
    case 'array': {
      const least = field(schema, 'minItems');
      const count = typeof least === 'number' ? Math.min(Math.max(least, 0), DEPTH) : 1;
      return Array.from({ length: count }, () => exampleOf(field(schema, 'items') ?? {}, depth + 1));
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
