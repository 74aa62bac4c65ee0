// YAML text as plain values, with the line of everything in it. Stricter than YAML: what a reader could take in two ways, or
// not see at all (a key twice, a tag nobody resolves), is a fault.
import type { Document } from 'yaml';
import { isMap, isNode, isScalar, LineCounter, parseDocument, visit } from 'yaml';
import type { Places } from './fault.ts';
import { SetupFault } from './fault.ts';

/** Longest configuration; a hundred use cases with long prompts stay under it. */
const TEXT_CHARS = 2 * 1024 * 1024;
/** An alias may multiply what it stands for; a bomb needs far more than this. */
const ALIASES = 100;
/** Where the parser has no more words than the engine's own. */
const TOO_DEEP = 'nested too deeply';

/** The values of a YAML text and where they stand. `file` is the name faults are told under. Throws {@link SetupFault}. */
export const readYaml = (text: string, file: string): { value: unknown; places: Places } => {
  if (text.length > TEXT_CHARS) throw new SetupFault([`${file}: longer than ${TEXT_CHARS} characters`]);
  try {
    return valuesOf(text, file);
  } catch (error) {
    // The parser's own words for what only shows when aliases are followed; they hold nothing of the text but a name.
    if (error instanceof ReferenceError) throw new SetupFault([`${file}: ${error.message}`]);
    if (error instanceof RangeError) throw new SetupFault([`${file}: ${TOO_DEEP}`]);
    throw error;
  }
};

const valuesOf = (text: string, file: string): { value: unknown; places: Places } => {
  const lines = new LineCounter();
  // The parser compares every key of a mapping with every other; `keyFaults` needs one look at each.
  const document = parseDocument(text, { lineCounter: lines, uniqueKeys: false, prettyErrors: false });
  const faults = [...document.errors, ...document.warnings].map(
    ({ pos, message }) =>
      `${file}:${lines.linePos(pos[0]).line}: ${message.includes('call stack') ? TOO_DEEP : message}`,
  );
  if (faults.length === 0) faults.push(...keyFaults(document, lines, file));
  if (faults.length > 0) throw new SetupFault(faults);
  return {
    value: document.toJS({ maxAliasCount: ALIASES }),
    places: {
      at: (path, words) => `${file}:${lineOf(document, lines, path)}: ${pathText(path)}${words}`,
    },
  };
};

/** Keys that stand twice in one mapping, and keys that are no words. */
const keyFaults = (document: Document, lines: LineCounter, file: string): string[] => {
  const faults: string[] = [];
  visit(document, {
    Map: (_, map) => {
      const seen = new Set<string>();
      for (const { key } of map.items) {
        const name = isScalar(key) ? String(key.value) : undefined;
        const where = `${file}:${isNode(key) && key.range ? lines.linePos(key.range[0]).line : 1}`;
        // `__proto__` would be seen by nobody who looks at the values.
        if (name === undefined || name === '__proto__') faults.push(`${where}: a key is a plain word`);
        else if (seen.has(name)) faults.push(`${where}: the key "${name}" stands twice in one mapping`);
        else seen.add(name);
      }
    },
  });
  return faults;
};

const pathText = (path: readonly PropertyKey[]): string => {
  const text = path.map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`)).join('');
  return text === '' ? '' : `${text.replace(/^\./, '')}: `;
};

/** The line of a path's key or value, or of the nearest part of it that stands in the text. */
const lineOf = (document: Document, lines: LineCounter, path: readonly PropertyKey[]): number => {
  for (let length = path.length; length > 0; length--) {
    const parent: unknown = document.getIn(path.slice(0, length - 1), true) ?? document.contents;
    const last = path[length - 1];
    const pair = isMap(parent)
      ? parent.items.find(({ key }) => isScalar(key) && key.value === last)
      : undefined;
    const node: unknown = pair === undefined ? document.getIn(path.slice(0, length), true) : pair.key;
    if (isNode(node) && node.range) return lines.linePos(node.range[0]).line;
  }
  return 1;
};
