// Every fault of a tree of files, given as text: pure, so that each rule is shown on a tree of two lines.
import { isBuiltin } from 'node:module';
import { functions } from './functions.ts';
import type { Export, Import } from './modules.ts';
import { exportsOf, importsOf } from './modules.ts';
import * as rules from './rules.ts';
import type { Code } from './tokens.ts';
import { cut } from './tokens.ts';

export type Fault = {
  readonly path: string;
  readonly line: number;
  readonly rule: string;
  readonly words: string;
};

type Source = {
  readonly path: string;
  readonly text: string;
  readonly role: rules.Role;
  readonly code: Code;
  readonly imports: readonly Import[];
  readonly exports: readonly Export[];
};

const CODE = /^(src|scripts|test|migrations)\/.*\.tsx?$/;

export const roleOf = (path: string): rules.Role =>
  rules.ROLES.find(([pattern]) => pattern.test(path))?.[1] ?? 'free';

const read = (path: string, text: string): Source => {
  const code = cut(path, text);
  return { path, text, role: roleOf(path), code, imports: importsOf(path, code), exports: exportsOf(code) };
};

const lineAt = (text: string, at: number): number => text.slice(0, at).split('\n').length;

const mayImport = (source: Source, to: string, typeOnly: boolean): boolean => {
  const role = roleOf(to);
  if (source.role === 'free' || source.role === 'data' || role === 'data') return true;
  if (role === 'free') return false;
  const may = rules.MAY[source.role];
  if (may.values.includes(role)) return true;
  const readsContract = rules.CONTRACTS.has(to) && rules.CONTRACT_READERS.has(source.role);
  return typeOnly && (may.types.includes(role) || readsContract);
};

const folderOf = (path: string): string => path.slice(0, path.lastIndexOf('/'));

const importFaults = (source: Source): readonly Fault[] =>
  source.imports.flatMap(({ path: to, typeOnly, line }) => {
    if (to === undefined) return [];
    const at = { path: source.path, line, rule: 'imports' };
    const role = roleOf(to);
    const foreign =
      rules.OWN.has(source.role) && rules.OWN.has(role) && folderOf(to) !== folderOf(source.path);
    if (foreign) return [{ ...at, words: `another noun's ${role}: ${to}` }];
    if (mayImport(source, to, typeOnly)) return [];
    const kind = typeOnly ? 'not even types of' : 'not';
    return [{ ...at, words: `${source.role} may import ${kind} ${role}: ${to}` }];
  });

const platformFaults = (source: Source): readonly Fault[] => {
  const at = (line: number, words: string): Fault => ({ path: source.path, line, rule: 'platform', words });
  const isLogic = source.role === 'logic';
  const imported = source.imports.flatMap(({ from, path, typeOnly, line }) => {
    if (path !== undefined) return [];
    if (isBuiltin(from) || from.startsWith('node:'))
      return rules.NODE_PLACES.test(source.path)
        ? []
        : [at(line, `${from} outside the places where Node is`)];
    const rowTypes = typeOnly && from === 'kysely' && rules.LOGIC_WITH_KYSELY_TYPES.has(source.path);
    return isLogic && rules.IO_PACKAGES.test(from) && !rowTypes ? [at(line, `logic imports no ${from}`)] : [];
  });
  if (!isLogic) return imported;
  const named = rules.IMPURE.flatMap(([pattern, words]) =>
    [...source.code.bare.matchAll(pattern)].map(({ index }) =>
      at(lineAt(source.text, index), `logic is pure; ${words}`),
    ),
  );
  return [...imported, ...named];
};

const sizeFaults = (source: Source): readonly Fault[] => {
  if (rules.DATA_PLACES.test(source.path)) return [];
  const at = (line: number, words: string): Fault => ({ path: source.path, line, rule: 'size', words });
  const lines = source.text.split('\n').length - (source.text.endsWith('\n') ? 1 : 0);
  const long = functions(source.code).filter(
    (is) => is.lines > rules.MAX_FUNCTION_LINES && !(is.registersTests && source.path.startsWith('test/')),
  );
  return [
    ...(lines > rules.MAX_FILE_LINES
      ? [at(1, `${lines} lines; a file has at most ${rules.MAX_FILE_LINES}`)]
      : []),
    ...long.map((is) =>
      at(is.line, `${is.name} has ${is.lines} lines; a function has at most ${rules.MAX_FUNCTION_LINES}`),
    ),
  ];
};

/** A name's words: `keyHandler`, `key-handler` and `KEY_HANDLER` have the same two. */
const wordsOf = (name: string): readonly string[] =>
  name
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .replace(/([A-Z])([A-Z][a-z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z0-9]+/);

const bannedIn = (name: string): string | undefined =>
  wordsOf(name).find((word) => rules.BANNED_WORDS.has(word));

const nameFaults = (source: Source): readonly Fault[] => {
  if (rules.DATA_PLACES.test(source.path)) return [];
  const inPath = bannedIn(source.path);
  const inExports = source.exports.flatMap(({ name, line }) => {
    const word = bannedIn(name);
    return word === undefined
      ? []
      : [{ path: source.path, line, rule: 'names', words: `'${word}' in ${name} says nothing` }];
  });
  const pathFault = {
    path: source.path,
    line: 1,
    rule: 'names',
    words: `'${inPath}' in a path says nothing`,
  };
  return inPath === undefined ? inExports : [pathFault, ...inExports];
};

const defaultFaults = (source: Source): readonly Fault[] =>
  rules.DEFAULT_EXPORT_PLACES.test(source.path)
    ? []
    : source.exports
        .filter(({ name }) => name === 'default')
        .map(({ line }) => ({
          path: source.path,
          line,
          rule: 'default',
          words: 'no default export; a name can be searched for',
        }));

/** Circles among value imports of src/: one fault for each import that closes one. */
const circleFaults = (sources: ReadonlyMap<string, Source>): readonly Fault[] => {
  const found: Fault[] = [];
  const done = new Set<string>();
  const way: string[] = [];
  const visit = (source: Source): void => {
    way.push(source.path);
    for (const { path: to, typeOnly, line } of source.imports) {
      const next = to === undefined ? undefined : sources.get(to);
      if (next === undefined || typeOnly || !next.path.startsWith('src/')) continue;
      const from = way.indexOf(next.path);
      if (from >= 0) {
        const words = [...way.slice(from), next.path].join(' -> ');
        found.push({ path: source.path, line, rule: 'circle', words });
      } else if (!done.has(next.path)) visit(next);
    }
    way.pop();
    done.add(source.path);
  };
  for (const source of sources.values())
    if (source.path.startsWith('src/') && !done.has(source.path)) visit(source);
  return found;
};

/** What the list of a rack reaches: its parts, and of each part the pieces (`part-piece.ts`) it was cut into. */
const listedFrom = (index: Source, sources: ReadonlyMap<string, Source>): ReadonlySet<string> => {
  const listed = new Set(index.imports.flatMap(({ path }) => path ?? []));
  for (const part of [...listed]) {
    const pieces = [part];
    const prefix = part.replace(/\.tsx?$/, '-');
    for (let path = pieces.pop(); path !== undefined; path = pieces.pop()) {
      const more = sources.get(path)?.imports.flatMap((is) => is.path ?? []) ?? [];
      for (const piece of more) {
        if (!piece.startsWith(prefix) || listed.has(piece)) continue;
        listed.add(piece);
        pieces.push(piece);
      }
    }
  }
  return listed;
};

const rackFaults = (sources: ReadonlyMap<string, Source>, support: ReadonlySet<string>): readonly Fault[] =>
  rules.RACKS.flatMap(({ folder, contract, list }) => {
    const parts = [...sources.keys()].filter((path) => {
      const name = path.slice(folder.length + 1);
      const isPart = folderOf(path) === folder && name !== contract && !rules.RACK_ROLES.has(name);
      return isPart && !support.has(path);
    });
    const index = sources.get(`${folder}/index.ts`);
    const fault = (path: string, words: string): Fault => ({ path, line: 1, rule: 'racks', words });
    const first = parts[0];
    if (index === undefined)
      return list === 'always' && first !== undefined
        ? [fault(first, `${folder} has parts but no index.ts that lists them`)]
        : [];
    const listed = listedFrom(index, sources);
    return parts
      .filter((path) => !listed.has(path))
      .map((path) => fault(path, `not listed in ${folder}/index.ts`));
  });

const forbiddenFaults = (path: string, text: string): readonly Fault[] =>
  text.split('\n').flatMap((words, index) =>
    rules.FORBIDDEN.filter(([pattern]) => pattern.test(words)).map(([, what]) => ({
      path,
      line: index + 1,
      rule: 'forbidden',
      words: `names ${what}`,
    })),
  );

/** Every fault of these files, path by path. `files` maps a path from the repository's root to its text. */
export const faults = (files: ReadonlyMap<string, string>, support = rules.SUPPORT): readonly Fault[] => {
  const sources = new Map<string, Source>();
  for (const [path, text] of files) if (CODE.test(path)) sources.set(path, read(path, text));
  const perFile = [...sources.values()].flatMap((source) => [
    ...importFaults(source),
    ...platformFaults(source),
    ...sizeFaults(source),
    ...nameFaults(source),
    ...defaultFaults(source),
  ]);
  const all = [
    ...perFile,
    ...circleFaults(sources),
    ...rackFaults(sources, support),
    ...[...files].flatMap(([path, text]) => forbiddenFaults(path, text)),
  ];
  return all.toSorted((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : a.line - b.line));
};
