// What a JSON text says, as values nobody may change, and the two safe ways to reach into one: `__proto__` is a name like any other.

/** Any JSON value. */
export type Json = null | boolean | number | string | JsonArray | JsonObject;
export type JsonArray = readonly Json[];
export type JsonObject = { readonly [name: string]: Json };

/** A member's name in an object, or an element's index in an array. */
export type Name = string | number;
/** The way to a value from the top; `[]` is the top itself. */
export type Path = readonly Name[];

/** Our own copies of arrays and objects, while they are edited. */
export type OpenArray = Json[];
export type OpenObject = { [name: string]: Json };
export type OpenContainer = OpenArray | OpenObject;

export const isArray = (value: Json | undefined): value is JsonArray => Array.isArray(value);

export const isObject = (value: Json | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The value of that very name, `undefined` when there is none; never one inherited from a prototype. */
export const at = (container: Json | undefined, name: Name): Json | undefined => {
  if (isArray(container)) return typeof name === 'number' ? container[name] : undefined;
  return isObject(container) && typeof name === 'string' && Object.hasOwn(container, name)
    ? container[name]
    : undefined;
};

/** Sets an element or a member of our own copy. */
export const put = (container: OpenContainer, name: Name, value: Json): void => {
  if (Array.isArray(container)) {
    if (typeof name === 'number') container[name] = value;
  } else if (name === '__proto__') {
    // An assignment would set the prototype.
    Object.defineProperty(container, name, { value, writable: true, enumerable: true, configurable: true });
  } else {
    container[name] = value;
  }
};

/** How many members all objects in `value` have together. Iterative: nesting costs no stack. */
export const countKeys = (value: Json): number => {
  let keys = 0;
  const todo: Json[] = [value];
  for (let next = todo.pop(); next !== undefined; next = todo.pop()) {
    if (isArray(next)) {
      for (const element of next) if (typeof element === 'object' && element !== null) todo.push(element);
    } else if (isObject(next)) {
      const names = Object.keys(next);
      keys += names.length;
      for (const name of names) {
        const member = next[name];
        if (typeof member === 'object' && member !== null) todo.push(member);
      }
    }
  }
  return keys;
};
