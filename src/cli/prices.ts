// gatehouse prices: what each model costs, and what an operator states of it.
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { parse } from 'yaml';
import { statedSchema } from '../prices/price.ts';
import type { Command } from './command.ts';
import { answered, client, only, print, WrongUse } from './command.ts';

type Verb = (args: string[]) => Promise<void>;

const JSON_OPTION = { json: { type: 'boolean', default: false } } as const;
const PUT = 'prices put takes one name, and --model M --input USD [--output USD], or --file FILE';

type Shown = {
  readonly input_usd_per_mtok: number;
  readonly output_usd_per_mtok?: number | undefined;
  readonly tiers?: readonly unknown[] | undefined;
};

/** A price in a few words. */
const words = ({ input_usd_per_mtok: input, output_usd_per_mtok: output, tiers = [] }: Shown): string =>
  `$${input} in, ${output === undefined ? 'unknown' : `$${output}`} out a million${tiers.length > 0 ? ', dearer when long' : ''}`;

/** All items of a list, page by page. */
const all = async <T>(
  read: (cursor: string | null) => Promise<{ items: T[]; next_cursor: string | null }>,
): Promise<T[]> => {
  const items: T[] = [];
  for (let cursor: string | null | undefined; cursor !== null; ) {
    const page = await read(cursor ?? null);
    items.push(...page.items);
    cursor = page.next_cursor;
  }
  return items;
};

const list: Verb = async (args) => {
  const { values } = parseArgs({ args, options: JSON_OPTION });
  const api = client();
  const query = (cursor: string | null) => ({
    query: { limit: 200, ...(cursor === null ? {} : { cursor }) },
  });
  const models = await all(async (cursor) => answered(await api.model_prices.$get(query(cursor))));
  const stated = await all(async (cursor) => answered(await api.prices.$get(query(cursor))));
  print(values.json, { models, stated }, [
    'In force:',
    ...models.flatMap(({ name, targets }) =>
      targets.map(
        ({ backend, model, price, version, reason }) =>
          `  ${name}  ${backend}/${model}  ${price === null ? `unknown (${reason})` : `${words(price)}  ${version}`}`,
      ),
    ),
    ...(stated.length === 0 ? [] : ['Stated:']),
    ...stated.map(
      ({ name, from, price }) =>
        `  ${name}  (${from})  ${price.backend ?? price.provider ?? 'any backend'}: ${price.model}  ${words(price)}`,
    ),
  ]);
};

const RATES = {
  input: 'input_usd_per_mtok',
  output: 'output_usd_per_mtok',
  cached: 'cached_input_usd_per_mtok',
  'cache-write': 'cache_write_usd_per_mtok',
  'cache-write-1h': 'cache_write_1h_usd_per_mtok',
} as const;

const put: Verb = async (args) => {
  const rate = { type: 'string' } as const;
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      ...JSON_OPTION,
      ...{ file: rate, model: rate, backend: rate, provider: rate },
      ...{ input: rate, output: rate, cached: rate, 'cache-write': rate, 'cache-write-1h': rate },
    },
  });
  const name = only(positionals, PUT);
  const { json, file, model, backend, provider } = values;
  if ((file === undefined) === (model === undefined || values.input === undefined)) throw new WrongUse(PUT);
  const rates = Object.entries(RATES).flatMap(([option, key]) => {
    const text = values[option as keyof typeof RATES]; // the keys of RATES
    if (text === undefined) return [];
    // An empty text would count as 0.
    if (!/^\d+(?:\.\d+)?$/.test(text)) throw new WrongUse(`--${option} takes dollars for a million tokens`);
    return [[key, Number(text)] as const];
  });
  const body: unknown =
    file === undefined
      ? {
          ...(backend === undefined ? {} : { backend }),
          ...(provider === undefined ? {} : { provider }),
          ...{ model, ...Object.fromEntries(rates) },
        }
      : parse(readFileSync(file, 'utf8'));
  const stated = statedSchema.safeParse(body);
  if (!stated.success)
    throw new WrongUse(
      stated.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('\n'),
    );
  const made = await answered(await client().prices[':name'].$put({ param: { name }, json: stated.data }));
  print(json, made, [
    `price "${made.name}", version ${made.version}: ${words(made.price)}; in force on every replica within 5 seconds`,
  ]);
};

const remove: Verb = async (args) => {
  const { values, positionals } = parseArgs({ args, options: JSON_OPTION, allowPositionals: true });
  const name = only(positionals, 'prices delete takes one name');
  const gone = await answered(await client().prices[':name'].$delete({ param: { name } }));
  print(values.json, gone, [`price "${gone.name}" is deleted; what stood under it counts`]);
};

const VERBS: Readonly<Record<string, Verb>> = { list, put, delete: remove };

export const prices: Command = {
  lines: [
    ['prices list', 'what each model costs, and what was stated'],
    ['prices put NAME --model M --input USD [--output USD ...]', 'state a price for a million tokens'],
    ['prices delete NAME', 'take a stated price back'],
  ],
  run: async ([name = '', ...args]) => {
    const verb = Object.hasOwn(VERBS, name) ? VERBS[name] : undefined;
    if (verb === undefined) throw new WrongUse('prices list | put | delete');
    await verb(args);
  },
};
