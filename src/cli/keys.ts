// gatehouse keys: mint, rotate, revoke and list.
import { parseArgs } from 'node:util';
import type { Command } from './command.ts';
import { answered, client, only, print, WrongUse } from './command.ts';

type Verb = (args: string[]) => Promise<void>;

const JSON_OPTION = { json: { type: 'boolean', default: false } } as const;

const mint: Verb = async (args) => {
  const options = {
    ...JSON_OPTION,
    'use-case': { type: 'string' },
    name: { type: 'string' },
    'expires-at': { type: 'string' },
  } as const;
  const { name, 'use-case': useCase, 'expires-at': expiresAt, json } = parseArgs({ args, options }).values;
  if (name === undefined || useCase === undefined)
    throw new WrongUse('keys mint needs --name and --use-case');
  const made = await answered(
    await client().keys.$post({
      json: { name, use_case: useCase, ...(expiresAt === undefined ? {} : { expires_at: expiresAt }) },
    }),
  );
  print(json, made, [`key "${made.name}" (${made.id}), shown this once: ${made.key}`]);
};

const rotate: Verb = async (args) => {
  const options = {
    ...JSON_OPTION,
    'overlap-hours': { type: 'string', default: '24' },
    latest: { type: 'boolean', default: false },
  } as const;
  const { values, positionals } = parseArgs({ args, options, allowPositionals: true });
  const id = only(positionals, 'keys rotate takes one key id (key_...)');
  // An empty text would count as 0 and end the old key at once.
  if (!/^\d+(?:\.\d+)?$/.test(values['overlap-hours']))
    throw new WrongUse('--overlap-hours takes a number, like 24 or 0.5');
  const hours = Number(values['overlap-hours']);
  const made = await answered(
    await client().keys[':id'].rotate.$post({
      param: { id },
      json: { overlap_s: Math.round(hours * 3600), latest: values.latest },
    }),
  );
  print(values.json, made, [
    `key "${made.name}" (${made.id}), shown this once: ${made.key}`,
    hours === 0
      ? 'The old key no longer counts.'
      : `The old key counts for ${hours} hours more, unless it ends before.`,
  ]);
};

const revoke: Verb = async (args) => {
  const { values, positionals } = parseArgs({ args, options: JSON_OPTION, allowPositionals: true });
  const id = only(positionals, 'keys revoke takes one key id (key_...)');
  const key = await answered(await client().keys[':id'].revoke.$post({ param: { id } }));
  print(values.json, key, [
    `key "${key.name}" (${key.id}) is revoked since ${key.revoked_at}; every replica refuses it within 5 seconds`,
  ]);
};

const list: Verb = async (args) => {
  const { values } = parseArgs({ args, options: JSON_OPTION });
  const api = client().keys;
  const page = async (cursor: string | null) =>
    answered(await api.$get({ query: { limit: 200, ...(cursor === null ? {} : { cursor }) } }));
  const { items, next_cursor } = await page(null);
  for (let cursor = next_cursor; cursor !== null; ) {
    const more = await page(cursor);
    items.push(...more.items);
    cursor = more.next_cursor;
  }
  print(
    values.json,
    { items, next_cursor: null },
    items.length === 0
      ? ['No keys yet: gatehouse keys mint --name NAME --use-case USE_CASE']
      : items.map(
          (key) =>
            `${key.id}  ...${key.hint}  ${key.name}  ${key.use_case} v${key.use_case_version}  ${key.revoked_at === null ? `ends ${key.expires_at ?? 'never'}` : 'revoked'}`,
        ),
  );
};

const VERBS: Readonly<Record<string, Verb>> = { mint, rotate, revoke, list };

export const keys: Command = {
  lines: [
    ['keys mint --name N --use-case U [--expires-at T]', 'make a key, shown once'],
    [
      'keys rotate ID [--overlap-hours 24] [--latest]',
      'replace a key; both count until the overlap has passed',
    ],
    ['keys revoke ID', 'end a key for good'],
    ['keys list', 'list keys'],
  ],
  run: async ([name = '', ...args]) => {
    const verb = Object.hasOwn(VERBS, name) ? VERBS[name] : undefined;
    if (verb === undefined) throw new WrongUse('keys mint | rotate | revoke | list');
    await verb(args);
  },
};
