// What may not be changed, whoever asks; and what a key grants.
import { sql } from 'kysely';
import { beforeAll, describe, expect, it } from 'vitest';
import { appendLinks } from '../../../src/audit/table.ts';
import { commit, lastChange } from '../../../src/changes/table.ts';
import { findGrant } from '../../../src/keys/table.ts';
import { insertPack } from '../../../src/packs/table.ts';
import { DEFAULT_POLICY } from '../../../src/policies/policy.ts';
import { pricePart } from '../../../src/prices/table.ts';
import type { Statement, Store } from '../../../src/stores/store.ts';
import { insertTeam } from '../../../src/teams/table.ts';
import { putUseCase } from '../../../src/usecases/table.ts';
import { employee, packOf } from '../../kit/packs.ts';
import { AT, author, entry, linksOf, raw, rowsOf, stateOf } from './shared.ts';

const BOUND_PRICE = { model: 'm', input_usd_per_mtok: 1 };

const useCase = {
  team: 'bound',
  system_prompt: 'Be "brief".\n',
  caller_system: 'refuse',
  models: ['*'],
  endpoints: ['chat'],
  data_class: 'sensitive',
  policy: 'default',
} as const;

const insertKey = (id: string, hash: string, version = 1): Statement =>
  raw(
    `insert into keys (id, name, use_case, use_case_version, hash, hint, created_at) values ($1, $1, 'bound', $2, $3, 'hint', $4)`,
    id,
    version,
    hash,
    AT,
  );

/** On a migrated database. */
export const appendOnly = (store: () => Store): void => {
  describe('what is append-only', () => {
    beforeAll(async () => {
      await commit(store(), author(), await lastChange(store().db), [
        {
          change: { action: 'team.created', subject: 'team/bound', before: null, after: {} },
          statements: [
            insertTeam(store().db, 'bound', AT),
            insertPack(store().db, packOf('bound', [employee]), AT),
            ...pricePart(store().db, 'bound', { version: 0, price: null }, BOUND_PRICE, AT).statements,
            ...putUseCase(store().db, 'bound', 1, useCase, AT),
            ...putUseCase(store().db, 'bound', 2, { ...useCase, models: ['b'] }, AT),
          ],
        },
      ]);
      await store().atomically([
        appendLinks(store().db, 'wr_bound', linksOf('wr_bound', [entry('ex_bound', 'open')])),
        insertKey('key_bound', 'hash-bound'),
      ]);
    });
    it.each([
      ['policies', `update policies set body = '{}'`],
      ['policies', 'delete from policies'],
      ['use_case_versions', `update use_case_versions set body = '{}'`],
      ['use_case_versions', 'delete from use_case_versions'],
      ['audit_entries', `update audit_entries set text = '{}'`],
      ['audit_entries', 'delete from audit_entries'],
      ['policies', 'truncate policies'],
      ['packs', `update packs set body = '{}'`],
      ['packs', 'delete from packs'],
      ['packs', 'truncate packs'],
      ['prices', `update prices set body = '{}'`],
      ['prices', 'delete from prices'],
      ['prices', 'truncate prices'],
      ['use_case_versions', 'truncate use_case_versions cascade'],
      ['audit_entries', 'truncate audit_entries'],
      ['audit_entries', 'truncate audit_entries_202601'],
      ['audit_entries', 'delete from audit_entries_202601'],
    ])('%s refuses `%s` with 42501 and keeps every row', async (table, statement) => {
      const before = await rowsOf(store(), `select * from ${table}`);
      expect(before).not.toEqual([]);
      expect(await stateOf(sql.raw(statement).execute(store().db))).toBe('42501');
      expect(await stateOf(store().atomically([raw(statement)]))).toBe('42501');
      expect(await rowsOf(store(), `select * from ${table}`)).toEqual(before);
    });
    it.each([
      [`name = 'other'`, '42501'],
      [`use_case_version = 2`, '42501'],
      [`hash = 'other'`, '42501'],
      [`id = 'key_other'`, '42501'],
    ])('a key cannot be repurposed: set %s', async (set, state) => {
      expect(
        await stateOf(sql.raw(`update keys set ${set} where id = 'key_bound'`).execute(store().db)),
      ).toBe(state);
    });
    it('a revoked key stays revoked, since the moment it was', async () => {
      await sql`update keys set revoked_at = ${AT}::timestamptz where id = 'key_bound'`.execute(store().db);
      for (const at of ['null', 'now()', `'2999-01-01'`])
        expect(
          await stateOf(
            sql.raw(`update keys set revoked_at = ${at} where id = 'key_bound'`).execute(store().db),
          ),
        ).toBe('42501');
      expect(await rowsOf(store(), `select revoked_at from keys where id = 'key_bound'`)).toEqual([
        { revoked_at: new Date(AT) },
      ]);
    });
    it('a key is bound to a version that exists, and its text to one key', async () => {
      expect(await stateOf(store().atomically([insertKey('key_x', 'hash-x', 9)]))).toBe('23503');
      expect(await stateOf(store().atomically([insertKey('key_x', 'hash-bound')]))).toBe('23505');
    });
  });

  it('finds all a key grants by its hash, in the version it is bound to, and nothing for another hash', async () => {
    await store().atomically([insertKey('key_grant', 'hash-grant', 1)]);
    await sql`update keys set expires_at = ${AT}::timestamptz where id = 'key_grant'`.execute(store().db);
    expect(await findGrant(store().db, 'hash-grant')).toEqual({
      hash: 'hash-grant',
      grant: {
        keyId: 'key_grant',
        keyName: 'key_grant',
        expiresAtMs: Date.parse(AT),
        revokedAtMs: null,
        team: 'bound',
        useCase: 'bound',
        useCaseVersion: 1,
        systemPrompt: 'Be "brief".\n',
        callerCredential: 'refuse',
        callerSystem: 'refuse',
        models: ['*'],
        endpoints: ['chat'],
        dataClass: 'sensitive',
        policy: 'default',
        policyVersion: 2,
        policyBody: DEFAULT_POLICY,
        capture: 'none',
        captureDays: 30,
      },
    });
    expect(await findGrant(store().db, 'hash-none')).toBeUndefined();
    expect(await findGrant(store().db, `' or ''='`)).toBeUndefined();
  });
};
