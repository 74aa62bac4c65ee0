// Proofs of single records, made from Postgres.
import { sql } from 'kysely';
import { GENESIS, linkHash } from '../audit/chain.ts';
import type { Signed, Statement } from '../audit/checkpoint.ts';
import { saidIn, statement } from '../audit/checkpoint.ts';
import { ChainBroken } from '../audit/cover.ts';
import { inclusionPath, rootFromPath } from '../audit/merkle.ts';
import type { AuditProof, ProvenEntry } from '../audit/proof.ts';
import { leafIndex } from '../audit/proof.ts';
import { bytesOfHex, hexOf } from '../bytes.ts';
import type { SigningMeans } from '../signing/table.ts';
import { publishedKeys } from '../signing/table.ts';
import type { Db } from '../stores/store.ts';

/** Why there is no proof. */
export type NoProof = 'not_found' | 'not_covered' | 'dropped';

type Entry = { readonly writer: string; readonly seq: number; readonly text: string; readonly hash: string };

/** The proof of a record. Throws {@link ChainBroken} where the database no longer holds what was signed. */
export const proveRecord = async (means: SigningMeans, exchange: string): Promise<AuditProof | NoProof> => {
  const { db } = means.store;
  const { rows } = await sql<Entry>`
    select writer, seq, text, hash from audit_entries where body->>'exchange' = ${exchange} and body->>'kind' in ('open', 'seal')
    order by body->>'kind'`.execute(db);
  if (rows.length === 0) return 'not_found';
  const entries: ProvenEntry[] = [];
  for (const row of rows) {
    const proven = await prove(means, { ...row, seq: Number(row.seq) });
    if (typeof proven === 'string') return proven;
    entries.push(proven);
  }
  return { gatehouse: 'audit-proof', v: 1, exchange, ...(await publishedKeys(db)), entries };
};

const prove = async (
  { store: { db }, hashes }: SigningMeans,
  entry: Entry,
): Promise<ProvenEntry | NoProof> => {
  const { writer, seq, text } = entry;
  const name = `${writer}/${seq}`;
  const checkpoint = await covering(db, writer, seq);
  const said = checkpoint === undefined ? undefined : saidIn(statement, checkpoint);
  if (checkpoint === undefined || said === undefined) return 'not_covered';
  const before = await hashBefore(db, writer, seq);
  const leaves = await leavesOf(db, said);
  if (before === undefined || leaves === undefined) return 'dropped';
  const index = leafIndex(said, writer, seq) ?? 0;
  const bytes = (data: Uint8Array): Uint8Array => bytesOfHex(hashes.sha256Hex(data));
  const path = inclusionPath(bytes, leaves, index);
  const root = rootFromPath(
    bytes,
    bytesOfHex(linkHash(hashes.sha256Hex, before, text)),
    index,
    said.size,
    path,
  );
  if (root === undefined || hexOf(root) !== said.root)
    throw new ChainBroken(`${name} is not what checkpoint ${said.number} signed`);
  return { before, text, checkpoint, index, path: path.map(hexOf) };
};

/** The checkpoint that covers an entry. */
const covering = async (db: Db, writer: string, seq: number): Promise<Signed | undefined> => {
  const { rows } = await sql<Signed>`
    select c.text, c.signature from audit_checkpoints c where exists (
      select from jsonb_to_recordset(c.text::jsonb->'covers') as k(writer text, "from" bigint, "to" bigint)
      where k.writer = ${writer} and ${seq}::bigint between k."from" and k."to") order by c.number limit 1`.execute(
    db,
  );
  return rows[0];
};

/** The hash an entry was hashed with; undefined: that entry was dropped. */
const hashBefore = async (db: Db, writer: string, seq: number): Promise<string | undefined> => {
  if (seq === 1) return GENESIS.hash;
  const row = await db
    .selectFrom('audit_entries')
    .select('hash')
    .where('writer', '=', writer)
    .where('seq', '=', seq - 1)
    .executeTakeFirst();
  return row?.hash;
};

/** The leaves of a checkpoint's tree; undefined: some were dropped. */
const leavesOf = async (db: Db, said: Statement): Promise<Uint8Array[] | undefined> => {
  const leaves: Uint8Array[] = [];
  for (const { writer, from, to } of said.covers) {
    const rows = await db
      .selectFrom('audit_entries')
      .select('hash')
      .where('writer', '=', writer)
      .where('seq', '>=', from)
      .where('seq', '<=', to)
      .orderBy('seq')
      .execute();
    for (const { hash } of rows) leaves.push(bytesOfHex(hash));
  }
  return leaves.length === said.size ? leaves : undefined;
};
