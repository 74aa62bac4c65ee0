// Checkpoints on a timer, and anchors that get each of them: over outages, restarts and replicas.
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { IncomingMessage, Server } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest';
import { folderAnchor } from '../../src/anchors/folder.ts';
import { checkpointing } from '../../src/anchors/table.ts';
import { isAnchorUrl, webhookAnchor } from '../../src/anchors/webhook.ts';
import { diskFolder } from '../../src/runtimes/anchor-folder.ts';
import { hashes } from '../../src/runtimes/hashes.ts';
import { nodeFetch } from '../../src/runtimes/node-fetch.ts';
import { pgStore } from '../../src/stores/pg.ts';
import type { Store } from '../../src/stores/store.ts';
import { appendToShared, entryOf, meansOn, migratedStore, ownerOf, verdictNow } from '../kit/audit-store.ts';
import { freshDatabase } from '../kit/postgres.ts';

const EVERY_MS = 60_000;
let url: string;
let store: Store;
let means: ReturnType<typeof meansOn>;
let folder: string;
beforeEach(async () => {
  url = await freshDatabase(inject('postgresUrl'));
  store = await migratedStore(url);
  means = meansOn(store);
  folder = mkdtempSync(join(tmpdir(), 'gatehouse-anchor-'));
});
afterEach(async () => {
  await store.close();
  rmSync(folder, { recursive: true, force: true });
});

const write = (): Promise<void> => appendToShared(store, 'shared', [entryOf('start', null, means.now())]);
const events = (): string[] => means.logged.map(({ event }) => event);
const toFolder = () =>
  checkpointing(means, { everyMs: EVERY_MS, anchors: [folderAnchor(diskFolder(folder))] });
/** A time later, with something new. */
const later = async (): Promise<void> => {
  means.clock.ms += EVERY_MS;
  await write();
};
const nameOf = (number: number): string => `checkpoint-${String(number).padStart(6, '0')}.json`;

describe('a timer', () => {
  it('makes a checkpoint when one is due and something is new, on however many replicas', async () => {
    const other = pgStore(url, () => undefined);
    const timers = [means, { ...meansOn(other), now: means.now }].map((one) =>
      checkpointing(one, { everyMs: EVERY_MS, anchors: [] }),
    );
    for (let round = 1; round <= 3; round++) {
      await later();
      await Promise.all(timers.map((timer) => timer.tick()));
      await Promise.all(timers.map((timer) => timer.tick()));
      // Not due yet, though there is something new.
      await write();
      await Promise.all(timers.map((timer) => timer.tick()));
    }
    expect((await verdictNow(means)).checkpoints).toBe(3);
    means.clock.ms += EVERY_MS;
    await timers[0]?.tick();
    means.clock.ms += EVERY_MS;
    await timers[0]?.tick();
    expect((await verdictNow(means)).checkpoints).toBe(4);
    await other.close();
  });

  it('signs nothing over what does not hold, and says so', async () => {
    const timer = checkpointing(means, { everyMs: EVERY_MS, anchors: [] });
    await later();
    await timer.tick();
    const owner = await ownerOf(url);
    await owner.query('delete from audit_entries where seq = 1');
    await later();
    await owner.query(
      "update audit_entries set text = replace(text, 'start', 'stop') where seq = (select max(seq) from audit_entries)",
    );
    await timer.tick();
    expect(means.logged.at(-1)).toMatchObject({ level: 'error', event: 'audit_chain_broken' });
    await owner.query('delete from audit_entries');
    await owner.query('delete from audit_checkpoints');
    await timer.tick();
    expect(means.logged.at(-1)).toMatchObject({ level: 'error', event: 'audit_checkpoints_lost' });
    expect(await verdictNow(means)).toMatchObject({ checkpoints: 0 });
    await owner.end();
  });

  it('outlives a database that is away', async () => {
    const away = meansOn(pgStore('postgres://nobody@127.0.0.1:1/none', () => undefined));
    await checkpointing(away, { everyMs: EVERY_MS, anchors: [folderAnchor(diskFolder(folder))] }).tick();
    expect(away.logged.map(({ level }) => level)).toEqual(['warn', 'warn']);
    await away.store.close();
  });
});

describe('a folder', () => {
  it('gets every checkpoint once, also those made while nobody sent', async () => {
    for (let n = 0; n < 3; n++) {
      await later();
      await checkpointing(means, { everyMs: EVERY_MS, anchors: [] }).tick();
    }
    const timer = toFolder();
    await timer.tick();
    expect(readdirSync(folder).sort()).toEqual([1, 2, 3].map(nameOf));
    await later();
    await timer.tick();
    expect(readdirSync(folder)).toHaveLength(4);
    // What somebody removed comes back at the next start.
    rmSync(join(folder, nameOf(2)));
    await toFolder().tick();
    expect(readdirSync(folder)).toHaveLength(4);
    expect(events()).not.toContain('audit_anchor_failed');
  });

  it('holds what the verifier takes for an anchor', async () => {
    await later();
    await toFolder().tick();
    const { checkpoint }: { checkpoint: { text: string; signature: string } } = JSON.parse(
      readFileSync(join(folder, nameOf(1)), 'utf8'),
    );
    expect((await verdictNow(means, { anchor: checkpoint })).fault).toBeUndefined();
  });

  it('is not written over: another checkpoint of a number is told as such, and the next ones still come', async () => {
    await later();
    await toFolder().tick();
    writeFileSync(join(folder, nameOf(1)), 'another');
    await toFolder().tick();
    expect(means.logged.at(-1)).toMatchObject({
      level: 'error',
      event: 'audit_anchor_conflict',
      fields: { number: 1 },
    });
    expect(readFileSync(join(folder, nameOf(1)), 'utf8')).toBe('another');
    await later();
    await toFolder().tick();
    expect(readdirSync(folder)).toHaveLength(2);
  });

  it('that knows later checkpoints than the database has says that those are lost', async () => {
    writeFileSync(join(folder, nameOf(7)), 'from before');
    await later();
    await toFolder().tick();
    expect(means.logged).toContainEqual(
      expect.objectContaining({
        level: 'error',
        event: 'audit_checkpoints_lost',
        fields: expect.objectContaining({ anchored: 7, newest: 1 }),
      }),
    );
  });
});

describe('a webhook', () => {
  let server: Server;
  let got: { number: string; body: string }[];
  let status: number;
  const fetching = nodeFetch();
  const bodyOf = async (request: IncomingMessage): Promise<string> => {
    let text = '';
    for await (const piece of request) text += String(piece);
    return text;
  };
  beforeEach(async () => {
    got = [];
    status = 204;
    server = createServer((request, response) => {
      void bodyOf(request).then((body) => {
        if (status < 300) got.push({ number: String(request.headers['x-gatehouse-checkpoint']), body });
        response.writeHead(status).end(status === 204 ? undefined : 'words');
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });
  afterEach(
    () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  );
  const toWebhook = () => {
    const { port } = server.address() as AddressInfo;
    const anchor = webhookAnchor(
      `http://127.0.0.1:${port}/hook?token=secret-token`,
      fetching.fetch,
      hashes.sha256Hex,
    );
    return checkpointing(means, { everyMs: EVERY_MS, anchors: [anchor] });
  };
  const numbers = (): string[] => got.map(({ number }) => number);

  it('gets every checkpoint in order, over its own outages and our restarts', async () => {
    const timer = toWebhook();
    await later();
    await timer.tick();
    status = 500;
    for (let n = 0; n < 3; n++) {
      await later();
      await timer.tick();
    }
    expect(numbers()).toEqual(['1']);
    expect(means.logged.at(-1)).toMatchObject({ level: 'warn', event: 'audit_anchor_failed' });
    status = 200;
    await toWebhook().tick();
    // The last one it acknowledged goes again at a start; those it missed come in order.
    expect(numbers().slice(-3)).toEqual(['2', '3', '4']);
    await toWebhook().tick();
    expect(numbers().at(-1)).toBe('4');
    expect(new Set(numbers())).toEqual(new Set(['1', '2', '3', '4']));
    const { rows } = await sql<{ text: string }>`select text from audit_checkpoints order by number`.execute(
      store.db,
    );
    expect(JSON.parse(got.at(-1)?.body ?? '').checkpoint.text).toBe(rows.at(-1)?.text);
  });

  it('has a URL that is in no log and no table', async () => {
    const timer = toWebhook();
    status = 500;
    await later();
    await timer.tick();
    status = 200;
    await timer.tick();
    const { rows } = await sql<{ anchor: string }>`select anchor from audit_anchored`.execute(store.db);
    expect(rows).toHaveLength(1);
    expect(JSON.stringify([rows, means.logged])).not.toContain('secret-token');
  });

  it('is reached over https, or on this machine', () => {
    for (const good of [
      'https://example.com/x',
      'http://127.0.0.1:9/x',
      'http://localhost/x',
      'http://[::1]:1/',
    ])
      expect(isAnchorUrl(good), good).toBe(true);
    for (const bad of [
      'http://example.com',
      'http://127.0.0.1.example.com',
      'ftp://localhost',
      'file:///x',
      'x',
      '',
    ])
      expect(isAnchorUrl(bad), bad).toBe(false);
  });
});
