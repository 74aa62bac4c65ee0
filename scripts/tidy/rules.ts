// What the tree promises, as data: who may import whom, what may be called what, how long a thing may be.
// Checked by ./faults.ts. To change the tree's shape, change a line here and say why in ARCHITECTURE.md.

export type Role =
  | 'logic'
  | 'wire'
  | 'store'
  | 'table'
  | 'ports'
  | 'step'
  | 'endpoints'
  | 'shape'
  | 'client'
  | 'gateway'
  | 'pipeline'
  | 'admin'
  | 'top'
  | 'page'
  | 'console'
  | 'cli'
  | 'front'
  | 'runtime'
  | 'migration'
  | 'free'
  | 'data';

/** The role of a path: the first line that matches wins. A line is a regular expression over the whole path. */
export const ROLES: readonly (readonly [RegExp, Role])[] = [
  [/^(scripts|test)\//, 'free'],
  [/^migrations\/.*\.ts$/, 'migration'],
  [/\.(?!tsx?$)[^./]+$/, 'data'], // JSON, YAML and SQL read by an import are nobody's code
  [/^(?!src\/)/, 'free'], // configuration at the top of the repository
  [/\/step\.ts$/, 'step'],
  [/\/endpoints\.ts$/, 'endpoints'],
  [/\/page\.tsx$/, 'page'],
  [/^src\/stores\/(tables|store)\.ts$/, 'logic'], // row types and the contract: everyone speaks of rows
  [/^src\/providers\/(names|credentials)\.ts$/, 'logic'], // names and shapes of secrets, for those who may not know the parts
  [/\/table\.ts$/, 'table'],
  [/^src\/dlp\/live\.ts$/, 'table'], // the packs in force are those at hand and those in the store
  [/^src\/dlp\/(window|inspection|uninspectable|whole|exact|mold)\.ts$/, 'wire'], // what is found in a body or a frame: wire, in the folder of its noun
  // The ways to an upstream, and how its bytes become a reply: wire, in the folder of their noun.
  [
    /^src\/backends\/(post|reading|reply|upstream-errors|translated|direct|foreign|sending|counted)\.ts$/,
    'wire',
  ],
  [/^src\/tokens\/(request|reply)\.ts$/, 'wire'], // what of a body or a frame is counted: wire, in the folder of its noun
  [/^src\/(stores|meters|spools)\//, 'store'],
  [/^src\/(dialects|providers|streams|translate|json)\//, 'wire'],
  [/^src\/runtimes\//, 'runtime'],
  [/^src\/console\//, 'console'],
  // The front door of a runtime, so it may open it: dlp reads the packs that one would. A month is dropped by the database's
  // owner, whom no gateway is.
  [/^src\/cli\/(start|migrate|doctor|audit-drop|dlp)\.ts$/, 'front'],
  [/^src\/cli\//, 'cli'],
  [/^src\/(gateway|operations)\.ts$/, 'gateway'],
  [/^src\/pipeline\.ts$/, 'pipeline'],
  [/^src\/admin-shape\.ts$/, 'shape'], // how every endpoint is made
  [/^src\/admin(-[a-z]+)?\.ts$/, 'admin'], // admin-docs.ts is a piece of it
  [/^src\/(proxy|run)\.ts$/, 'top'],
  [/^src\/ports\.ts$/, 'ports'],
  [/^src\/client\.ts$/, 'client'],
  [/^src\//, 'logic'],
];

type May = {
  /** What it may import and run. */
  readonly values: readonly Role[];
  /** What it may, besides, import types of. */
  readonly types: readonly Role[];
};

const ABOVE_STEPS: readonly Role[] = [
  'gateway',
  'pipeline',
  'admin',
  'top',
  'endpoints',
  'client',
  'wire',
  'ports',
  'logic',
];

/** The import table. `data` may be imported by all; `free` imports anything and is imported by none but `free`. */
export const MAY: Readonly<Record<Exclude<Role, 'free' | 'data'>, May>> = {
  logic: { values: ['logic'], types: ['ports', 'table'] },
  // The classes of a port's faults are values: what stands in for a port must fail like one.
  wire: { values: ['wire', 'ports', 'logic'], types: [] },
  table: { values: ['table', 'logic'], types: ['ports'] },
  store: { values: ['store', 'table', 'logic'], types: ['ports', 'migration'] },
  ports: { values: [], types: ['store', 'table', 'logic'] },
  step: { values: ['store', 'table', 'wire', 'ports', 'logic'], types: [] },
  endpoints: { values: ['shape', 'store', 'table', 'ports', 'logic'], types: [] },
  shape: { values: ['ports', 'logic'], types: [] },
  client: { values: ['logic'], types: ['admin'] },
  // It says which migrations are missing, and whether the packs in the store can be used.
  gateway: { values: ['migration', 'table', ...ABOVE_STEPS], types: [] },
  pipeline: { values: ['step', ...ABOVE_STEPS], types: [] },
  admin: { values: ['shape', ...ABOVE_STEPS], types: [] },
  top: { values: ABOVE_STEPS, types: [] },
  page: { values: ['console', 'client', 'logic'], types: ['admin'] },
  console: { values: ['console', 'page', 'client', 'logic'], types: ['admin'] },
  cli: { values: ['cli', 'front', 'client', 'logic'], types: ['admin'] },
  front: { values: ['cli', 'runtime', 'store', 'table', 'migration', 'client', 'logic'], types: ['admin'] },
  runtime: { values: ['runtime', 'gateway', 'store', 'table', 'migration', 'ports', 'logic'], types: [] },
  migration: { values: ['migration'], types: ['logic'] },
};

/** Contracts that are spoken of far from their rack: their types may be imported by the roles below. */
export const CONTRACTS: ReadonlySet<string> = new Set([
  'src/dialects/dialect.ts',
  'src/providers/provider.ts',
  'src/spools/spool.ts',
  'src/meters/meter.ts',
  'src/json/document.ts',
]);
export const CONTRACT_READERS: ReadonlySet<Role> = new Set([
  'logic',
  'ports',
  'store',
  'wire',
  'endpoints',
  'gateway',
  'runtime',
]);

/** Roles that belong to their noun alone. */
export const OWN: ReadonlySet<Role> = new Set(['step', 'endpoints', 'page']);

/** Where `node:` may be imported. */
export const NODE_PLACES =
  /^(src\/runtimes\/|src\/stores\/(pglite|pg|folder-lock)\.ts$|src\/spools\/file(-[a-z]+)?\.ts$|src\/cli\/|scripts\/|test\/)/;

/** Packages that do IO or bring a framework; logic has none of them. The rows' types are Kysely's. */
export const IO_PACKAGES =
  /^(@?hono|kysely|kysely-neon|pg|undici|@electric-sql\/pglite|@neondatabase\/serverless)(\/|$)/;
export const LOGIC_WITH_KYSELY_TYPES: ReadonlySet<string> = new Set([
  'src/stores/tables.ts',
  'src/stores/store.ts',
]);

/** What logic takes as a parameter instead. Searched in code without its strings, comments and expressions. */
export const IMPURE: readonly (readonly [RegExp, string])[] = [
  [/\bDate\.now\s*\(/g, 'Date.now(): take the time as a parameter'],
  [/\bnew\s+Date\b(?!\s*\(\s*[^\s)])/g, 'new Date(): take the time as a parameter'],
  [/\bperformance\.now\s*\(/g, 'performance.now(): take the time as a parameter'],
  [/\bMath\.random\s*\(/g, 'Math.random(): take random as a parameter'],
  [/\bcrypto\.(getRandomValues|randomUUID)\b/g, 'crypto random: take random as a parameter'],
  [/(?:\bglobalThis\.|(?<![.\w$#]))fetch\s*\(/g, 'fetch(): take it as a parameter'],
  [/(?:\bglobalThis\.|(?<![.\w$#]))process\s*\??\./g, 'process: take what it says as a parameter'],
];

/** Bounds that keep a file a screenful of thoughts and a function one thought. */
export const MAX_FILE_LINES = 300;
export const MAX_FUNCTION_LINES = 70;
/** Lists of cases, not code. */
export const DATA_PLACES = /^(test\/fixtures|dlp-patterns|src\/injection\/phrases)\//;

/** Words that say nothing, whole words of a file's, folder's or exported thing's name. */
export const BANNED_WORDS: ReadonlySet<string> = new Set([
  ...['util', 'utils', 'helper', 'helpers', 'common', 'core', 'misc'],
  ...['manager', 'managers', 'service', 'services', 'handler', 'handlers', 'context', 'contexts', 'ctx'],
]);

/**
 * The racks and when their list must exist. A rack whose parts bring their own platform (a disk, a socket, a durable
 * object) has no list that every runtime could import, so there the list is held complete only if there is one.
 */
export const RACKS: readonly {
  readonly folder: string;
  readonly contract: string;
  readonly list: 'always' | 'if present';
}[] = [
  { folder: 'src/dialects', contract: 'dialect.ts', list: 'always' },
  { folder: 'src/providers', contract: 'provider.ts', list: 'always' },
  { folder: 'src/stores', contract: 'store.ts', list: 'if present' },
  { folder: 'src/meters', contract: 'meter.ts', list: 'if present' },
  { folder: 'src/spools', contract: 'spool.ts', list: 'if present' },
];
/** Files of a rack that are a role, not a part. */
export const RACK_ROLES: ReadonlySet<string> = new Set([
  'index.ts',
  'step.ts',
  'table.ts',
  'tables.ts',
  'migrate.ts',
]);
/**
 * Files that several parts of one rack share: full paths. Keep it short. A part's own pieces (`pretend-reply.ts` of
 * `pretend.ts`) need no line.
 */
export const SUPPORT: ReadonlySet<string> = new Set([
  'src/dialects/openai-error.ts',
  'src/dialects/anthropic-error.ts',
  'src/dialects/anthropic-request.ts',
  'src/dialects/ollama-error.ts',
  'src/dialects/ollama-wire.ts',
  'src/dialects/openai-tokens.ts',
  'src/dialects/lens.ts',
  'src/dialects/sse-lens.ts',
  'src/dialects/outline.ts',
  'src/dialects/listed.ts',
  'src/dialects/fields.ts',
  'src/dialects/openai-turns.ts',
  'src/providers/names.ts',
  'src/providers/paths.ts',
  'src/providers/claude.ts',
  'src/providers/credentials.ts',
  'src/providers/oauth.ts',
  'src/providers/tokens.ts',
  'src/spools/ship.ts',
]);

/** Files whose runtime asks for a default export. */
export const DEFAULT_EXPORT_PLACES = /^src\/runtimes\/(workers|deno)\.ts$|(^|\/)[^/]+\.config\.ts$/;

/** What no text file of the repository says: where one machine keeps things, and what it installs from. */
export const FORBIDDEN: readonly (readonly [RegExp, string])[] = [
  [/registry\.(npmjs|yarnpkg|npmmirror)/, 'a package registry'],
  [/"resolved": *"https?:/, 'a package registry in a lock file (omit-lockfile-registry-resolved)'],
  [/(?<![\w.@~$})-])\/(work|root)\//, 'a path of one machine'],
];
