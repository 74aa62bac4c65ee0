// A Worker's side of the Durable Object spool, before objects that are slow, refuse or fail.
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import type { Entry } from '../../src/audit/record.ts';
import type { SpoolNamespace } from '../../src/spools/durable-object-port.ts';
import { durableObjectSpool, isSpoolNamespace, REFUSES } from '../../src/spools/durable-object-port.ts';
import type { SpoolState } from '../../src/spools/spool.ts';
import { SpoolRefuses } from '../../src/spools/spool.ts';
import { entry, opens } from './durable-object-stage.ts';

const stateOf = (writer: string): SpoolState => ({
  writer,
  waitingEntries: 2,
  waitingBytes: 10,
  oldestAtMs: 5,
  limitBytes: 100,
  limitAgeMs: 60,
  refuses: null,
});

/** Objects that do with an entry what they are told, and keep what they were sent: `name kind exchange`. */
const objects = (hear: (entry: Entry) => Promise<void>): SpoolNamespace & { readonly heard: string[] } => {
  const heard: string[] = [];
  return {
    heard,
    getByName: (name) => ({
      append: async (entries) => {
        for (const one of entries) {
          await hear(one);
          heard.push(`${name} ${one.kind} ${one.exchange}`);
        }
        return stateOf(`wr_${name}`);
      },
      flush: async () => undefined,
      state: async () => stateOf(`wr_${name}`),
    }),
  };
};

it('a seal waits for the opening of its exchange, and for no other', async () => {
  const namespace = objects(({ kind, exchange }) => sleep(kind === 'open' && exchange === 'ex_1' ? 50 : 0));
  const spool = durableObjectSpool(namespace);
  await Promise.all([
    spool.append(entry('open', 'ex_1')),
    spool.append(entry('seal', 'ex_1')),
    spool.append(entry('seal', 'ex_2')),
  ]);
  expect(namespace.heard).toEqual(['audit-0 seal ex_2', 'audit-0 open ex_1', 'audit-0 seal ex_1']);
});

it('a seal is sent though the opening of its exchange failed', async () => {
  const namespace = objects(async ({ kind }) => {
    if (kind === 'open') throw new Error('gone');
  });
  const spool = durableObjectSpool(namespace);
  const results = await Promise.allSettled([
    spool.append(entry('open', 'ex_1')),
    spool.append(entry('seal', 'ex_1')),
  ]);
  expect(results.map(({ status }) => status)).toEqual(['rejected', 'fulfilled']);
  expect(namespace.heard).toEqual(['audit-0 seal ex_1']);
});

it('a refusal is told from a failure', async () => {
  const failing = (message: string) => durableObjectSpool(objects(() => Promise.reject(new Error(message))));
  const refused = failing(`Error: ${REFUSES}full`).append(entry('open', 'ex_1'));
  await expect(refused).rejects.toBeInstanceOf(SpoolRefuses);
  await expect(refused).rejects.toThrow(/^full$/);
  const failed = failing('the object was reset').append(entry('open', 'ex_1'));
  await expect(failed).rejects.not.toBeInstanceOf(SpoolRefuses);
});

it('spreads exchanges over its shards, entries about none go to the first, and the state is of all', async () => {
  const namespace = objects(async () => undefined);
  const spool = durableObjectSpool(namespace, { shards: 4 });
  expect(spool.state()).toMatchObject({ writer: '', waitingEntries: 0, refuses: null });
  for (const open of opens('spread', 200)) await spool.append(open);
  const shards = Map.groupBy(namespace.heard, (line) => line.split(' ')[0]);
  expect([...shards.keys()].sort()).toEqual(['audit-0', 'audit-1', 'audit-2', 'audit-3']);
  expect(Math.min(...[...shards.values()].map(({ length }) => length))).toBeGreaterThan(20);
  await spool.append({ kind: 'start', exchange: null, atMs: 0, body: {} });
  expect(namespace.heard.at(-1)).toBe('audit-0 start null');
  expect(spool.state()).toMatchObject({ waitingEntries: 8, oldestAtMs: 5, limitBytes: 400, limitAgeMs: 60 });
  expect(await spool.states()).toHaveLength(4);
});

it('knows a binding that leads to objects', () => {
  expect(isSpoolNamespace(objects(async () => undefined))).toBe(true);
  for (const binding of [undefined, null, 'AUDIT_SPOOL', {}]) expect(isSpoolNamespace(binding)).toBe(false);
});
