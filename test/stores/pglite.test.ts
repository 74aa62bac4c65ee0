// The embedded database belongs to one process, survives its death, and is nobody else's to read.
import {
  existsSync,
  linkSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { migrations } from '../../migrations/index.ts';
import { keptSecret } from '../../src/runtimes/data-folder.ts';
import { FolderInUse, lockFolder } from '../../src/stores/folder-lock.ts';
import { migrate } from '../../src/stores/migrate.ts';
import { pgliteStore } from '../../src/stores/pglite.ts';
import { listTeams } from '../../src/teams/table.ts';
import { gatehouse, gatehouseCommand, MAIN, nodeCommand } from '../kit/cli.ts';
import { startProcess } from '../kit/process.ts';
import { pgliteFolder } from '../kit/stores.ts';

/** A start takes two seconds, and ten on a machine that is busy with other tests. */
const SLOW_MS = 25_000;
vi.setConfig({ testTimeout: 3 * SLOW_MS });

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'gatehouse-data-'));
});
const withDatabase = async (): Promise<void> => {
  rmSync(folder, { recursive: true });
  folder = await pgliteFolder();
};
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const start = (data: string) =>
  startProcess(
    ['--liftoff-only', MAIN, 'start'],
    { GATEHOUSE_DATA: data, GATEHOUSE_PORT: '0' },
    { timeoutMs: SLOW_MS, ready: /ready after [\d.]+ s: (http\S+)\/v1/ },
  );
const lock = () => join(folder, 'gatehouse.lock');

describe('one process', () => {
  beforeEach(withDatabase);
  it('a second gateway on the same folder is told who has it and what to do, and the first goes on', async () => {
    const first = await start(folder);
    try {
      const second = await gatehouse(['start'], { GATEHOUSE_DATA: folder, GATEHOUSE_PORT: '0' });
      expect(second.code).toBe(1);
      expect(second.stdout).toBe('');
      expect(second.stderr).toContain(
        `the data folder ${folder} is in use by process ${first.pid}; stop it, or set GATEHOUSE_DATA`,
      );
      expect((await gatehouse(['migrate'], { GATEHOUSE_DATA: folder })).stderr).toContain(
        'in use by process',
      );
      expect((await fetch(`${first.match[1]}/readyz`)).status).toBe(200);
    } finally {
      await first.stop();
    }
    expect(existsSync(lock())).toBe(false);
  });
  it('what it had is there after SIGKILL, and the next one takes the folder over', async () => {
    const first = await start(folder);
    first.kill('SIGKILL');
    await first.exited;
    expect(existsSync(lock())).toBe(true);
    const second = await start(folder);
    // The demo is set up once: nothing secret is shown a second time.
    expect(first.stdout()).toContain('shown this once');
    expect(second.stdout()).not.toContain('gtk_');
    await second.stop();
    const store = await pgliteStore(folder);
    expect((await listTeams(store.db)).map(({ name }) => name)).toEqual(['demo']);
    await store.close();
  });
  it('a second store in the same process is refused too', async () => {
    const store = await pgliteStore(folder);
    await expect(pgliteStore(folder)).rejects.toThrow(FolderInUse);
    await store.close();
    await (await pgliteStore(folder)).close();
  });
  it('closing twice does not give back the lock of whoever came in between', async () => {
    const first = await pgliteStore(folder);
    await first.close();
    const second = await pgliteStore(folder);
    await first.close();
    await expect(pgliteStore(folder)).rejects.toThrow(FolderInUse);
    await second.close();
  });
});

describe('a lock that nobody holds is taken over', () => {
  it.each([
    ['of a process that has ended', '4194000 1'],
    ['whose pid is now another process of ours', `${process.pid} 1`],
    ['whose pid is now the init process', '1 1'],
    ['that is empty', ''],
    ['that is no lock', 'hello there\n\0'],
    ['with a pid that is none', '-1 1'],
  ])('%s', (_, text) => {
    writeFileSync(lock(), text);
    const unlock = lockFolder(folder);
    expect(readFileSync(lock(), 'utf8')).toMatch(new RegExp(`^${process.pid} \\d+$`));
    unlock();
    expect(existsSync(lock())).toBe(false);
  });
  it('left by a process that was killed while it took it, under the pid that is now ours', () => {
    writeFileSync(lock(), `${process.pid} 1`);
    linkSync(lock(), `${lock()}.${process.pid}`);
    lockFolder(folder)();
    expect(readdirSync(folder)).toEqual([]);
  });
  it('by one of several processes that see it at once', async () => {
    writeFileSync(lock(), '4194000 1');
    const contender = `
      import { readdirSync, writeFileSync } from 'node:fs';
      import { lockFolder } from ${JSON.stringify(lockModule)};
      const folder = ${JSON.stringify(folder)};
      const four = async (what) => {
        writeFileSync(folder + '/' + what + '.' + process.pid, '');
        while (readdirSync(folder).filter((name) => name.startsWith(what)).length < 4) await new Promise((go) => setTimeout(go, 1));
      };
      await four('here');
      let said = 'mine';
      try { lockFolder(folder); } catch (error) { said = error.message; }
      await four('tried');
      console.log(said);`;
    const ends = await Promise.all(
      [1, 2, 3, 4].map(() => nodeCommand(['--input-type=module', '-e', contender]).ended),
    );
    const said = ends.map(({ stdout, stderr }) => stdout + stderr);
    expect(said.filter((words) => words === 'mine\n')).toHaveLength(1);
    expect(said.filter((words) => /in use by process \d/.test(words))).toHaveLength(3);
    // Only the lock is left: the winner ended without giving it back.
    expect(readdirSync(folder).filter((name) => !/^(here|tried)\./.test(name))).toEqual(['gatehouse.lock']);
  });
});

describe('a first start', () => {
  beforeEach(withDatabase);
  it("that is killed, and killed again, leaves a folder that starts the next time, and is its user's alone", async () => {
    const data = join(folder, 'fresh');
    // While its files are written, and when they are there and the root secret was just made.
    for (const sign of ['postgres.tmp/global', 'secret']) {
      const killed = gatehouseCommand(['start'], { GATEHOUSE_DATA: data, GATEHOUSE_PORT: '0' });
      for (const until = Date.now() + SLOW_MS; !existsSync(join(data, sign)); await sleep(1))
        if (Date.now() > until) throw new Error(`no ${sign}`);
      killed.kill('SIGKILL');
      await killed.ended;
    }
    const store = await pgliteStore(data);
    await migrate(store, migrations);
    // The demo is there as a whole or not at all: the signal may have come after it.
    expect(['', 'demo']).toContain((await listTeams(store.db)).map(({ name }) => name).join());
    await store.close();
    expect([modeOf(data), modeOf(join(data, 'postgres'))]).toEqual(['700', '700']);
    expect(readdirSync(data)).not.toContain('postgres.tmp');
  });
  it('that fails gives the lock back', async () => {
    const env = { GATEHOUSE_DATA: folder, GATEHOUSE_PORT: '0', GATEHOUSE_CONFIG: join(folder, 'none.yaml') };
    const { code, stderr } = await gatehouse(['start'], env);
    expect([code, stderr]).toEqual([1, `gatehouse: GATEHOUSE_CONFIG: cannot read ${env.GATEHOUSE_CONFIG}\n`]);
    expect(readdirSync(folder).filter((name) => name.includes('lock'))).toEqual([]);
  });
  it('gives the lock back when the database does not open', async () => {
    rmSync(join(folder, 'postgres', 'global'), { recursive: true });
    await expect(pgliteStore(folder)).rejects.toThrow();
    expect(existsSync(lock())).toBe(false);
  });
  it('makes its secrets for its own user alone, says none of them, and ends cleanly', async () => {
    const running = await start(folder);
    await running.stop();
    expect(readdirSync(folder).toSorted()).toEqual([
      'admin-token',
      'packs.json',
      'postgres',
      'secret',
      'spool',
    ]);
    expect(modeOf(join(folder, 'postgres'))).toBe('700');
    for (const name of ['secret', 'admin-token']) {
      expect(modeOf(join(folder, name))).toBe('600');
      const text = readFileSync(join(folder, name), 'utf8').trim();
      expect(text).toMatch(/^[\w-]{43}$/);
      expect(running.stdout() + running.stderr()).not.toContain(text);
    }
  });
});

describe('a secret of the data folder', () => {
  it.each(['', '\n', 'short', '   '])('that was cut to %j is not taken for one', (text) => {
    writeFileSync(join(folder, 'admin-token'), text);
    const ask = () => keptSecret(folder, 'admin-token', (count) => new Uint8Array(count));
    expect(ask).toThrow(`${join(folder, 'admin-token')} holds less than`);
    expect(readFileSync(join(folder, 'admin-token'), 'utf8')).toBe(text);
  });
});

const modeOf = (path: string): string => (statSync(path).mode & 0o777).toString(8);

const lockModule = new URL('../../src/stores/folder-lock.ts', import.meta.url).href;
