/**
 * Kept content as tests need it: made by hand, read back from every table as text, and the audit's chains computed again.
 */
import { randomBytes } from 'node:crypto';
import { sql } from 'kysely';
import { GENESIS, linkHash } from '../../src/audit/chain.ts';
import { hashes } from '../../src/runtimes/hashes.ts';
import { openSecrets } from '../../src/runtimes/secrets.ts';
import type { Db, Store } from '../../src/stores/store.ts';
import type { SealingMeans } from '../../src/vault/sealing.ts';
import { open, seal } from '../../src/vault/sealing.ts';
import type { Kept } from '../../src/vault/table.ts';
import { endUserHash, findContent, insertContent } from '../../src/vault/table.ts';
import type { Part } from '../../src/vault/vault.ts';
import { newCopy, textOf } from '../../src/vault/vault.ts';

const random = (bytes: number): Uint8Array => new Uint8Array(randomBytes(bytes));

/** Secrets under a root, with what sealing needs beside them. */
export const sealingUnder = (root: string) => {
  const references = { env: () => undefined, file: async () => Promise.reject(new Error('no files')) };
  return { random, secrets: openSecrets(root, references, { now: Date.now, random }) };
};

/** What tests seal with unless they say otherwise. */
export const sealing = sealingUnder('test-root-secret-0123456789-0123456789');

/** When content of tests was kept, and when it is over: a day later. */
export const KEPT_AT = '2026-11-01T12:00:00.000Z';
export const OVER_AT = '2026-11-02T12:00:00.000Z';

const DAY_MS = 24 * 3_600_000;

/** A prompt nobody else would write. */
export const secretOf = (exchange: string): string => `the secret of ${exchange}: Grüße, 👋🏽`;

/** Keeps a prompt and a reply, `secretOf` in both; of an exchange that began after every erasure, unless `openedAtMs` says else. */
export const keepSome = async (
  db: Db,
  exchange: string,
  more: Partial<Omit<Kept, 'end_users'>> & {
    readonly endUsers?: readonly string[];
    readonly openedAtMs?: number;
  } = {},
  means: SealingMeans = sealing,
): Promise<'kept' | 'erased'> => {
  const { endUsers = [], openedAtMs = Date.parse(OVER_AT) + DAY_MS, ...given } = more;
  const content = (text: string) => {
    const copy = newCopy();
    copy.add(text);
    return copy.content();
  };
  const contents = { prompt: content(`asked ${secretOf(exchange)}`), reply: content(secretOf(exchange)) };
  const kept: Kept = {
    exchange,
    use_case: 'plain',
    use_case_version: 1,
    team: 'crew',
    key: 'key_a',
    end_users: endUsers.map((endUser) => endUserHash(sealing.secrets, endUser)),
    capture: 'full',
    cut: {},
    kept_at: KEPT_AT,
    expires_at: OVER_AT,
    ...given,
  };
  return insertContent(db, kept, await seal(means, exchange, contents), openedAtMs);
};

/** What of an exchange's content opens, or why nothing does. */
export const openedOf = async (
  db: Db,
  exchange: string,
): Promise<{ readonly [part in Part]: string | null } | 'not kept' | 'erased'> => {
  const found = await findContent(db, exchange);
  if (found === undefined) return 'not kept';
  if (found.sealed === undefined) return 'erased';
  const { prompt, reply } = await open(sealing, exchange, found.sealed);
  const text = (bytes: Uint8Array<ArrayBuffer> | null) =>
    bytes === null ? null : textOf({ bytes, wholeBytes: bytes.length });
  return { prompt: text(prompt), reply: text(reply) };
};

/** Every row of every table, as text. */
export const dumpOf = async ({ db }: Store): Promise<string> => {
  const { rows } = await sql<{ name: string }>`
    select relname as name from pg_class where relkind in ('r', 'p') and relnamespace = 'public'::regnamespace`.execute(
    db,
  );
  const tables = await Promise.all(
    rows.map(({ name }) => sql.raw(`select to_jsonb(t)::text as row from "${name}" t`).execute(db)),
  );
  return tables.map((table) => JSON.stringify(table.rows)).join('\n');
};

type EntryText = { writer: string; seq: number; hash: string; text: string };

/** Computes every chain again: undefined where all hold and each begins with a start, else the first entry that does not follow. */
export const chainFault = async (db: Db): Promise<string | undefined> => {
  const { rows } = await sql<EntryText>`
    select writer, seq, hash, text from audit_entries order by writer, seq`.execute(db);
  const heads = new Map<string, { readonly seq: number; readonly hash: string }>();
  for (const { writer, seq, hash, text } of rows) {
    const head = heads.get(writer) ?? GENESIS;
    const name = `${writer}/${seq}`;
    if (seq !== head.seq + 1 || linkHash(hashes.sha256Hex, head.hash, text) !== hash) return name;
    if (seq === 1 && !text.includes('"kind":"start"')) return name;
    heads.set(writer, { seq, hash });
  }
  return heads.size === 0 ? 'there is no chain' : undefined;
};

/** The entries of the chain of erasures, oldest first, without its start. */
export const erasureEntries = async (
  db: Db,
): Promise<{ kind: string; exchange: string | null; body: Record<string, unknown> }[]> => {
  const { rows } = await sql<{ kind: string; exchange: string | null; body: Record<string, unknown> }>`
    select body->>'kind' as kind, body->>'exchange' as exchange, body->'body' as body from audit_entries
    where writer = 'erasures' and seq > 1 order by seq`.execute(db);
  return rows;
};
