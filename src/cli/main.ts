#!/usr/bin/env node
// The command line: one file a command. Exit 0: fine; 1: the answer is no; 2: wrong use.
import { apply } from './apply.ts';
import type { Command } from './command.ts';
import { Answer, faultWords, WrongUse } from './command.ts';
import { doctor } from './doctor.ts';
import { exportCommand } from './export.ts';
import { keys } from './keys.ts';
import { migrateCommand } from './migrate.ts';
import { start } from './start.ts';

const commands: Readonly<Record<string, Command>> = {
  start,
  apply,
  export: exportCommand,
  keys,
  migrate: migrateCommand,
  doctor,
};

const usage = (): string =>
  [
    'usage: gatehouse <command>',
    '',
    ...Object.values(commands).flatMap(({ lines }) =>
      lines.map(([use, words]) => `  ${use.padEnd(58)} ${words}`),
    ),
    '',
    '--json on every command prints what a program can read.',
  ].join('\n');

const run = async (args: readonly string[]): Promise<void> => {
  const [name = '', ...rest] = args;
  if (name === '--help' || name === 'help' || name === '-h') {
    process.stdout.write(`${usage()}\n`);
    return;
  }
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (command === undefined)
    throw new WrongUse(name === '' ? usage() : `unknown command "${name}"\n\n${usage()}`);
  await command.run(rest);
};

run(process.argv.slice(2)).catch((error: unknown) => {
  const wrong =
    error instanceof WrongUse ||
    (error instanceof TypeError && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS'));
  const known = error instanceof Error && (wrong || error instanceof Answer);
  process.stderr.write(`gatehouse: ${known ? error.message : faultWords(error)}\n`);
  process.exitCode = wrong ? 2 : 1;
});
