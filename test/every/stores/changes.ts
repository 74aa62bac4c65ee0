// Changes of configuration: all or nothing, one winner, each written down.
import { describe, expect, it } from 'vitest';
import { ChangedMeanwhile } from '../../../src/changes/change.ts';
import { commit, lastChange, listChanges } from '../../../src/changes/table.ts';
import type { Store } from '../../../src/stores/store.ts';
import { insertTeam, listTeams } from '../../../src/teams/table.ts';
import { AT, author, stateOf } from './shared.ts';

const change = (name: string) => ({
  action: 'team.created',
  subject: `team/${name}`,
  before: null,
  after: { name: `${name} "quoted"\n` },
});

/** On a migrated database; `replicas` are other stores on it where there can be any. */
export const changes = (store: () => Store, replicas: (count: number) => Promise<readonly Store[]>): void => {
  const part = (name: string) => ({ change: change(name), statements: [insertTeam(store().db, name, AT)] });
  describe('a change of configuration', () => {
    it('is written with its statements in one transaction, numbered without a gap', async () => {
      const seen = await lastChange(store().db);
      // The first entry of a chain tells of its start.
      const before = seen.seq === 0 ? 1 : seen.seq;
      await commit(store(), author(), seen, [part('one'), part('two')]);
      const [two, one] = await listChanges(store().db, 2);
      expect([one, two]).toMatchObject([
        {
          seq: before + 1,
          actor: 'tester',
          at: AT,
          action: 'team.created',
          subject: 'team/one',
          before: null,
          after: { name: 'one "quoted"\n' },
        },
        { seq: before + 2, subject: 'team/two' },
      ]);
      expect((await listTeams(store().db)).map((team) => team.name)).toEqual(
        expect.arrayContaining(['one', 'two']),
      );
    });
    it('of five writers that saw the same state wins one; the others are told, and nothing of theirs is done', async () => {
      const seen = await lastChange(store().db);
      const stores = await replicas(5);
      const ends = await Promise.allSettled(
        stores.map((own, i) => commit(own, author(), seen, [part(`race${i}`), part(`race${i}b`)])),
      );
      expect(ends.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);

      for (const end of ends)
        if (end.status === 'rejected') expect(end.reason).toBeInstanceOf(ChangedMeanwhile);
      const winner = ends.findIndex(({ status }) => status === 'fulfilled');
      const teams = (await listTeams(store().db))
        .map((team) => team.name)
        .filter((team) => team.startsWith('race'));
      expect(teams).toEqual([`race${winner}`, `race${winner}b`]);
      expect((await lastChange(store().db)).seq).toBe(seen.seq + 2);
    });
    it('leaves no record when its statement fails, and says so as the database did', async () => {
      const seen = await lastChange(store().db);
      const dup = {
        ...part('dup'),
        statements: [insertTeam(store().db, 'dup', AT), insertTeam(store().db, 'dup', AT)],
      };
      expect(await stateOf(commit(store(), author(), seen, [part('before-dup'), dup]))).toBe('23505');
      expect(await lastChange(store().db)).toEqual(seen);
      expect((await listTeams(store().db)).map((team) => team.name)).not.toEqual(
        expect.arrayContaining(['before-dup']),
      );
    });
    it('may be twelve thousand changes at once', async () => {
      const seen = await lastChange(store().db);
      const many = Array.from({ length: 12_000 }, (_, i) => ({ change: change(`many${i}`), statements: [] }));
      await commit(store(), author(), seen, many);
      expect((await lastChange(store().db)).seq).toBe(seen.seq + 12_000);
    });
    it('is listed newest first, page by page', async () => {
      const { seq: newest } = await lastChange(store().db);
      const first = await listChanges(store().db, 3);
      const second = await listChanges(store().db, 3, first.at(-1)?.seq);
      expect([...first, ...second].map(({ seq }) => seq)).toEqual([0, 1, 2, 3, 4, 5].map((i) => newest - i));
    });
  });
};
