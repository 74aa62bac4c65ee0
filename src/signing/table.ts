// The keys that sign the audit, in Postgres: made at first start, sealed under the deployment's secret, handed on by rotations.
import { sql } from 'kysely';
import { canonicalText } from '../audit/chain.ts';
import type { PublicKey, Signed } from '../audit/checkpoint.ts';
import { keyIsSound, newSigningKey, publicKey, signText } from '../audit/checkpoint.ts';
import { ChainBroken } from '../audit/cover.ts';
import type { Trust } from '../audit/trust.ts';
import { newestKey, signedRotation, trustIn } from '../audit/trust.ts';
import type { Ports } from '../ports.ts';
import type { Db, Statement } from '../stores/store.ts';

/** What signing needs of the ports. */
export type SigningMeans = Pick<Ports, 'store' | 'secrets' | 'hashes' | 'now'>;

/** The keys in Postgres do not make one line, or do not open. Names what is wrong. */
export class KeysBroken extends ChainBroken {}

/** All who sign or hand on a key take this lock first, so that no checkpoint is signed by a key just handed on. */
export const signingLock = (db: Db): Statement =>
  sql`select pg_advisory_xact_lock(hashtextextended('audit signing', 2))`.compile(db);

/** Where a key's private half is sealed for. */
const placeOf = (id: string): string => `audit-key/${id}`;

/** Keys and rotations as they are published, keys oldest first. */
export type PublishedKeys = { readonly keys: readonly PublicKey[]; readonly rotations: readonly Signed[] };

type PublishedRow = {
  keys: { id: string; public: string }[] | null;
  rotations: { text: string; signature: string }[] | null;
};

/** What anybody needs to check signatures. One statement, so that no key is seen without its rotation, nor the other way round. */
export const publishedKeys = async (db: Db): Promise<PublishedKeys> => {
  const { rows } = await sql<PublishedRow>`select
      (select jsonb_agg(jsonb_build_object('id', id, 'public', public) order by created_at, id) from audit_keys) as keys,
      (select jsonb_agg(jsonb_build_object('text', text, 'signature', signature) order by place)
        from audit_signed where kind = 'rotation') as rotations`.execute(db);
  const [row] = rows;
  return {
    keys: (row?.keys ?? []).map(({ id, public: key }) => publicKey.parse({ id, algorithm: 'Ed25519', key })),
    rotations: (row?.rotations ?? []).map(({ text, signature }) => ({ text, signature })),
  };
};

/** Signed texts of a kind, in the order they were made. */
export const listSigned = (db: Db, kind: 'rotation' | 'tombstone' | 'acknowledgement'): Promise<Signed[]> =>
  db
    .selectFrom('audit_signed')
    .select(['text', 'signature'])
    .where('kind', '=', kind)
    .orderBy('place')
    .execute();

const insertKey = async (
  means: SigningMeans,
): Promise<{ private: string; public: PublicKey; sealed: string; at: string }> => {
  const made = await newSigningKey(means.hashes.sha256Hex);
  const sealed = await means.secrets.seal(made.private, placeOf(made.public.id));
  return { ...made, sealed, at: new Date(means.now()).toISOString() };
};

/** The line of keys; the first one is made if there is none. Of replicas that start together one makes it. Throws {@link KeysBroken}. */
export const ensureSigningKey = async (means: SigningMeans): Promise<Trust> => {
  const { store } = means;
  const none = (await publishedKeys(store.db)).keys.length === 0;
  if (none) {
    const made = await insertKey(means);
    const insert = sql`insert into audit_keys (id, public, sealed, created_at)
      select ${made.public.id}, ${made.public.key}, ${made.sealed}, ${made.at}::timestamptz where not exists (select from audit_keys)`;
    await store.atomically([signingLock(store.db), insert.compile(store.db)]);
  }
  const { keys, rotations } = await publishedKeys(store.db);
  const trust = await trustIn(means.hashes.sha256Hex, keys, rotations, undefined);
  if (typeof trust === 'string') throw new KeysBroken(trust);
  return trust;
};

/** A key that signs. */
export type Signer = { readonly key: PublicKey; readonly trust: Trust; sign(said: unknown): Promise<Signed> };

/** The key in use now, opened. Throws {@link KeysBroken}, also where the deployment's secret is another one. */
export const openSigner = async (means: SigningMeans): Promise<Signer> => {
  const trust = await ensureSigningKey(means);
  const key = newestKey(trust);
  if (key === undefined || !keyIsSound(means.hashes.sha256Hex, key))
    throw new KeysBroken('there is no key to sign with');
  const secret = await privateOf(means, key.id);
  return {
    key,
    trust,
    sign: async (said) => {
      const text = canonicalText(said);
      return { text, signature: await signText(secret, text) };
    },
  };
};

const privateOf = async ({ store, secrets }: SigningMeans, id: string): Promise<string> => {
  const row = await store.db
    .selectFrom('audit_keys')
    .select('sealed')
    .where('id', '=', id)
    .executeTakeFirst();
  if (row === undefined) throw new KeysBroken(`the key ${id} is not in the database`);
  try {
    return await secrets.resolve(row.sealed, placeOf(id));
  } catch {
    throw new KeysBroken(`the key ${id} does not open with this GATEHOUSE_SECRET`);
  }
};

/** A key was handed on, or a checkpoint signed, while this one was handed on. */
export class RotatedMeanwhile extends Error {}

/**
 * Hands the key on to a new one, which signs from the next checkpoint on. Both sign the rotation. Throws
 * {@link RotatedMeanwhile}.
 */
export const rotateKey = async (means: SigningMeans): Promise<PublicKey> => {
  const { store } = means;
  const { key: old } = await openSigner(means);
  const fresh = await insertKey(means);
  const last = await store.db
    .selectFrom('audit_checkpoints')
    .select(({ fn }) => fn.max('number').as('number'))
    .executeTakeFirst();
  const number = Number(last?.number ?? 0);
  const rotation = await signedRotation(await privateOf(means, old.id), fresh.private, {
    v: 1,
    kind: 'rotation',
    at: fresh.at,
    from: old.id,
    to: fresh.public,
    number,
  });
  // One statement, so that a key is never there without its rotation.
  const insert = sql`with handed as (
      insert into audit_signed (kind, text, signature) select 'rotation', ${rotation.text}, ${rotation.signature}
      where (select coalesce(max(number), 0) from audit_checkpoints) = ${number}
        and not exists (select from audit_signed where kind = 'rotation' and text::jsonb->>'from' = ${old.id})
      returning place
    ) insert into audit_keys (id, public, sealed, created_at)
      select ${fresh.public.id}, ${fresh.public.key}, ${fresh.sealed}, ${fresh.at}::timestamptz from handed returning id`;
  const [, inserted] = await store.atomically([signingLock(store.db), insert.compile(store.db)]);
  if (inserted?.rows.length !== 1)
    throw new RotatedMeanwhile('a checkpoint was made, or the key handed on, at the same moment; try again');
  return fresh.public;
};
