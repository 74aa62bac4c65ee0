// gatehouse doctor: what the environment says, whether the database answers, and what each variable is for.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { migrations } from '../../migrations/index.ts';
import type { Config } from '../config.ts';
import { ConfigFault, environment } from '../config.ts';
import { nodeConfig } from '../runtimes/node.ts';
import { openStore } from '../runtimes/node-store.ts';
import { readSetup } from '../setup/document.ts';
import { SetupFault } from '../setup/fault.ts';
import { FolderInUse } from '../stores/folder-lock.ts';
import { standingOf } from '../stores/login.ts';
import { missingMigrations } from '../stores/migrate.ts';
import type { Command } from './command.ts';
import { Answer, faultWords, print } from './command.ts';

/** `warn`: nothing is wrong, and yet it should be known. */
type Check = { readonly name: string; readonly ok: boolean; readonly warn?: true; readonly words: string };

/** Oldest Node whose type stripping needs no flag. */
const NODE_MAJOR = 24;

const words = (error: unknown): string =>
  error instanceof ConfigFault || error instanceof SetupFault ? error.message : faultWords(error);

const check = async (name: string, ask: () => Promise<string> | string): Promise<Check> => {
  try {
    return { name, ok: true, words: await ask() };
  } catch (error) {
    return { name, ok: false, words: words(error) };
  }
};

/** Looks and changes nothing: a database that is not there yet is not made. */
const database = async (config: Config): Promise<string> => {
  const embedded = config.DATABASE_URL === undefined;
  if (embedded && !existsSync(join(config.GATEHOUSE_DATA, 'postgres')))
    return `embedded; the first start makes it in ${config.GATEHOUSE_DATA}`;
  try {
    const store = await openStore(config, () => undefined);
    try {
      const missing = await missingMigrations(store.db, migrations);
      const state =
        missing.length === 0
          ? 'up to date'
          : `to be migrated (${missing.join(', ')}), which the owner's start and migrate do`;
      return `${embedded ? `embedded in ${config.GATEHOUSE_DATA}` : 'answers'}, ${state}`;
    } finally {
      await store.close();
    }
  } catch (error) {
    if (error instanceof FolderInUse) return `embedded; ${error.message.split(';')[0]}`;
    throw error;
  }
};

/** Whether a gateway with this DATABASE_URL could change the audit; undefined: that is not for the database to say. */
const login = async (config: Config): Promise<Check | undefined> => {
  if (config.DATABASE_URL === undefined) return undefined;
  const store = await openStore(config, () => undefined);
  try {
    const found = await standingOf(store.db);
    if (found === undefined) return undefined;
    const { login: who, standing } = found;
    const name = 'login';
    if (standing === 'member') return { name, ok: true, words: `"${who}" is a member of gatehouse_app` };
    const words =
      standing === 'owner'
        ? `"${who}" owns the database: whoever takes over the gateway may rewrite it; see "migrate --app-login"`
        : `"${who}" neither owns the tables nor is a member of gatehouse_app; see "migrate --app-login"`;
    return { name, ok: true, warn: true, words };
  } catch {
    // The check before this one has said what is wrong with the database.
    return undefined;
  } finally {
    await store.close();
  }
};

const rootSecret = (config: Config): string => {
  if (config.GATEHOUSE_SECRET !== undefined) return 'is set';
  if (config.DATABASE_URL === undefined) return `kept in ${join(config.GATEHOUSE_DATA, 'secret')}`;
  throw new Error('GATEHOUSE_SECRET is needed with DATABASE_URL; 32 characters or more');
};

const setupFile = (path: string | undefined): string => {
  if (path === undefined) return 'no GATEHOUSE_CONFIG: gatehouse apply does it';
  readSetup(readFileSync(path, 'utf8'), path);
  return `${path} can be read; what it refers to is checked when it is applied`;
};

const run = async (args: readonly string[]): Promise<void> => {
  const { values } = parseArgs({ args: [...args], options: { json: { type: 'boolean', default: false } } });
  let config: Config | undefined;
  const checks = [
    await check('node', () => {
      if (Number(process.versions.node.split('.')[0]) < NODE_MAJOR)
        throw new Error(
          `this is Node ${process.versions.node}; Gatehouse needs ${NODE_MAJOR} (npm run puts it first in the path)`,
        );
      return process.versions.node;
    }),
    await check('environment', () => {
      config = nodeConfig(process.env);
      return 'is valid';
    }),
  ];
  if (config !== undefined) {
    const known = config;
    checks.push(
      await check('secret', () => rootSecret(known)),
      await check('database', () => database(known)),
      ...[await login(known)].filter((one) => one !== undefined),
      await check('configuration', () => setupFile(known.GATEHOUSE_CONFIG)),
    );
  }
  const variables = Object.entries(environment.shape).map(([name, shape]) => ({
    name,
    words: shape.description ?? '',
  }));
  print(values.json, { checks, variables }, [
    ...checks.map(
      ({ name, ok, warn, words }) => `${ok ? (warn ? 'warn' : 'ok  ') : 'FAIL'} ${name}: ${words}`,
    ),
    '',
    ...variables.map(({ name, words }) => `  ${name.padEnd(24)} ${words}`),
  ]);
  if (checks.some(({ ok }) => !ok)) throw new Answer('something is wrong, see above');
};

export const doctor: Command = { lines: [['doctor', 'check this machine and explain the settings']], run };
