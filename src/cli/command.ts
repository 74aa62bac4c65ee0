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
/** The one argument a command takes; `words` are for whoever gave none or several. */
export const only = (positionals: readonly string[], words: string): string => {
  const [one, ...more] = positionals;
  if (one === undefined || more.length > 0) throw new WrongUse(words);
  return one;
};

/** The answer is no: exit 1. */
export class Answer extends Error {}

/** A client of the gateway at GATEHOUSE_URL, with GATEHOUSE_ADMIN_TOKEN or the one in the data folder. */
export const client = () => {
  const url = process.env['GATEHOUSE_URL'] || `http://127.0.0.1:${process.env['GATEHOUSE_PORT'] || '8787'}`;
  if (!/^https?:\/\//.test(url) || !URL.canParse(url))
    throw new WrongUse('GATEHOUSE_URL begins with http:// or https://');
  return adminClient(url, token(), async (input, init) => {
    try {
      return await fetch(input, init);
    } catch {
      throw new Answer(`no gateway answers at ${new URL(url).origin} (set GATEHOUSE_URL)`);
    }
  });
};

const token = (): string => {
  const given = process.env['GATEHOUSE_ADMIN_TOKEN'];
  if (given !== undefined && given !== '') return given;
  const path =
    process.env['GATEHOUSE_ADMIN_TOKEN_FILE'] ||
    join(process.env['GATEHOUSE_DATA'] || '.gatehouse', 'admin-token');
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
  const body: unknown = await reply.json().catch(() => {
    throw new Answer(`what answers there is no gateway (status ${reply.status}); set GATEHOUSE_URL`);
  });
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

/** What failed, in one line: a driver's error may be pages long, or have nothing but a code. */
export const faultWords = (error: unknown): string => {
  if (!(error instanceof Error)) return 'failed';
  const [first = ''] = error.message.split('\n');
  const code = 'code' in error && typeof error.code === 'string' ? error.code : error.name;
  return (first === '' ? code : first).slice(0, 500);
};
