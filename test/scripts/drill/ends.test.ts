import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { replicaOf } from '../../../scripts/drill/replica.ts';
import { drill, SHORT } from '../../../scripts/drill/run.ts';
import { inTime, newStage } from '../../../scripts/drill/stage.ts';

/** So many gateways are started together. */
const REPLICAS = 3;
const LONGEST_MS = 60_000;

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

it('a drill that fails half-way leaves nothing running', { timeout: LONGEST_MS }, async () => {
  const pids: number[] = [];
  const log = (): void => {
    throw new Error('half-way');
  };
  const plan = { ...SHORT, connections: 4, kills: 1, seed: 1, log };
  await expect(drill(plan, (pid) => pids.push(pid))).rejects.toThrow('half-way');
  expect(pids.length).toBeGreaterThan(REPLICAS);
  expect(pids.filter(isAlive)).toEqual([]);
});

it('a replica that is ended while it starts does not live on', { timeout: LONGEST_MS }, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-drill-'));
  const pids: number[] = [];
  const replica = replicaOf('early', join(folder, 'data'), {}, (pid) => pids.push(pid));
  const starting = replica.start().catch(() => undefined);
  await replica.end();
  await starting;
  expect(pids).toHaveLength(1);
  expect(pids.filter(isAlive)).toEqual([]);
  await expect(replica.start()).rejects.toThrow('over');
  rmSync(folder, { recursive: true });
});

it('what is started on a stage is ended last first, though one fails, and what comes late at once', async () => {
  const stage = newStage();
  const ended: string[] = [];
  await stage.add(() => ended.push('first'));
  await stage.add(() => {
    throw new Error('cannot be ended');
  });
  await stage.add(() => ended.push('last'));
  await stage.clear();
  expect(ended).toEqual(['last', 'first']);
  await expect(stage.add(() => ended.push('late'))).rejects.toThrow('over');
  expect(ended).toEqual(['last', 'first', 'late']);
});

it('work that takes longer than it may is given up', async () => {
  await expect(inTime(new Promise(() => undefined), 10)).rejects.toThrow('longer than 10 ms');
  await expect(inTime(Promise.resolve('done'), 10_000)).resolves.toBe('done');
});
