// gatehouse apply: makes the configuration in force the declared one, and shows what that changes.
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import type { Command } from './command.ts';
import { answered, client, only, print, WrongUse } from './command.ts';

const run = async (args: readonly string[]): Promise<void> => {
  const options = {
    json: { type: 'boolean', default: false },
    'dry-run': { type: 'boolean', default: false },
  } as const;
  const { values, positionals } = parseArgs({ args: [...args], options, allowPositionals: true });
  const file = positionals.length === 0 ? 'gatehouse.yaml' : only(positionals, 'apply takes one file');
  const json = { text: textOf(file), file: file.slice(-FILE_CHARS), dry_run: values['dry-run'] };
  const applied = await answered(await client().apply.$post({ json }));
  const { changes, notes, minted } = applied;
  print(values.json, applied, [
    ...changes.flatMap(({ action, subject, before, after }) => [
      `${action.endsWith('.created') ? '+' : '~'} ${subject}`,
      ...differences(before, after),
    ]),
    ...notes.map((note) => `note: ${note}`),
    ...minted.map(({ name, key }) => `key "${name}", shown this once: ${key}`),
    changes.length === 0
      ? 'Nothing to change.'
      : `${changes.length} change${changes.length === 1 ? '' : 's'}${applied.dry_run ? ' (dry run: nothing was done)' : ''}.`,
  ]);
};

/** What the API takes as the name that faults are told under. */
const FILE_CHARS = 256;

const textOf = (file: string): string => {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    throw new WrongUse(`cannot read ${file}`);
  }
};

/** Longest value shown in a diff. */
const SHOWN_CHARS = 100;

const shown = (value: unknown): string => {
  const text = JSON.stringify(value) ?? 'none';
  return text.length > SHOWN_CHARS ? `${text.slice(0, SHOWN_CHARS)}…` : text;
};

const differences = (before: unknown, after: unknown): string[] => {
  const was = new Map(Object.entries(before ?? {}));
  return Object.entries(after ?? {}).flatMap(([key, value]) => {
    const old: unknown = was.get(key);
    if (JSON.stringify(old) === JSON.stringify(value) || (before === null && value === null)) return [];
    return [before === null ? `    ${key}: ${shown(value)}` : `    ${key}: ${shown(old)} -> ${shown(value)}`];
  });
};

export const apply: Command = {
  lines: [['apply [FILE] [--dry-run]', 'apply a gatehouse.yaml and show what it changes']],
  run,
};
