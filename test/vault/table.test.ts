// The vault's rows on every store: kept as they are until they are erased, whoever asks; listed without what they hold.
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { migrations } from '../../migrations/index.ts';
import { erase, setHold } from '../../src/erasures/table.ts';
import { migrate } from '../../src/stores/migrate.ts';
import type { Store } from '../../src/stores/store.ts';
import { sqlState } from '../../src/stores/store.ts';
import { endUserHash, listVault } from '../../src/vault/table.ts';
import type { Scope } from '../../src/vault/vault.ts';
import type { Kind, Opened } from '../kit/stores.ts';
import { kinds } from '../kit/stores.ts';
import { KEPT_AT, keepSome, OVER_AT, openedOf, sealing, secretOf } from '../kit/vault.ts';

const CAUSE = { actor: 'tester', reason: 'asked to' };
const exchange = (subject: string): Scope => ({ scope: 'exchange', subject });
const whole = (id: string) => ({ prompt: `asked ${secretOf(id)}`, reply: secretOf(id) });

describe.each(kinds)('on the $name store', ({ name, open }: Kind) => {
  let opened: Opened;
  let store: Store;
  const means = () => ({ store, now: () => Date.parse(KEPT_AT) + 1000 });
  beforeAll(async () => {
    opened = await open();
    ({ store } = opened);
    await migrate(store, migrations);
  });
  afterAll(() => opened.stop());

  let round = 0;
  let own = '';
  let [a, b, c] = ['', '', ''];
  beforeEach(async () => {
    own = `${name}${++round}`;
    [a, b, c] = [`ex_${own}a`, `ex_${own}b`, `ex_${own}c`];
    await keepSome(store.db, a, { key: `key_${own}`, endUsers: [`zoë ${own}`] });
    await keepSome(store.db, b, { key: `key_${own}` });
    await keepSome(store.db, c, { key: `key_other_${own}` });
  });
  const states = () => Promise.all([a, b, c].map((id) => openedOf(store.db, id)));

  it('what is kept opens, and cannot be kept a second time', async () => {
    expect(await states()).toEqual([whole(a), whole(b), whole(c)]);
    const again = await keepSome(store.db, a).catch((thrown: unknown) => thrown);
    expect(sqlState(again)).toBe('23505');
  });

  it.each([
    ['changed', `update vault set prompt = 'another' where exchange = $`],
    ['given another owner', `update vault set key = 'key_b' where exchange = $`],
    ['kept for longer', `update vault set expires_at = now() where exchange = $`],
    ['left without its key alone', `update vault set wrapped_key = null where exchange = $`],
    ['erased in part', `update vault set prompt = null, erased_at = now() where exchange = $`],
    ['deleted', 'delete from vault where exchange = $'],
    ['truncated', 'truncate vault'],
    ['truncated with its holds', 'truncate vault_holds'],
  ])('what is kept cannot be %s, whoever asks', async (_, text) => {
    const error = await sql
      .raw(text.replace('$', `'${a}'`))
      .execute(store.db)
      .catch((thrown: unknown) => thrown);
    expect(sqlState(error)).toBe('42501');
    expect((await states())[0]).toEqual(whole(a));
  });

  it('what is erased stays erased, and what is held cannot be erased by plain SQL either', async () => {
    await erase(means(), exchange(a), CAUSE);
    await setHold(means(), exchange(b), true, CAUSE);
    const tried = (text: string) =>
      sql
        .raw(text)
        .execute(store.db)
        .then(() => 'done', sqlState);
    const back = `prompt = 'x', wrapped_key = 'y', erased_at = null where exchange = '${a}'`;
    expect(await tried(`update vault set ${back}`)).toBe('42501');
    expect(await tried(`update vault set erased_at = now() where exchange = '${a}'`)).toBe('42501');
    const nothing = 'prompt = null, reply = null, wrapped_key = null, erased_at = now()';
    expect(await tried(`update vault set ${nothing} where exchange = '${b}'`)).toBe('42501');
    expect(await tried(`update vault set ${nothing} where exchange = '${c}'`)).toBe('done');
    expect(await states()).toEqual(['erased', whole(b), 'erased']);
  });

  it('kept content is listed newest first, page by page, without the content, by what is asked for', async () => {
    await erase(means(), exchange(c), CAUSE);
    await setHold(means(), exchange(b), true, CAUSE);
    const listed = async (filters: Parameters<typeof listVault>[1]) =>
      (await listVault(store.db, filters, 100)).map((item) => item.exchange);
    expect(await listed({ key: `key_${own}` })).toEqual([b, a]);
    expect(await listed({ key: `key_${own}`, held: true })).toEqual([b]);
    expect(await listed({ key: `key_${own}`, held: false })).toEqual([a]);
    expect(await listed({ key: `key_other_${own}`, erased: true })).toEqual([c]);
    expect(await listed({ key: `key_other_${own}`, erased: false })).toEqual([]);
    expect(await listed({ key: `key_${own}`, team: 'nobody' })).toEqual([]);
    const [second] = await listVault(store.db, { key: `key_${own}`, use_case: 'plain' }, 1, b);
    expect(second).toEqual({
      exchange: a,
      use_case: 'plain',
      use_case_version: 1,
      team: 'crew',
      key: `key_${own}`,
      end_users: [endUserHash(sealing.secrets, `zoë ${own}`)],
      capture: 'full',
      cut: {},
      kept_at: KEPT_AT,
      expires_at: OVER_AT,
      held: false,
      erased_at: null,
    });
  });
});
