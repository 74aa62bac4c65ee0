// Breaks of the audit's chains, found where they are and acknowledged by an operator: signed, and written down in a chain of
// their own, in one transaction. Nothing is repaired and nothing hidden: checkpoints go on after exactly that break.
import { sql } from 'kysely';
import type { Acknowledgement, Broken } from '../audit/breaks.ts';
import { acknowledgement, MOST_BREAKS } from '../audit/breaks.ts';
import type { Signed, Statement } from '../audit/checkpoint.ts';
import { saidIn, statement } from '../audit/checkpoint.ts';
import { tombstone } from '../audit/export-lines.ts';
import { appendShared } from '../audit/table.ts';
import { Chains } from '../audit/verify-chains.ts';
import type { AuditFault } from '../audit/verify-faults.ts';
import { bytesOfHex } from '../bytes.ts';
import { chainEnds, eachCheckpoint, knownBreaks, pagesOf } from '../checkpoints/table.ts';
import type { Signer, SigningMeans } from '../signing/table.ts';
import { listSigned, openSigner, signingLock } from '../signing/table.ts';
import type { Statement as Compiled, Db } from '../stores/store.ts';
import { sqlState, UNIQUE_VIOLATION } from '../stores/store.ts';

/** The chain of acknowledgements, which all replicas share. */
const WRITER = 'acknowledgements';

type Cover = Statement['covers'][number] & { readonly number: number };

/** What the checkpoints cover of one chain, oldest first. */
const coversOf = async (db: Db, writer: string): Promise<Cover[]> => {
  const covers: Cover[] = [];
  for await (const row of eachCheckpoint(db)) {
    const cover = saidIn(statement, row)?.covers.find((one) => one.writer === writer);
    if (cover !== undefined) covers.push({ ...cover, number: row.number });
  }
  return covers;
};

/** Reads one chain as a verifier reads it in an export: the first break that is not acknowledged. */
const firstBreak = async (
  means: SigningMeans,
  signer: Signer,
  writer: string,
  covers: readonly Cover[],
): Promise<AuditFault | undefined> => {
  const { store, hashes } = means;
  const chains = new Chains({ hex: hashes.sha256Hex, bytes: (data) => bytesOfHex(hashes.sha256Hex(data)) });
  chains.acknowledge(await knownBreaks(means, signer));
  for (const one of await listSigned(store.db, 'tombstone')) {
    const said = saidIn(tombstone, one);
    if (said !== undefined) chains.bury(said);
  }
  const read = async (from: number, to: number, strays: boolean): Promise<AuditFault | undefined> => {
    for await (const page of pagesOf(store.db, writer, { from, to, strays })) {
      for (const row of page) {
        const found = chains.entry(row, 0);
        const fault = found !== undefined && 'words' in found ? found : chains.settle();
        if (fault !== undefined) return fault;
      }
    }
    return undefined;
  };
  let from = 1;
  for (const cover of covers) {
    const fault = await read(from, cover.to, false);
    if (fault !== undefined) return fault;
    const found = chains.coverOne(cover, `checkpoint ${cover.number}`, 0);
    if (typeof found === 'object') return found;
    from = cover.to + 1;
  }
  return read(from, (await chainEnds(store.db)).get(writer)?.seq ?? 0, true);
};

/** A row's hash; undefined: there is none of this number. */
const hashAt = async (db: Db, writer: string, seq: number): Promise<string | undefined> => {
  const [first] = (await pagesOf(db, writer, { from: seq, to: seq, strays: false }).next()).value ?? [];
  return first?.hash;
};

/**
 * How far what was signed is gone or replaced: over as many checkpoints as it goes on at a stretch, so that an operator need
 * not acknowledge a chain that was rewritten once for each of them.
 */
const reached = async (db: Db, broken: Broken, covers: readonly Cover[]): Promise<Broken> => {
  let { until } = broken;
  if (until === null) return broken;
  const next = await nextRow(db, broken.writer, broken.seq);
  for (const { to, hash } of covers.filter((cover) => cover.to > (until?.seq ?? 0))) {
    const found = await hashAt(db, broken.writer, to);
    const goesOn = broken.found === null ? to < (next ?? to + 1) : found !== undefined && found !== hash;
    if (!goesOn) break;
    until = { seq: to, signed: hash, found: broken.found === null ? null : (found ?? null) };
  }
  return { ...broken, until };
};

/** The number of the first row at or after `from`. */
const nextRow = async (db: Db, writer: string, from: number): Promise<number | undefined> => {
  const row = await db
    .selectFrom('audit_entries')
    .select(({ fn }) => fn.min('seq').as('seq'))
    .where('writer', '=', writer)
    .where('seq', '>=', from)
    .executeTakeFirst();
  return row?.seq === null || row?.seq === undefined ? undefined : Number(row.seq);
};

/** Who says what of which break. */
export type Words = {
  readonly writer: string;
  readonly seq: number;
  readonly actor: string;
  readonly reason: string;
};

/** Why nothing was acknowledged, in words for whoever asked. */
export class NoSuchBreak extends Error {}

/**
 * Acknowledges the first break of a chain, if that is at this number: as it stands now, and nothing else. Throws
 * {@link NoSuchBreak}.
 */
export const acknowledge = async (
  means: SigningMeans,
  { writer, seq, actor, reason }: Words,
): Promise<Acknowledgement> => {
  const { store } = means;
  const signer = await openSigner(means);
  const covers = await coversOf(store.db, writer);
  const fault = await firstBreak(means, signer, writer, covers);
  if (fault === undefined)
    throw new NoSuchBreak(`the chain of ${writer} holds, but for what is acknowledged`);
  const { broken, kind, words } = fault;
  if (broken === undefined) throw new NoSuchBreak(`${words}; that cannot be acknowledged, only put right`);
  if (broken.seq !== seq) throw new NoSuchBreak(`the first break of ${writer} is at ${broken.seq}: ${words}`);
  const before = await listSigned(store.db, 'acknowledgement');
  if (before.length >= MOST_BREAKS)
    throw new NoSuchBreak(`${MOST_BREAKS} breaks are acknowledged: this audit is not mended by one more`);
  const atMs = means.now();
  const said: Acknowledgement = {
    ...{ v: 1, kind: 'acknowledgement', at: new Date(atMs).toISOString(), key: signer.key.id },
    ...{ actor, reason, fault: { kind, words }, broken: await reached(store.db, broken, covers) },
  };
  const { text, signature } = await signer.sign(said);
  const body = { actor, reason, fault: said.fault, broken: said.broken };
  const entry = { kind: 'acknowledgement', exchange: null, atMs, body } as const;
  const kept = store.db.insertInto('audit_signed').values({ kind: 'acknowledgement', text, signature });
  try {
    await store.atomically([
      signingLock(store.db),
      kept.compile(),
      appendShared(store.db, WRITER, [entry]),
      ...resuming(store.db, said.broken),
    ]);
  } catch (error) {
    if (sqlState(error) !== UNIQUE_VIOLATION) throw error;
    throw new NoSuchBreak('somebody else acknowledged this break at the same moment');
  }
  return said;
};

/** A chain whose signed end is gone goes on from there, as its writer does, who does not know that. */
const resuming = (db: Db, { writer, found, until }: Broken): Compiled[] =>
  found !== null || until === null
    ? []
    : [sql`select audit_resume(${writer}, ${until.seq}::bigint, ${until.signed})`.compile(db)];

/** Everything that was acknowledged, newest first, with its signature. */
export const listAcknowledgements = async (
  db: Db,
): Promise<(Signed & { readonly said: Acknowledgement | undefined })[]> => {
  const all = await listSigned(db, 'acknowledgement');
  return all.map((one) => ({ ...one, said: saidIn(acknowledgement, one) })).reverse();
};
