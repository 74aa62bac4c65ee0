// The declared configuration against the one in Postgres: read, planned, and written in one transaction with its records.
import { SEALED, spokenOf } from '../backends/secret.ts';
import { listBackends, putBackend } from '../backends/table.ts';
import { hexOf } from '../bytes.ts';
import type { Change } from '../changes/change.ts';
import { ChangedMeanwhile } from '../changes/change.ts';
import type { Author } from '../changes/table.ts';
import { authorOf, commit, lastSeq } from '../changes/table.ts';
import { keyHint, keyTextFault } from '../keys/key.ts';
import { freshKey, insertKey, listLiveKeys, revokeKey, setExpiry } from '../keys/table.ts';
import { listModels, putModel } from '../models/table.ts';
import type { Ports } from '../ports.ts';
import type { Db, Statement } from '../stores/store.ts';
import { insertTeam, listTeams } from '../teams/table.ts';
import { listUseCases, putUseCase } from '../usecases/table.ts';
import type { Places, Setup } from './document.ts';
import { readSetup, SetupFault } from './document.ts';
import type { InForce, Move, Wanted } from './plan.ts';
import { planSetup } from './plan.ts';

/** What an apply needs of the ports. */
export type Means = Pick<Ports, 'store' | 'secrets' | 'now' | 'random'>;

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

/** Tries against writers who change the configuration at the same moment. */
const TRIES = 5;

/** Applies a configuration; idempotent. Throws SetupFault for one that cannot be taken, ChangedMeanwhile when others keep changing it. */
export const applySetup = async (means: Means, request: ApplyRequest): Promise<Applied> => {
  const { setup, places } = readSetup(request.text, request.file);
  for (let tries = 1; ; tries++) {
    try {
      return await applyOnce(means, request, setup, places);
    } catch (error) {
      if (!(error instanceof ChangedMeanwhile) || tries >= TRIES) throw error;
    }
  }
};

const applyOnce = async (
  means: Means,
  request: ApplyRequest,
  setup: Setup,
  places: Places,
): Promise<Applied> => {
  const { store } = means;
  const force = await readInForce(store.db, new Date(means.now()).toISOString());
  const wanted = await prepared(means, setup, force, places);
  const plan = planSetup(wanted, force, places);
  if (plan.faults.length > 0) throw new SetupFault(plan.faults);
  const author = authorOf(means, request.actor);
  const minted: Minted[] = [];
  const parts = plan.moves.map((move) => partOf(means, author, move, minted));
  if (!request.dryRun) await commit(store, author, force.seq, parts);
  return {
    changes: parts.map(({ change }) => change),
    notes: plan.notes,
    minted: request.dryRun ? [] : minted,
    dry_run: request.dryRun,
  };
};

/** The configuration in force; its number is read first, so a change in between is noticed when writing. */
export const readInForce = async (db: Db, now: string): Promise<InForce> => {
  const seq = await lastSeq(db);
  const [teams, backends, models, useCases, keys] = await Promise.all([
    listTeams(db),
    listBackends(db),
    listModels(db),
    listUseCases(db),
    listLiveKeys(db, now),
  ]);
  return { seq, teams, backends, models, useCases, keys };
};

/** Makes the declared secrets ready to be stored. A literal that is what is stored already stays as it was sealed. */
const prepared = async (means: Means, setup: Setup, force: InForce, places: Places): Promise<Wanted> => {
  const faults: string[] = [];
  const secrets = new Map<string, string | null>();
  for (const [index, { name, secret }] of setup.backends.entries()) {
    const stored = force.backends.find((backend) => backend.name === name)?.secret ?? null;
    const place = `backend/${name}`;
    if (secret === SEALED && stored === null)
      faults.push(places.at(['backends', index, 'secret'], 'no secret is stored to be kept'));
    else if (secret === SEALED) secrets.set(name, stored);
    else if (secret === undefined || secret.startsWith('${')) secrets.set(name, secret ?? null);
    else secrets.set(name, await keptOrSealed(means, stored, secret, place));
  }
  const hashes = new Map<string, { hash: string; hint: string }>();
  for (const [index, { name, secret }] of setup.keys.entries()) {
    if (secret === undefined) continue;
    try {
      const text = secret.startsWith('${') ? await means.secrets.resolve(secret, `key/${name}`) : secret;
      const fault = keyTextFault(text);
      if (fault !== undefined) faults.push(places.at(['keys', index, 'secret'], fault));
      else hashes.set(name, { hash: hexOf(means.secrets.keyedHash('api-key', text)), hint: keyHint(text) });
    } catch (error) {
      faults.push(
        places.at(['keys', index, 'secret'], error instanceof Error ? error.message : 'cannot be resolved'),
      );
    }
  }
  if (faults.length > 0) throw new SetupFault(faults);
  return { setup, secrets, hashes };
};

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

/** One move as its record and its statements. */
const partOf = (
  means: Means,
  { at }: Author,
  move: Move,
  minted: Minted[],
): { change: Change; statements: Statement[] } => {
  const { db } = means.store;
  const said = (kind: string, name: string, before: unknown, after: unknown): Change => ({
    action: `${kind}.${before === undefined || before === null ? 'created' : 'changed'}`,
    subject: `${kind}/${name}`,
    before: before ?? null,
    after,
  });
  switch (move.kind) {
    case 'team':
      return {
        change: said('team', move.name, null, { name: move.name }),
        statements: [insertTeam(db, move.name, at)],
      };
    case 'backend': {
      const { before, after } = move;
      const spoken =
        before === undefined
          ? null
          : {
              provider: before.provider,
              url: before.url,
              zone: before.zone,
              secret: spokenOf(before.secret),
            };
      const { name, ...rest } = after;
      return {
        change: said('backend', name, spoken, { ...rest, secret: spokenOf(after.secret) }),
        statements: [putBackend(db, after, at)],
      };
    }
    case 'model':
      return {
        change: said('model', move.name, move.before, move.after),
        statements: [putModel(db, move.name, move.after, at)],
      };
    case 'use_case': {
      const { created_at: _, name: __, ...before } = move.before ?? { created_at: '', name: '' };
      return {
        change: said('use_case', move.name, move.before === undefined ? null : before, {
          version: move.version,
          ...move.after,
        }),
        statements: putUseCase(db, move.name, move.version, move.after, at),
      };
    }
    case 'key':
      return keyPart(means, at, move, minted);
    case 'key_expiry':
      return {
        change: {
          action: 'key.changed',
          subject: `key/${move.id}`,
          before: { expires_at: move.before },
          after: { expires_at: move.after },
        },
        statements: [setExpiry(db, move.id, move.after)],
      };
  }
};

const keyPart = (
  means: Means,
  at: string,
  move: Move & { kind: 'key' },
  minted: Minted[],
): { change: Change; statements: Statement[] } => {
  const { db } = means.store;
  const binding = {
    name: move.name,
    use_case: move.useCase,
    use_case_version: move.version,
    expires_at: move.expiresAt,
  };
  const { text, row: own } = freshKey(means, { ...binding, rotated_from: move.replaces ?? null });
  if (move.secret === undefined) minted.push({ id: own.id, name: move.name, key: text });
  const row = { ...own, ...move.secret };
  return {
    change: {
      action: 'key.created',
      subject: `key/${row.id}`,
      before: move.replaces === undefined ? null : { key: move.replaces },
      after: binding,
    },
    statements: [
      ...(move.replaces === undefined ? [] : [revokeKey(db, move.replaces, at)]),
      insertKey(db, row, at),
    ],
  };
};
