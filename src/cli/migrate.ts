// gatehouse migrate: brings a database to the newest migration; for runtimes that do not do it at start (Workers).
import { parseArgs } from 'node:util';
import { migrations } from '../../migrations/index.ts';
import type { Config } from '../config.ts';
import { ConfigFault } from '../config.ts';
import { nodeConfig } from '../runtimes/node.ts';
import { openStore } from '../runtimes/node-store.ts';
import { migrate } from '../stores/migrate.ts';
import type { Command } from './command.ts';
import { Answer, print } from './command.ts';

const run = async (args: readonly string[]): Promise<void> => {
  const { values } = parseArgs({ args: [...args], options: { json: { type: 'boolean', default: false } } });
  const config = settings();
  const store = await openStore(config, () => undefined);
  try {
    const ran = await migrate(store, migrations);
    print(
      values.json,
      { ran },
      ran.length === 0 ? ['The database is up to date.'] : ran.map((id) => `ran ${id}`),
    );
  } finally {
    await store.close();
  }
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
  lines: [['migrate', 'bring the database at DATABASE_URL up to date']],
  run,
};
