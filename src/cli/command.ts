// What a command of the CLI is, and how one that talks to a gateway finds it.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { adminClient } from '../client.ts';

/** One command: how it is used, and what it does. */
export type Command = {
  readonly lines: readonly (readonly [use: string, words: string])[];
  run(args: readonly string[]): Promise<void>;
};

/** The command was used wrongly: exit 2. */
export class WrongUse extends Error {}
/** The answer is no: exit 1. */
export class Answer extends Error {}

/** A client of the gateway at GATEHOUSE_URL, with GATEHOUSE_ADMIN_TOKEN or the one in the data folder. */
export const client = () => {
  const url = process.env['GATEHOUSE_URL'] ?? `http://127.0.0.1:${process.env['GATEHOUSE_PORT'] ?? '8787'}`;
  return adminClient(url, token(), async (input, init) => {
    try {
      return await fetch(input, init);
    } catch {
      throw new Answer(`no gateway answers at ${url} (set GATEHOUSE_URL)`);
    }
  });
};

const token = (): string => {
  const given = process.env['GATEHOUSE_ADMIN_TOKEN'];
  if (given !== undefined && given !== '') return given;
  const path =
    process.env['GATEHOUSE_ADMIN_TOKEN_FILE'] ??
    join(process.env['GATEHOUSE_DATA'] ?? '.gatehouse', 'admin-token');
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    throw new Answer(`no operator token: set GATEHOUSE_ADMIN_TOKEN, or run where ${path} can be read`);
  }
};

type Reply = { readonly ok: boolean; readonly status: number; json(): Promise<unknown> };
type Fine<R extends Reply> = Exclude<Awaited<ReturnType<R['json']>>, { error: unknown }>;

/** The body of a reply that is fine; otherwise the API's own words as the answer. */
export const answered = async <R extends Reply>(reply: R): Promise<Fine<R>> => {
  const body: unknown = await reply.json();
  if (reply.ok) return body as Fine<R>; // the typed client's word for what the route answers
  const error = typeof body === 'object' && body !== null && 'error' in body ? body.error : undefined;
  const words =
    typeof error === 'object' && error !== null && 'message' in error
      ? String(error.message)
      : `status ${reply.status}`;
  const faults =
    typeof error === 'object' && error !== null && 'faults' in error && Array.isArray(error.faults)
      ? error.faults
      : [];
  throw new Answer([words, ...faults.map((fault) => `  ${fault}`)].join('\n'));
};

/** Prints a value as JSON, or the lines a person reads. */
export const print = (json: boolean, value: unknown, lines: readonly string[]): void => {
  process.stdout.write(
    json ? `${JSON.stringify(value, null, 2)}\n` : lines.map((line) => `${line}\n`).join(''),
  );
};
