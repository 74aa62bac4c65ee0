// gatehouse audit drop: lets go of whole months of the audit, each under a signed tombstone. It opens the database itself, as
// `migrate` does: dropping a month takes the tables' owner, which a running gateway is not, so there is no endpoint to ask.
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { migrations } from '../../migrations/index.ts';
import { monthOf } from '../audit/chain.ts';
import { ChainBroken } from '../audit/cover.ts';
import type { Config } from '../config.ts';
import { ConfigFault } from '../config.ts';
import type { MonthPlan } from '../retention/table.ts';
import { dropMonthsBefore, planMonthsBefore } from '../retention/table.ts';
import { keptSecret } from '../runtimes/data-folder.ts';
import { hashes } from '../runtimes/hashes.ts';
import { nodeConfig } from '../runtimes/node.ts';
import { openStore } from '../runtimes/node-store.ts';
import { machineReferences } from '../runtimes/references.ts';
import { openSecrets } from '../runtimes/secrets.ts';
import type { SigningMeans } from '../signing/table.ts';
import { FolderInUse } from '../stores/folder-lock.ts';
import { standingOf } from '../stores/login.ts';
import { missingMigrations } from '../stores/migrate.ts';
import type { Store } from '../stores/store.ts';
import { sqlState } from '../stores/store.ts';
import { Answer, print, WrongUse } from './command.ts';

const OPTIONS = {
  json: { type: 'boolean', default: false },
  'dry-run': { type: 'boolean', default: false },
  before: { type: 'string' },
} as const;

const MONTH = /^\d{4}-(?:0[1-9]|1[0-2])$/;
/** SQLSTATE 55000: not in this state. */
const NOT_NOW = '55000';

const beforeOf = (text: string | undefined, nowMs: number): string => {
  if (text === undefined || !MONTH.test(text)) throw new WrongUse('audit drop needs --before 2026-08');
  const current = monthOf(new Date(nowMs).toISOString());
  if (`${text}-01` > current)
    throw new WrongUse(`the month under way is never dropped: --before takes at most ${current.slice(0, 7)}`);
  return `${text}-01`;
};

const settings = (): Config => {
  try {
    return nodeConfig(process.env);
  } catch (error) {
    if (error instanceof ConfigFault) throw new Answer(error.message);
    throw error;
  }
};

/** What signs the tombstones: the deployment's own root, wherever it is kept. */
const meansOf = (config: Config, store: Store): SigningMeans => {
  const random = (bytes: number): Uint8Array => randomBytes(bytes);
  const embedded = config.DATABASE_URL === undefined;
  const root =
    config.GATEHOUSE_SECRET ?? (embedded ? keptSecret(config.GATEHOUSE_DATA, 'secret', random) : undefined);
  if (root === undefined) throw new Answer('GATEHOUSE_SECRET: needed with DATABASE_URL');
  const references = machineReferences(process.env, config.GATEHOUSE_DATA);
  return { store, hashes, now: Date.now, secrets: openSecrets(root, references, { now: Date.now, random }) };
};

const told = ({ month, entries, covered_by, held }: MonthPlan): string => {
  const signed =
    covered_by === null ? 'not signed by a checkpoint yet' : `signed up to checkpoint ${covered_by}`;
  const holds = held === 0 ? '' : `; kept: a legal hold is on ${held} of its exchanges`;
  return `${month.slice(0, 7)}: ${entries} entries, ${signed}${holds}`;
};

const mayDrop = async (store: Store): Promise<void> => {
  const missing = await missingMigrations(store.db, migrations);
  if (missing.length > 0) throw new Answer(`the database is to be migrated first: ${missing.join(', ')}`);
  const found = await standingOf(store.db);
  if (found?.standing !== 'owner')
    throw new Answer(
      `"${found?.login}" does not own the audit: DATABASE_URL must be the owner's to drop a month`,
    );
};

const explained = (error: unknown): never => {
  if (error instanceof ChainBroken)
    throw new Answer(`nothing more was dropped, for the audit does not hold: ${error.message}`);
  if (sqlState(error) === NOT_NOW && error instanceof Error)
    throw new Answer(`nothing more was dropped: ${error.message}; try again`);
  throw error;
};

const openedStore = (config: Config): Promise<Store> => {
  // Looking must not make one.
  if (config.DATABASE_URL === undefined && !existsSync(join(config.GATEHOUSE_DATA, 'postgres')))
    throw new Answer(`there is no database in ${config.GATEHOUSE_DATA}, and no DATABASE_URL`);
  return openStore(config, () => undefined).catch((error: unknown) => {
    throw error instanceof FolderInUse ? new Answer(error.message) : error;
  });
};

/** Runs the command. Throws {@link Answer} where a month that was to go is kept, or the audit does not hold. */
export const drop = async (args: readonly string[]): Promise<void> => {
  const { values } = parseArgs({ args: [...args], options: OPTIONS });
  const before = beforeOf(values.before, Date.now());
  const config = settings();
  const store = await openedStore(config);
  try {
    await mayDrop(store);
    const means = meansOf(config, store);
    const dry = values['dry-run'];
    const months = dry
      ? (await planMonthsBefore(means, before)).map((plan) => ({ ...plan, dropped: false }))
      : await dropMonthsBefore(means, before).catch(explained);
    const gone = months.filter(({ dropped }) => dropped).length;
    print(values.json, { dry_run: dry, months }, [
      ...months.map(told),
      months.length === 0
        ? 'There is nothing to drop.'
        : dry
          ? 'Dry run: nothing was done. What is not signed yet is signed first.'
          : `${gone} of ${months.length} months were dropped; an export shows their tombstones.`,
    ]);
    const held = months.filter((month) => month.held > 0);
    if (held.length > 0) throw new Answer(`${held.length} months are kept, because a legal hold is on them`);
  } finally {
    await store.close();
  }
};
