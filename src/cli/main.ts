#!/usr/bin/env node
// The command line: one file a command, loaded when it is used. Exit 0: fine; 1: the answer is no; 2: wrong use.
import type { Command } from './command.ts';
import { Answer, faultWords, WrongUse } from './command.ts';

const commands: Readonly<Record<string, () => Promise<Command>>> = {
  start: async () => (await import('./start.ts')).start,
  apply: async () => (await import('./apply.ts')).apply,
  export: async () => (await import('./export.ts')).exportCommand,
  keys: async () => (await import('./keys.ts')).keys,
  audit: async () => (await import('./audit.ts')).audit,
  migrate: async () => (await import('./migrate.ts')).migrateCommand,
  dlp: async () => (await import('./dlp.ts')).dlp,
  injection: async () => (await import('./injection.ts')).injection,
  prices: async () => (await import('./prices.ts')).prices,
  doctor: async () => (await import('./doctor.ts')).doctor,
};

const usage = async (): Promise<string> => {
  const all = await Promise.all(Object.values(commands).map((load) => load()));
  return [
    'usage: gatehouse <command>',
    '',
    ...all.flatMap(({ lines }) => lines.map(([use, words]) => `  ${use.padEnd(58)} ${words}`)),
    '',
    '--json on every command prints what a program can read.',
  ].join('\n');
};

const run = async (args: readonly string[]): Promise<void> => {
  const [name = '', ...rest] = args;
  if (name === '--help' || name === 'help' || name === '-h') {
    process.stdout.write(`${await usage()}\n`);
    return;
  }
  const load = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (load === undefined)
    throw new WrongUse(name === '' ? await usage() : `unknown command "${name}"\n\n${await usage()}`);
  await (await load()).run(rest);
};

run(process.argv.slice(2)).catch((error: unknown) => {
  const wrong =
    error instanceof WrongUse ||
    (error instanceof TypeError && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS'));
  const known = error instanceof Error && (wrong || error instanceof Answer);
  process.stderr.write(`gatehouse: ${known ? error.message : faultWords(error)}\n`);
  process.exitCode = wrong ? 2 : 1;
});
