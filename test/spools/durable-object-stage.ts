// What the tests of the Durable Object spool stand on: a database behind a door, the Worker, and what a chain must be.
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { expect, inject } from 'vitest';
import { migrations } from '../../migrations/index.ts';
import { linkHash } from '../../src/audit/chain.ts';
import type { Entry, EntryKind } from '../../src/audit/record.ts';
import { migrate } from '../../src/stores/migrate.ts';
import { pgStore } from '../../src/stores/pg.ts';
import { startNeonHttp } from '../kit/neon-http.ts';
import { freshDatabase } from '../kit/postgres.ts';
import type { Door } from './door.ts';
import { openDoor } from './door.ts';
import type { Run } from './durable-object-run.ts';
import { bundle, run } from './durable-object-run.ts';

type Row = { readonly writer: string; readonly seq: number; readonly hash: string; readonly text: string };
type Told = {
  readonly kind: EntryKind;
  readonly exchange: string | null;
  readonly body: Record<string, unknown>;
};

/** A migrated database behind a door. */
export type Database = {
  readonly door: Door;
  readonly bindings: Readonly<Record<string, string>>;
  rows(): Promise<Row[]>;
  /** Empties it, as a restore of a backup from before would. */
  forget(): Promise<void>;
};

/** Makes what a test needs; `end` takes it all away again. */
export type Stage = {
  newFolder(): string;
  newDatabase(): Promise<Database>;
  start(folder: string, bindings: Readonly<Record<string, string>>): Promise<Run>;
  end(): Promise<void>;
};

export const newStage = (): Stage => {
  let script: Promise<string> | undefined;
  const endings: (() => Promise<unknown>)[] = [];
  return {
    newFolder: () => {
      const folder = mkdtempSync(join(tmpdir(), 'gatehouse-object-'));
      endings.push(async () => rmSync(folder, { recursive: true, force: true }));
      return folder;
    },
    newDatabase: async () => {
      const url = await freshDatabase(inject('postgresUrl'));
      await migrated(url);
      const neon = await startNeonHttp(url);
      const door = await openDoor(Number(new URL(neon.endpoint).port));
      endings.push(neon.stop, door.stop);
      return {
        door,
        bindings: {
          DATABASE_URL: neon.connectionString,
          DATABASE_HTTP_ENDPOINT: `http://127.0.0.1:${door.port}/sql`,
        },
        rows: async () => {
          const rows = await asked(url, 'select writer, seq, hash, text from audit_entries order by seq');
          return rows.map((row) => ({ ...row, seq: Number(row.seq) }));
        },
        forget: async () => {
          await asked(url, 'drop schema public cascade; create schema public');
          await migrated(url);
        },
      };
    },
    start: async (folder, bindings) => {
      script ??= bundle();
      const running = await run(await script, folder, bindings);
      endings.push(running.stop);
      return running;
    },
    end: async () => {
      for (const end of endings.splice(0).reverse()) await end();
    },
  };
};

const asked = async (url: string, query: string) => {
  const client = new pg.Client(url);
  await client.connect();
  try {
    return (await client.query(query)).rows;
  } finally {
    await client.end();
  }
};

const migrated = async (url: string): Promise<void> => {
  const store = pgStore(url, () => undefined);
  await migrate(store, migrations);
  await store.close();
};

let count = 0;

/** An entry, later than the one made before it. */
export const entry = (kind: EntryKind, exchange: string, body: Record<string, unknown> = {}): Entry => ({
  kind,
  exchange,
  atMs: Date.UTC(2026, 10, 5) + count++,
  body: { exchange, ...body },
});
export const opens = (name: string, many: number): Entry[] =>
  Array.from({ length: many }, (_, i) => entry('open', `ex_${name}_${i}`));
export const all = (many: number): string[] => Array.from({ length: many }, () => 'kept');
export const bodyOf = (row: Row | undefined): Told => JSON.parse(row?.text ?? 'null');
/** What rows tell, in short: `open ex_1`. */
export const toldOf = (rows: readonly Row[]): string[] =>
  rows.map((row) => `${bodyOf(row).kind} ${bodyOf(row).exchange ?? '-'}`);

/** One writer's rows have no gap and no double, and every hash is what its text and the hash before make it. */
export const expectOneChain = (rows: readonly Row[]): void => {
  const sha256 = (data: string | Uint8Array) => createHash('sha256').update(data).digest('hex');
  expect(new Set(rows.map(({ writer }) => writer)).size).toBe(1);
  expect(rows.map(({ seq }) => seq)).toEqual(rows.map((_, i) => i + 1));
  let before = '0'.repeat(64);
  for (const { hash, text } of rows) {
    expect(hash).toBe(linkHash(sha256, before, text));
    before = hash;
  }
};

/** Waits for what an alarm does by itself. */
export const eventually = async <T>(ask: () => Promise<T>, is: (answer: T) => boolean): Promise<T> => {
  for (let tries = 0; ; tries++) {
    const answer = await ask();
    if (is(answer) || tries === 200) return answer;
    await sleep(50);
  }
};
