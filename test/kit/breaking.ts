/**
 * A small audit whose owner breaks one of its chains, and an operator who acknowledges that.
 */
import type pg from 'pg';
import { expect, inject } from 'vitest';
import { acknowledge } from '../../src/acknowledgements/table.ts';
import type { Acknowledgement } from '../../src/audit/breaks.ts';
import { GENESIS, linkHash } from '../../src/audit/chain.ts';
import { makeCheckpoints } from '../../src/checkpoints/table.ts';
import { hashes } from '../../src/runtimes/hashes.ts';
import { rotateKey } from '../../src/signing/table.ts';
import type { Store } from '../../src/stores/store.ts';
import {
  appendOwn,
  appendToShared,
  entryOf,
  meansOn,
  migratedStore,
  ownerOf,
  smallAudit,
} from './audit-store.ts';
import { freshDatabase } from './postgres.ts';

/** The chain that is broken. */
export const BROKEN = 'wr_01JD0000000000000000000000';
/** Why, as the operator says it. */
export const REASON = 'restored from a backup by mistake';

/** The audit, its owner and what they do to it. */
export type Breaking = {
  readonly store: Store;
  readonly means: ReturnType<typeof meansOn>;
  readonly owner: pg.Client;
  /** The last entry of the chain that is signed, and the last one there is. */
  readonly signed: number;
  readonly last: number;
  change(set: string, seq: number): Promise<unknown>;
  remove(from: number, to?: number): Promise<unknown>;
  alterText(seq: number, word?: string): Promise<unknown>;
  /** Changes an entry and hashes it and all after it again, as an owner would who hides something. */
  rewrite(from: number): Promise<void>;
  /** Puts an entry a second time under another month. */
  twin(seq: number): Promise<unknown>;
  acknowledged(seq: number): Promise<Acknowledgement>;
  /** New entries on every chain, and a checkpoint over them. */
  goOn(): Promise<void>;
  stop(): Promise<void>;
};

type Row = { seq: number; hash: string; text: string };

/** Starts on a fresh database. */
export const startBreaking = async (): Promise<Breaking> => {
  const url = await freshDatabase(inject('postgresUrl'));
  const store = await migratedStore(url);
  const means = meansOn(store);
  const owner = await ownerOf(url);
  await smallAudit(means, 6, () => rotateKey(means));
  const { rows } = await owner.query<{ signed: number; last: number }>(
    `select (select seq::int from audit_heads where writer = $1) as signed,
      (select max(seq)::int from audit_entries where writer = $1) as last`,
    [BROKEN],
  );
  const change = (set: string, seq: number) =>
    owner.query(`update audit_entries set ${set} where writer = $1 and seq = $2`, [BROKEN, seq]);
  const rewrite = async (from: number): Promise<void> => {
    const all = await owner.query<Row>(
      'select seq::int, hash, text from audit_entries where writer = $1 order by seq',
      [BROKEN],
    );
    let before = all.rows.find(({ seq }) => seq === from - 1)?.hash ?? GENESIS.hash;
    for (const { seq, text } of all.rows.filter((row) => row.seq >= from)) {
      const changed = seq === from ? text.replace('"body":{', '"body":{"a":1,') : text;
      before = linkHash(hashes.sha256Hex, before, changed);
      await change(`text = '${changed.replaceAll("'", "''")}', hash = '${before}'`, seq);
    }
  };
  return {
    ...{ store, means, owner, change, rewrite },
    signed: rows[0]?.signed ?? 0,
    last: rows[0]?.last ?? 0,
    remove: (from, to = from) =>
      owner.query('delete from audit_entries where writer = $1 and seq between $2 and $3', [
        BROKEN,
        from,
        to,
      ]),
    alterText: (seq, word = 'changed') =>
      change(`text = jsonb_set(text::jsonb, '{body}', '{"was":"${word}"}')::text`, seq),
    twin: (seq) =>
      owner.query(
        `insert into audit_entries (month, writer, seq, hash, text)
          select '2026-10-01'::date, writer, seq, $3, text from audit_entries where writer = $1 and seq = $2 limit 1`,
        [BROKEN, seq, '0'.repeat(64)],
      ),
    acknowledged: (seq) => acknowledge(means, { writer: BROKEN, seq, actor: 'anna', reason: REASON }),
    goOn: async () => {
      await appendOwn(store, BROKEN, [entryOf('stop', null, means.now())]);
      await appendToShared(store, 'shared', [entryOf('stop', null, means.now())]);
      expect((await makeCheckpoints(means)).length).toBeGreaterThan(0);
    },
    stop: async () => {
      await owner.end();
      await store.close();
    },
  };
};
