// gatehouse export: the configuration in force as a gatehouse.yaml, without secrets.
import { parseArgs } from 'node:util';
import type { Command } from './command.ts';
import { answered, client, print } from './command.ts';

const run = async (args: readonly string[]): Promise<void> => {
  const { values } = parseArgs({ args: [...args], options: { json: { type: 'boolean', default: false } } });
  const exported = await answered(await client().export.$get());
  print(values.json, exported, [exported.text.trimEnd()]);
};

export const exportCommand: Command = {
  lines: [['export', 'print the configuration in force, without secrets']],
  run,
};
