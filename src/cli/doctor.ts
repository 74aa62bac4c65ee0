// gatehouse doctor: what the environment says, whether the database answers, and what each variable is for.
import { parseArgs } from 'node:util';
import { sql } from 'kysely';
import { environment } from '../config.ts';
import { nodeConfig } from '../runtimes/node.ts';
import { openStore } from '../runtimes/node-store.ts';
import type { Command } from './command.ts';
import { Answer, print } from './command.ts';

type Check = { readonly name: string; readonly ok: boolean; readonly words: string };

/** Oldest Node whose type stripping needs no flag. */
const NODE_MAJOR = 24;

const words = (error: unknown): string =>
  (error instanceof Error ? (error.message.split('\n')[0] ?? '') : 'failed').slice(0, 300);

const check = async (name: string, ask: () => Promise<string> | string): Promise<Check> => {
  try {
    return { name, ok: true, words: await ask() };
  } catch (error) {
    return { name, ok: false, words: words(error) };
  }
};

const database = async (): Promise<string> => {
  const config = nodeConfig(process.env);
  const store = await openStore(config, () => undefined);
  try {
    await sql`select 1`.execute(store.db);
    return config.DATABASE_URL === undefined ? `embedded in ${config.GATEHOUSE_DATA}` : 'answers';
  } finally {
    await store.close();
  }
};

const run = async (args: readonly string[]): Promise<void> => {
  const { values } = parseArgs({ args: [...args], options: { json: { type: 'boolean', default: false } } });
  const checks = [
    await check('node', () => {
      if (Number(process.versions.node.split('.')[0]) < NODE_MAJOR)
        throw new Error(
          `this is Node ${process.versions.node}; Gatehouse needs ${NODE_MAJOR} (npm run puts it first in the path)`,
        );
      return process.versions.node;
    }),
    await check('environment', () => {
      nodeConfig(process.env);
      return 'is valid';
    }),
    await check('database', database),
  ];
  const variables = Object.entries(environment.shape).map(([name, shape]) => ({
    name,
    words: shape.description ?? '',
  }));
  print(values.json, { checks, variables }, [
    ...checks.map(({ name, ok, words }) => `${ok ? 'ok  ' : 'FAIL'} ${name}: ${words}`),
    '',
    ...variables.map(({ name, words }) => `  ${name.padEnd(24)} ${words}`),
  ]);
  if (checks.some(({ ok }) => !ok)) throw new Answer('something is wrong, see above');
};

export const doctor: Command = { lines: [['doctor', 'check this machine and explain the settings']], run };
