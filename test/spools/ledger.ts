// What file spools are tested against: a ledger that keeps chains as audit_append does, and a disk that fails on demand.
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { Link } from '../../src/audit/chain.ts';
import { GENESIS, headOf, linkHash, placeIn } from '../../src/audit/chain.ts';
import type { Entry, EntryKind } from '../../src/audit/record.ts';
import type { FileSpool, FileSpoolMeans } from '../../src/spools/file.ts';
import { fileSpool } from '../../src/spools/file.ts';
import type { Disk } from '../../src/spools/file-disk.ts';
import { machineDisk } from '../../src/spools/file-disk.ts';

export const sha256 = (data: Uint8Array | string): string => createHash('sha256').update(data).digest('hex');

/** A folder of its own, gone after the test. */
export const freshFolder = (): string => {
  const parent = mkdtempSync(join(tmpdir(), 'gatehouse-spool-'));
  onTestFinished(() => rmSync(parent, { recursive: true, force: true }));
  return join(parent, 'data', 'spool');
};

/** A Postgres in memory: chains by writer, appended as `audit_append` does it. */
export class Ledger {
  readonly chains = new Map<string, Link[]>();
  /** While set, nothing gets through. */
  away = false;
  /** Called before each append. */
  before: () => void | Promise<void> = () => undefined;
  calls = 0;

  of(writer: string): Link[] {
    const chain = this.chains.get(writer) ?? [];
    this.chains.set(writer, chain);
    return chain;
  }

  readonly ship = async (writer: string, links: readonly Link[]): Promise<void> => {
    this.calls++;
    await this.before();
    if (this.away) throw new Error('away');
    const chain = this.of(writer);
    for (const link of links) {
      const head = chain.at(-1) ?? GENESIS;
      if (link.seq <= head.seq) continue;
      if (link.seq !== head.seq + 1 || link.hash !== linkHash(sha256, head.hash, link.text)) {
        throw Object.assign(new Error(`entry ${link.seq} does not follow on ${head.seq}`), { code: '23505' });
      }
      chain.push(link);
    }
  };

  readonly head = async (writer: string) => {
    const last = this.of(writer).at(-1);
    return last === undefined ? undefined : headOf(last);
  };

  /** The exchanges of a chain, in order. */
  exchanges(writer: string): (string | null | undefined)[] {
    return this.of(writer).map(({ text }) => placeIn(text)?.exchange);
  }
}

let writers = 0;

/** Opens a spool on a folder and a ledger. */
export const openSpool = (
  folder: string,
  ledger: Ledger,
  more: Partial<FileSpoolMeans> = {},
): Promise<FileSpool> =>
  fileSpool({
    folder,
    newWriter: () => `wr_TEST${String(++writers).padStart(8, '0')}`,
    sha256,
    now: Date.now,
    log: () => undefined,
    shippedHead: ledger.head,
    ship: ledger.ship,
    limitBytes: 64 * 1024 * 1024,
    limitAgeMs: 3_600_000,
    ...more,
  });

/** An entry about an exchange. */
export const entryOf = (
  exchange: string | null,
  kind: EntryKind = 'open',
  body: Entry['body'] = {},
): Entry => ({
  kind,
  exchange,
  atMs: Date.now(),
  body,
});

export type Trouble = 'write' | 'half' | 'sync' | 'truncate' | 'create';

/** The machine's disk, but what is named in `troubles` fails. */
export const troubledDisk = (): { readonly disk: Disk; readonly troubles: Set<Trouble> } => {
  const troubles = new Set<Trouble>();
  const fail = (code: string): never => {
    throw Object.assign(new Error(`${code}: no`), { code });
  };
  const disk: Disk = {
    create: async (path) => {
      if (troubles.has('create')) fail('ENOSPC');
      const file = await machineDisk.create(path);
      return {
        write: async (bytes, at) => {
          if (troubles.has('half')) await file.write(bytes.subarray(0, Math.ceil(bytes.length / 2)), at);
          if (troubles.has('write') || troubles.has('half')) fail('ENOSPC');
          // A disk may take less than it is given.
          return file.write(bytes.subarray(0, Math.ceil(bytes.length / 3)), at);
        },
        sync: async () => {
          if (troubles.has('sync')) fail('EIO');
          await file.sync();
        },
        truncate: async (length) => {
          if (troubles.has('truncate')) fail('EIO');
          await file.truncate(length);
        },
        close: () => file.close(),
      };
    },
  };
  return { disk, troubles };
};
