// The audit as an export, read from Postgres page by page: whatever the rows hold, right or wrong, is what comes out.
import type { Head } from '../audit/chain.ts';
import { GENESIS } from '../audit/chain.ts';
import type { Signed, Statement } from '../audit/checkpoint.ts';
import { saidIn, statement } from '../audit/checkpoint.ts';
import type { EntryRow } from '../audit/export-lines.ts';
import {
  checkpointLine,
  ExportTally,
  endLine,
  entryLine,
  headLine,
  headList,
} from '../audit/export-lines.ts';
import { chainEnds, eachCheckpoint, pagesOf } from '../checkpoints/table.ts';
import type { SigningMeans } from '../signing/table.ts';
import { listSigned, openSigner, publishedKeys } from '../signing/table.ts';
import type { Db } from '../stores/store.ts';

/**
 * Which checkpoints to export, as ISO times: whole checkpoints only, so that what is exported can be proven. From the first
 * one after the last that was made at or before `from`; to the first that was made at or after `to`.
 */
export type ExportRange = { readonly from?: string | undefined; readonly to?: string | undefined };

/** How far an export has come: where each chain was left, and what the next checkpoint must follow. */
type Reached = { readonly heads: Map<string, Head>; number: number; after: Signed | null };

/** Finds the checkpoint an export starts after. */
const startOf = async (db: Db, from: string | undefined): Promise<Reached> => {
  const reached: Reached = { heads: new Map(), number: 0, after: null };
  if (from === undefined) return reached;
  const fromMs = Date.parse(from);
  for await (const { number, text, signature } of eachCheckpoint(db)) {
    const said = saidIn(statement, { text });
    if (said === undefined || Date.parse(said.at) > fromMs) break;
    for (const { writer, to, hash } of said.covers) reached.heads.set(writer, { seq: to, hash });
    reached.number = number;
    reached.after = { text, signature };
  }
  return reached;
};

/** The entries that a checkpoint covers and that did not come yet. */
async function* coveredBy(
  db: Db,
  said: Statement | undefined,
  heads: Map<string, Head>,
): AsyncGenerator<EntryRow[]> {
  for (const { writer, to, hash } of said?.covers ?? []) {
    const from = (heads.get(writer) ?? GENESIS).seq + 1;
    yield* pagesOf(db, writer, { from, to, strays: false });
    heads.set(writer, { seq: to, hash });
  }
}

/** The entries that no checkpoint covers. */
async function* uncovered(db: Db, heads: ReadonlyMap<string, Head>): AsyncGenerator<EntryRow[]> {
  const ends = await chainEnds(db);
  for (const writer of [...ends.keys()].sort()) {
    const from = (heads.get(writer) ?? GENESIS).seq + 1;
    yield* pagesOf(db, writer, { from, to: ends.get(writer)?.seq ?? 0, strays: true });
  }
}

/** The text of an export, in pieces of at most a page. A reader who never gets to the last line has a part of an export. */
export async function* exportText(means: SigningMeans, range: ExportRange = {}): AsyncGenerator<string> {
  const { db } = means.store;
  const madeAt = new Date(means.now()).toISOString();
  const signer = await openSigner(means);
  const { heads, number, after } = await startOf(db, range.from);
  const published = await publishedKeys(db);
  const acknowledged = await listSigned(db, 'acknowledgement');
  const head = headLine({
    gatehouse: 'audit',
    v: 1,
    made_at: madeAt,
    ...published,
    after,
    heads: headList(heads),
    tombstones: await listSigned(db, 'tombstone'),
    ...(acknowledged.length === 0 ? {} : { acknowledgements: acknowledged }),
  });
  yield head;
  const tally = new ExportTally(means.hashes.sha256Hex);
  const shown = (page: readonly EntryRow[]): string => {
    for (const row of page) tally.entry(row);
    return page.map(entryLine).join('');
  };
  const toMs = range.to === undefined ? Number.POSITIVE_INFINITY : Date.parse(range.to);
  let upTo = madeAt;
  let whole = true;
  for await (const { text, signature } of eachCheckpoint(db, number)) {
    const said = saidIn(statement, { text });
    for await (const page of coveredBy(db, said, heads)) yield shown(page);
    tally.checkpoint();
    yield checkpointLine({ text, signature });
    if (said === undefined || Date.parse(said.at) < toMs) continue;
    upTo = said.at;
    whole = false;
    break;
  }
  if (whole) for await (const page of uncovered(db, heads)) yield shown(page);
  yield endLine(await signer.sign(tally.end(head.slice(0, -1), signer.key.id, upTo)));
}
