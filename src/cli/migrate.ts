// gatehouse migrate: brings a database to the newest migration, as its owner; and makes the login that a gateway runs as. For
// gateways that may not do either (a login of their own), or do not (Workers).
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { migrations } from '../../migrations/index.ts';
import type { Config } from '../config.ts';
import { ConfigFault } from '../config.ts';
import { nodeConfig } from '../runtimes/node.ts';
import { openStore } from '../runtimes/node-store.ts';
import { scramVerifier } from '../runtimes/scram.ts';
import { ensureLogin, LoginFault } from '../stores/login.ts';
import { migrate } from '../stores/migrate.ts';
import type { Command } from './command.ts';
import { Answer, print, WrongUse } from './command.ts';

const OPTIONS = {
  json: { type: 'boolean', default: false },
  'app-login': { type: 'string' },
  'app-password-file': { type: 'string' },
} as const;

/** The login to make for the gateway, with what Postgres is to keep of its password. */
type Login = { readonly name: string; readonly verifier: string };

const loginOf = (name: string | undefined, path: string | undefined): Login | undefined => {
  if (name === undefined && path === undefined) return undefined;
  if (name === undefined || path === undefined)
    throw new WrongUse('--app-login NAME and --app-password-file FILE go together');
  const verifier = scramVerifier(passwordIn(path));
  if (verifier === undefined)
    throw new Answer(`${path} holds no password: 16 to 256 characters of ASCII without a space`);
  return { name, verifier };
};

const passwordIn = (path: string): string => {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    throw new WrongUse(`cannot read ${path}`);
  }
};

const run = async (args: readonly string[]): Promise<void> => {
  const { values } = parseArgs({ args: [...args], options: OPTIONS });
  const login = loginOf(values['app-login'], values['app-password-file']);
  const config = settings();
  if (login !== undefined && config.DATABASE_URL === undefined)
    throw new WrongUse('--app-login is for a database at DATABASE_URL: the embedded one has no logins');
  const store = await openStore(config, () => undefined);
  try {
    const ran = await migrate(store, migrations);
    if (login !== undefined) await ensureLogin(store, login.name, login.verifier).catch(explained);
    print(values.json, { ran, ...(login === undefined ? {} : { login: login.name }) }, [
      ...(ran.length === 0 ? ['The database is up to date.'] : ran.map((id) => `ran ${id}`)),
      ...(login === undefined
        ? []
        : [`"${login.name}" is the gateway's login: it may do what gatehouse_app may.`]),
    ]);
  } finally {
    await store.close();
  }
};

const explained = (error: unknown): never => {
  if (error instanceof LoginFault) throw new Answer(error.message);
  throw error;
};

const settings = (): Config => {
  try {
    return nodeConfig(process.env);
  } catch (error) {
    if (error instanceof ConfigFault) throw new Answer(error.message);
    throw error;
  }
};

export const migrateCommand: Command = {
  lines: [
    ['migrate', 'bring the database at DATABASE_URL up to date'],
    [
      'migrate --app-login NAME --app-password-file FILE',
      'and make, or update, the login that the gateway uses',
    ],
  ],
  run,
};
