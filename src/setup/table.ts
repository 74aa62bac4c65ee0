// The declared configuration against the one in Postgres: read, planned, and written in one transaction with its records.
import { SEALED, spokenOf } from '../backends/secret.ts';
import type { BackendItem } from '../backends/table.ts';
import { listBackends, putBackend } from '../backends/table.ts';
import { hexOf } from '../bytes.ts';
import type { Change } from '../changes/change.ts';
import type { Author } from '../changes/table.ts';
import { authorOf, commit, lastChange, settled } from '../changes/table.ts';
import { namesIn, packsInForce } from '../dlp/live.ts';
import { keyHint, keyTextFault } from '../keys/key.ts';
import { freshKey, insertKey, listNewestKeys, ownersOf, revokeKey, setExpiry } from '../keys/table.ts';
import { listModels, putModel } from '../models/table.ts';
import { listPolicies, policyPart } from '../policies/table.ts';
import type { Ports } from '../ports.ts';
import { secretFault } from '../providers/credentials.ts';
import type { Db, Statement } from '../stores/store.ts';
import { insertTeam, listTeams } from '../teams/table.ts';
import { listUseCases, putUseCase } from '../usecases/table.ts';
import type { Setup } from './document.ts';
import { readSetup } from './document.ts';
import type { Places } from './fault.ts';
import { SetupFault } from './fault.ts';
import type { InForce, Move, Wanted } from './plan.ts';
import { planSetup } from './plan.ts';

/** What an apply needs of the ports. */
export type Means = Pick<Ports, 'store' | 'secrets' | 'hashes' | 'now' | 'random' | 'packs'>;

/** A key made by an apply: the only time its text is shown. */
export type Minted = { readonly id: string; readonly name: string; readonly key: string };

/** What an apply did, or with `dryRun` would do. Nothing in it is secret but `minted`. */
export type Applied = {
  readonly changes: readonly Change[];
  readonly notes: readonly string[];
  readonly minted: readonly Minted[];
  readonly dry_run: boolean;
};

/** What an operator may say with an apply. */
export type ApplyRequest = {
  readonly text: string;
  readonly file: string;
  readonly actor: string;
  readonly dryRun: boolean;
};

/** Applies a configuration; idempotent. Throws SetupFault for one that cannot be taken, ChangedMeanwhile when others keep changing it. */
export const applySetup = async (means: Means, request: ApplyRequest): Promise<Applied> => {
  const { setup, places } = readSetup(request.text, request.file);
  return settled(() => applyOnce(means, request, setup, places));
};

const applyOnce = async (
  means: Means,
  request: ApplyRequest,
  setup: Setup,
  places: Places,
): Promise<Applied> => {
  const { store } = means;
  const force = await readInForce(store.db);
  const wanted = await prepared(means, setup, force, places);
  const plan = planSetup(wanted, force, places);
  if (plan.faults.length > 0) throw new SetupFault(plan.faults);
  const author = authorOf(means, request.actor);
  const minted: Minted[] = [];
  const parts = plan.moves.flatMap((move) => partsOf(means, author, move, minted));
  if (!request.dryRun) await commit(store, author, force.seen, parts);
  return {
    changes: parts.map(({ change }) => change),
    notes: plan.notes,
    minted: request.dryRun ? [] : minted,
    dry_run: request.dryRun,
  };
};

/** The configuration in force; its number is read first, so a change in between is noticed when writing. */
export const readInForce = async (db: Db): Promise<InForce> => {
  const seen = await lastChange(db);
  const [teams, backends, models, policies, useCases, keys] = await Promise.all([
    listTeams(db),
    listBackends(db),
    listModels(db),
    listPolicies(db),
    listUseCases(db),
    listNewestKeys(db),
  ]);
  return { seen, teams, backends, models, policies, useCases, keys };
};

/** Makes the declared secrets ready to be stored, and throws every fault of theirs. */
const prepared = async (means: Means, setup: Setup, force: InForce, places: Places): Promise<Wanted> => {
  const found: Found = { faults: [], notes: [] };
  const secrets = await backendSecrets(means, setup, force, places, found);
  const hashes = await keyHashes(means, setup, places, found);
  if (found.faults.length > 0) throw new SetupFault(found.faults);
  const owners = await ownersOf(
    means.store.db,
    [...hashes.values()].map(({ hash }) => hash),
  );
  const names = setup.policies.length === 0 ? new Set<string>() : namesIn(await packsInForce(means));
  return { setup, secrets, hashes, owners, names, notes: found.notes };
};

type Found = { readonly faults: string[]; readonly notes: string[] };

const wordsOf = (error: unknown): string => (error instanceof Error ? error.message : 'cannot be resolved');

/** What is to be stored for every backend. */
const backendSecrets = async (
  means: Means,
  setup: Setup,
  force: InForce,
  places: Places,
  { faults, notes }: Found,
): Promise<Map<string, string | null>> => {
  const secrets = new Map<string, string | null>();
  for (const [index, { name, provider, url = null, secret }] of setup.backends.entries()) {
    const stored = force.backends.find((backend) => backend.name === name)?.secret ?? null;
    const place = `backend/${name}`;
    if (secret === undefined) secrets.set(name, null);
    else if (secret === SEALED) {
      if (spokenOf(stored) !== SEALED)
        faults.push(places.at(['backends', index, 'secret'], 'no secret is stored to be kept'));
      secrets.set(name, stored);
    } else if (secret.startsWith('${')) {
      secrets.set(name, secret);
      const wrong = await means.secrets
        .resolve(secret, place, 'anew')
        .then((text) => secretFault(provider, text, url), wordsOf);
      // What is in force already must not keep a gateway from starting: its exchanges say what is missing.
      if (wrong !== undefined && secret === stored)
        notes.push(`backend "${name}" has no secret now: ${wrong}`);
      else if (wrong !== undefined) faults.push(places.at(['backends', index, 'secret'], wrong));
    } else secrets.set(name, await keptOrSealed(means, stored, secret, place));
  }
  return secrets;
};

/** The hashes of the keys whose text is declared. */
const keyHashes = async (
  means: Means,
  setup: Setup,
  places: Places,
  { faults }: Found,
): Promise<Map<string, { hash: string; hint: string }>> => {
  const hashes = new Map<string, { hash: string; hint: string }>();
  const names = new Map<string, string>();
  for (const [index, { name, secret }] of setup.keys.entries()) {
    if (secret === undefined) continue;
    const fault = (words: string): void => void faults.push(places.at(['keys', index, 'secret'], words));
    try {
      const text = secret.startsWith('${')
        ? await means.secrets.resolve(secret, `key/${name}`, 'anew')
        : secret;
      const wrong = keyTextFault(text);
      const hash = hexOf(means.secrets.keyedHash('api-key', text));
      const other = names.get(hash);
      if (wrong !== undefined) fault(wrong);
      else if (other !== undefined) fault(`the key "${other}" has the same; every key has its own secret`);
      else hashes.set(name, { hash, hint: keyHint(text) });
      names.set(hash, name);
    } catch (error) {
      fault(wordsOf(error));
    }
  }
  return hashes;
};

/** A literal that is what is stored already stays as it was sealed. */
const keptOrSealed = async (
  means: Means,
  stored: string | null,
  literal: string,
  place: string,
): Promise<string> => {
  if (stored !== null && !stored.startsWith('${')) {
    // One that does not open (another root secret) is simply sealed anew.
    const known = await means.secrets.resolve(stored, place).catch(() => undefined);
    if (known === literal) return stored;
  }
  return means.secrets.seal(literal, place);
};

type Part = { readonly change: Change; readonly statements: readonly Statement[] };

const said = (kind: string, name: string, before: unknown, after: unknown): Change => ({
  action: `${kind}.${before === undefined || before === null ? 'created' : 'changed'}`,
  subject: `${kind}/${name}`,
  before: before ?? null,
  after,
});

/** One move as its records and their statements. */
const partsOf = (means: Means, { at }: Author, move: Move, minted: Minted[]): Part[] => {
  const { db } = means.store;
  switch (move.kind) {
    case 'team':
      return [
        {
          change: said('team', move.name, null, { name: move.name }),
          statements: [insertTeam(db, move.name, at)],
        },
      ];
    case 'backend':
      return [
        { change: backendChange(move.before, move.after), statements: [putBackend(db, move.after, at)] },
      ];
    case 'model':
      return [
        {
          change: said('model', move.name, move.before, move.after),
          statements: [putModel(db, move.name, move.after, at)],
        },
      ];
    case 'policy':
      return [policyPart(db, move.name, move.before, move.after, at)];
    case 'use_case': {
      const { created_at: _, name: __, ...before } = move.before ?? { created_at: '', name: '' };
      const after = { version: move.version, ...move.after };
      return [
        {
          change: said('use_case', move.name, move.before === undefined ? null : before, after),
          statements: putUseCase(db, move.name, move.version, move.after, at),
        },
      ];
    }
    case 'key':
      return keyParts(means, at, move, minted);
    case 'key_expiry':
      return [
        {
          change: said('key', move.id, { expires_at: move.before }, { expires_at: move.after }),
          statements: [setExpiry(db, move.id, move.after)],
        },
      ];
  }
};

/** Secrets are spoken of, never written; that one sealed literal took the place of another is said. */
const backendChange = (before: BackendItem | undefined, after: Omit<BackendItem, 'created_at'>): Change => {
  const spoken = ({ provider, url, zone, secret }: Omit<BackendItem, 'created_at'>) => ({
    provider,
    url,
    zone,
    secret: spokenOf(secret),
  });
  const isReplaced =
    before !== undefined &&
    before.secret !== after.secret &&
    spokenOf(before.secret) === spokenOf(after.secret);
  return said('backend', after.name, before === undefined ? null : spoken(before), {
    ...spoken(after),
    ...(isReplaced ? { secret_replaced: true } : {}),
  });
};

/** A key; and, when its text takes another's place, the end of that one. */
const keyParts = (means: Means, at: string, move: Move & { kind: 'key' }, minted: Minted[]): Part[] => {
  const { db } = means.store;
  const binding = {
    name: move.name,
    use_case: move.useCase,
    use_case_version: move.version,
    expires_at: move.expiresAt,
    rotated_from: move.replaces ?? null,
  };
  const { text, row: own } = freshKey(means, binding);
  if (move.secret === undefined) minted.push({ id: own.id, name: move.name, key: text });
  const row = { ...own, ...move.secret };
  const made = {
    change: said('key', row.id, null, binding),
    statements: [insertKey(db, row, at)],
  };
  if (move.replaces === undefined) return [made];
  const ended = {
    action: 'key.revoked',
    subject: `key/${move.replaces}`,
    before: { revoked_at: null },
    after: { revoked_at: at },
  };
  return [{ change: ended, statements: [revokeKey(db, move.replaces, at)] }, made];
};
