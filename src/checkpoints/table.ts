// Checkpoints in Postgres: each covers what the chains got since the one before. Any number of replicas may make them; each
// number is made once.
import { sql } from 'kysely';
import { Breaks } from '../audit/breaks.ts';
import type { Head } from '../audit/chain.ts';
import { GENESIS, headsDigest } from '../audit/chain.ts';
import type { Statement as Said, Signed } from '../audit/checkpoint.ts';
import { saidIn, signatureHolds, statement } from '../audit/checkpoint.ts';
import { ChainBroken, Cover } from '../audit/cover.ts';
import type { EntryRow } from '../audit/export-lines.ts';
import { signerOf } from '../audit/trust.ts';
import { readBreaks } from '../audit/verify-breaks.ts';
import type { Signer, SigningMeans } from '../signing/table.ts';
import { listSigned, openSigner, signingLock } from '../signing/table.ts';
import type { Db } from '../stores/store.ts';

/** What one checkpoint covers at most: a proof out of it reads that many hashes. What is more comes into the next. */
export const COVERED_ENTRIES = 250_000;
/** Entries read at once. */
const PAGE = 1000;
/** Checkpoints read at once. */
const CHECKPOINT_PAGE = 200;
/** How often others may be faster before we give up. */
const TRIES = 20;

export type CheckpointRow = Signed & { readonly number: number };

/** Checkpoints in order, page by page, those after the number `after`. */
export async function* eachCheckpoint(db: Db, after = 0): AsyncGenerator<CheckpointRow> {
  for (let seen = after; ; ) {
    const rows = await db
      .selectFrom('audit_checkpoints')
      .select(['number', 'text', 'signature'])
      .where('number', '>', seen)
      .orderBy('number')
      .limit(CHECKPOINT_PAGE)
      .execute();
    yield* rows;
    const last = rows.at(-1);
    if (last === undefined || rows.length < CHECKPOINT_PAGE) return;
    seen = last.number;
  }
}

/** Checkpoints, newest first, at most `limit` of those before the number `before`. */
export const listCheckpoints = (db: Db, limit: number, before?: number): Promise<CheckpointRow[]> => {
  const query = db
    .selectFrom('audit_checkpoints')
    .select(['number', 'text', 'signature'])
    .orderBy('number', 'desc')
    .limit(limit);
  return (before === undefined ? query : query.where('number', '<', before)).execute();
};

/** The newest checkpoint. */
export const lastCheckpoint = async (db: Db): Promise<CheckpointRow | undefined> =>
  (await listCheckpoints(db, 1))[0];

/** Where every chain ends now, dropped months included. Asks the index for each writer instead of reading all entries. */
export const chainEnds = async (db: Db): Promise<Map<string, Head>> => {
  const { rows } = await sql<{ writer: string; seq: number; hash: string }>`
    with recursive writers as (
      select (select min(writer) from audit_entries) as writer
      union all
      select (select min(e.writer) from audit_entries e where e.writer > w.writer) from writers w where w.writer is not null
    ), named as (select writer from writers where writer is not null union select writer from audit_ends)
    select n.writer, h.seq, h.hash from named n cross join lateral audit_head(n.writer) h`.execute(db);
  return new Map(rows.map(({ writer, seq, hash }) => [writer, { seq: Number(seq), hash }]));
};

/** Which rows of a chain; `strays` are those with numbers no chain has. */
export type Bounds = { readonly from: number; readonly to: number; readonly strays: boolean };

/** Rows of a chain, in order, page by page, with all that their columns hold, right or wrong. */
export async function* pagesOf(
  db: Db,
  writer: string,
  { from, to, strays }: Bounds,
): AsyncGenerator<EntryRow[]> {
  const inside = strays ? sql`(seq >= ${from} or seq < 1)` : sql`seq >= ${from}`;
  let past = sql``;
  for (;;) {
    const { rows } = await sql<EntryRow>`
      select writer, seq, to_char(month, 'YYYY-MM-DD') as month, hash, text from audit_entries
      where writer = ${writer} and ${inside} and seq <= ${to} ${past} order by seq, audit_entries.month limit ${PAGE}`.execute(
      db,
    );
    const page = rows.map((row) => ({ ...row, seq: Number(row.seq) }));
    if (page.length > 0) yield page;
    const last = page.at(-1);
    if (last === undefined || page.length < PAGE) return;
    past = sql`and (seq, audit_entries.month) > (${last.seq}::bigint, ${last.month}::date)`;
  }
}

/** What was acknowledged, as this deployment signed it. Throws {@link ChainBroken} where it did not. */
export const knownBreaks = async (
  { store: { db }, hashes }: SigningMeans,
  { trust }: Pick<Signer, 'trust'>,
): Promise<Breaks> => {
  const known = await readBreaks(hashes.sha256Hex, trust, await listSigned(db, 'acknowledgement'));
  if (known === undefined)
    throw new ChainBroken('an acknowledgement in the database is not one that was signed here');
  return new Breaks(hashes.sha256Hex, known);
};

/** The heads that a checkpoint signed: what is kept of them, or else what all checkpoints say together. Throws {@link ChainBroken}. */
const signedHeads = async (
  { store: { db }, hashes }: SigningMeans,
  last: Said | undefined,
): Promise<Map<string, Head>> => {
  if (last === undefined) return new Map();
  const fits = (heads: ReadonlyMap<string, Head>): boolean =>
    heads.size === last.chains && headsDigest(hashes.sha256Hex, heads) === last.heads;
  const rows = await db.selectFrom('audit_heads').select(['writer', 'seq', 'hash']).execute();
  const kept = new Map(rows.map(({ writer, seq, hash }) => [writer, { seq, hash }]));
  if (fits(kept)) return kept;
  const gathered = await headsAt(db, last.number);
  if (fits(gathered)) return gathered;
  throw new ChainBroken(`the checkpoints up to ${last.number} do not lead to the heads it signed`);
};

/** Where the checkpoint `number` left every chain, as that and all before it say. */
export const headsAt = async (db: Db, number: number): Promise<Map<string, Head>> => {
  const heads = new Map<string, Head>();
  for await (const row of eachCheckpoint(db)) {
    if (row.number > number) break;
    for (const { writer, to, hash } of saidIn(statement, row)?.covers ?? [])
      heads.set(writer, { seq: to, hash });
  }
  return heads;
};

/** What the newest checkpoint says. Throws {@link ChainBroken} when it is not one that we signed. */
const lastSaid = async (
  { store: { db } }: SigningMeans,
  { trust }: Signer,
  row: CheckpointRow | undefined,
): Promise<Said | undefined> => {
  if (row === undefined) return undefined;
  const said = saidIn(statement, row);
  const key = signerOf(trust, row.number);
  const ours =
    said?.number === row.number &&
    key?.id === said.key &&
    (await signatureHolds(key, row.text, row.signature));
  if (said === undefined || !ours)
    throw new ChainBroken(`checkpoint ${row.number} in the database is not one that was signed here`);
  const { count } = await db
    .selectFrom('audit_checkpoints')
    .select(({ fn }) => fn.countAll().as('count'))
    .where('number', '<=', row.number)
    .executeTakeFirstOrThrow();
  if (Number(count) !== row.number)
    throw new ChainBroken(`of ${row.number} checkpoints the database has ${count}`);
  return said;
};

/** Holds the ends that were signed against the chains as they are. Throws {@link ChainBroken}. */
const mustReach = (
  known: ReadonlyMap<string, Head>,
  ends: ReadonlyMap<string, Head>,
  breaks: Breaks,
): void => {
  for (const [writer, signed] of known) {
    const end = ends.get(writer) ?? GENESIS;
    if (end.seq < signed.seq)
      throw new ChainBroken(
        `${writer}/${end.seq + 1} to ${writer}/${signed.seq} are missing, and were signed`,
      );
    // A chain that has moved is bound to what was signed by its next entry.
    const replaced = end.seq === signed.seq && end.hash !== signed.hash;
    if (replaced && breaks.replaced(writer, signed, end.hash) === undefined)
      throw new ChainBroken(`${writer}/${signed.seq} is not the entry that was signed`);
  }
};

/** Reads what is new, chain by chain. Throws {@link ChainBroken}. */
const gather = async (
  { store: { db }, hashes }: SigningMeans,
  known: ReadonlyMap<string, Head>,
  breaks: Breaks,
  limit: number,
): Promise<Cover> => {
  const ends = await chainEnds(db);
  const cover = new Cover(hashes.sha256Hex, known, breaks);
  mustReach(known, ends, breaks);
  for (const writer of [...ends.keys()].sort()) {
    const from = (known.get(writer) ?? GENESIS).seq + 1;
    const to = ends.get(writer)?.seq ?? 0;
    const seen = await gatherChain(cover, pagesOf(db, writer, { from, to, strays: false }), limit);
    if (cover.size >= limit) break;
    if (Math.max(seen, from - 1) < to)
      throw new ChainBroken(`${writer}/${Math.max(seen, from - 1) + 1} is missing`);
  }
  return cover;
};

/** Takes a chain's rows until the checkpoint is full; returns the number of the last one. */
const gatherChain = async (
  cover: Cover,
  pages: AsyncIterable<readonly EntryRow[]>,
  limit: number,
): Promise<number> => {
  let seen = 0;
  for await (const page of pages) {
    for (const row of page) {
      cover.add(row.writer, row);
      seen = row.seq;
      if (cover.size >= limit) return seen;
    }
  }
  return seen;
};

type Made = CheckpointRow | 'nothing new' | 'others were faster';

const makeOne = async (means: SigningMeans, limit: number): Promise<Made> => {
  const { store, hashes } = means;
  const signer = await openSigner(means);
  const row = await lastCheckpoint(store.db);
  const last = await lastSaid(means, signer, row);
  const breaks = await knownBreaks(means, signer);
  const cover = await gather(means, await signedHeads(means, last), breaks, limit);
  const number = (last?.number ?? 0) + 1;
  const said = cover.statement({
    number,
    at: new Date(means.now()).toISOString(),
    previous: row === undefined ? null : hashes.sha256Hex(row.text),
    key: signer.key.id,
  });
  if (said === undefined) return 'nothing new';
  const checkpoint = await signer.sign(said);
  const heads = JSON.stringify(cover.covers.map(({ writer, to, hash }) => ({ writer, seq: to, hash })));
  const insert = sql`with made as (
      insert into audit_checkpoints (number, text, signature) select ${number}::bigint, ${checkpoint.text}, ${checkpoint.signature}
      where (select coalesce(max(number), 0) from audit_checkpoints) = ${number}::bigint - 1
        and not exists (select from audit_signed where kind = 'rotation' and text::jsonb->>'from' = ${signer.key.id})
      returning number
    ) insert into audit_heads (writer, seq, hash)
      select h.writer, h.seq, h.hash from made, jsonb_to_recordset(${heads}::text::jsonb) as h(writer text, seq bigint, hash text)
      on conflict (writer) do update set seq = excluded.seq, hash = excluded.hash returning writer`;
  const [, inserted] = await store.atomically([signingLock(store.db), insert.compile(store.db)]);
  return (inserted?.rows.length ?? 0) > 0 ? { number, ...checkpoint } : 'others were faster';
};

/**
 * Makes checkpoints until everything that is in Postgres now is covered; returns those it made itself. Throws
 * {@link ChainBroken} where the audit does not hold: nothing is signed over that. `limit` is the most one covers.
 */
export const makeCheckpoints = async (
  means: SigningMeans,
  limit = COVERED_ENTRIES,
): Promise<CheckpointRow[]> => {
  const made: CheckpointRow[] = [];
  for (let beaten = 0; beaten < TRIES; ) {
    const one = await makeOne(means, limit);
    if (one === 'nothing new') return made;
    if (one === 'others were faster') {
      beaten++;
      continue;
    }
    made.push(one);
    const said = saidIn(statement, one);
    if (said !== undefined && said.size < limit) return made;
  }
  return made;
};
