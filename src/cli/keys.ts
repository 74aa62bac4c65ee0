// gatehouse keys: mint, rotate, revoke and list.
import { parseArgs } from 'node:util';
import type { Command } from './command.ts';
import { answered, client, print, WrongUse } from './command.ts';

const OPTIONS = {
  json: { type: 'boolean', default: false },
  'use-case': { type: 'string' },
  name: { type: 'string' },
  'expires-at': { type: 'string' },
  'overlap-hours': { type: 'string', default: '24' },
  latest: { type: 'boolean', default: false },
} as const;

const LIST_LIMIT = '200';

const run = async (args: readonly string[]): Promise<void> => {
  const [verb = '', ...rest] = args;
  const { values, positionals } = parseArgs({ args: [...rest], options: OPTIONS, allowPositionals: true });
  const api = client().keys;
  const id = (): string => {
    const [only, ...more] = positionals;
    if (only === undefined || more.length > 0) throw new WrongUse(`keys ${verb} takes one key id (key_...)`);
    return only;
  };
  if (verb === 'mint') {
    const { name, 'use-case': useCase, 'expires-at': expiresAt } = values;
    if (name === undefined || useCase === undefined)
      throw new WrongUse('keys mint needs --name and --use-case');
    const made = await answered(
      await api.$post({
        json: { name, use_case: useCase, ...(expiresAt === undefined ? {} : { expires_at: expiresAt }) },
      }),
    );
    print(values.json, made, [`key "${made.name}" (${made.id}), shown this once: ${made.key}`]);
  } else if (verb === 'rotate') {
    const hours = Number(values['overlap-hours']);
    if (!Number.isFinite(hours) || hours < 0) throw new WrongUse('--overlap-hours takes a number');
    const made = await answered(
      await api[':id'].rotate.$post({
        param: { id: id() },
        json: { overlap_s: Math.round(hours * 3600), latest: values.latest },
      }),
    );
    print(values.json, made, [
      `key "${made.name}" (${made.id}), shown this once: ${made.key}`,
      `The old key counts for ${hours} hours more.`,
    ]);
  } else if (verb === 'revoke') {
    const key = await answered(await api[':id'].revoke.$post({ param: { id: id() } }));
    print(values.json, key, [`key "${key.name}" (${key.id}) is revoked since ${key.revoked_at}`]);
  } else if (verb === 'list') {
    const shown = await answered(await api.$get({ query: { limit: LIST_LIMIT } }));
    print(values.json, shown, [
      ...shown.items.map(
        (key) =>
          `${key.id}  ...${key.hint}  ${key.name}  ${key.use_case} v${key.use_case_version}  ${key.revoked_at !== null ? 'revoked' : `ends ${key.expires_at ?? 'never'}`}`,
      ),
      ...(shown.items.length === 0
        ? ['No keys yet: gatehouse keys mint --name NAME --use-case USE_CASE']
        : []),
    ]);
  } else throw new WrongUse('keys mint | rotate | revoke | list');
};

export const keys: Command = {
  lines: [
    ['keys mint --name N --use-case U [--expires-at T]', 'make a key, shown once'],
    [
      'keys rotate ID [--overlap-hours 24] [--latest]',
      'replace a key; both count until the overlap has passed',
    ],
    ['keys revoke ID', 'end a key at once'],
    ['keys list', 'list keys'],
  ],
  run,
};
