/**
 * A small audit in a real Postgres with its owner at work: each change is shown to the verifier and then undone.
 */
import type pg from 'pg';
import { inject } from 'vitest';
import type { AuditFault } from '../../src/audit/verify.ts';
import { rotateKey } from '../../src/signing/table.ts';
import type { Store } from '../../src/stores/store.ts';
import { meansOn, migratedStore, ownerOf, smallAudit, verdictNow } from './audit-store.ts';
import { freshDatabase } from './postgres.ts';

/** A row of audit_entries with all its columns. */
export type Row = { month: string; writer: string; seq: number; hash: string; text: string };

/** The tables an owner would change, and the columns to put back. */
const TABLES = {
  audit_entries: 'month, writer, seq, hash, text',
  audit_checkpoints: 'number, text, signature',
  audit_keys: 'id, public, sealed, created_at',
  audit_signed: 'place, kind, text, signature',
  audit_heads: 'writer, seq, hash',
};

/** The audit, who owns it, and what it held at first. */
export type Tampering = {
  readonly url: string;
  readonly store: Store;
  readonly means: ReturnType<typeof meansOn>;
  readonly owner: pg.Client;
  readonly rows: readonly Row[];
  /** How far the last checkpoint covers each chain. */
  readonly covered: ReadonlyMap<string, number>;
  /** Makes a change, asks `ask`, and puts everything back. */
  during<T>(change: () => Promise<unknown>, ask: () => Promise<T>): Promise<T>;
  /** What the verifier names after a change; kind `none`: nothing. What stops an export counts as its name. */
  fault(change: () => Promise<unknown>): Promise<AuditFault | { kind: string; line: number; words: string }>;
  stop(): Promise<void>;
};

/** Starts on a fresh database. */
export const startTampering = async (): Promise<Tampering> => {
  const url = await freshDatabase(inject('postgresUrl'));
  const store = await migratedStore(url);
  const means = meansOn(store);
  const owner = await ownerOf(url);
  await smallAudit(means, 6, () => rotateKey(means));
  const { rows } = await owner.query<Row>(
    "select to_char(month, 'YYYY-MM-DD') as month, writer, seq::int, hash, text from audit_entries order by writer, seq",
  );
  const heads = await owner.query<{ writer: string; seq: number }>(
    'select writer, seq::int from audit_heads',
  );
  for (const [table, columns] of Object.entries(TABLES))
    await owner.query(`create table kept_${table} as select ${columns} from ${table}`);
  const putBack = async (): Promise<void> => {
    await owner.query(`truncate ${Object.keys(TABLES).join()}`);
    for (const [table, columns] of Object.entries(TABLES))
      await owner.query(
        `insert into ${table} (${columns}) overriding system value select ${columns} from kept_${table}`,
      );
  };
  const during = async <T>(change: () => Promise<unknown>, ask: () => Promise<T>): Promise<T> => {
    await change();
    try {
      return await ask();
    } finally {
      await putBack();
    }
  };
  const asked = async () => {
    try {
      return (await verdictNow(means)).fault ?? { kind: 'none', line: 0, words: '' };
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      return { kind: error.constructor.name, line: 0, words: error.message };
    }
  };
  return {
    url,
    store,
    means,
    owner,
    rows,
    covered: new Map(heads.rows.map(({ writer, seq }) => [writer, seq])),
    during,
    fault: (change) => during(change, asked),
    stop: async () => {
      await owner.end();
      await store.close();
    },
  };
};
