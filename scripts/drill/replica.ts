// A gateway as a process of its own, on a folder that it keeps over every restart. Each life has a port of its own: one that
// was free a moment ago could be another's by the time it starts again.
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Running } from '../../test/kit/process.ts';
import { startProcess } from '../../test/kit/process.ts';

const ROOT = join(import.meta.dirname, '../..');
const START_MS = 30_000;
const STOP_MS = 45_000;
/** An export and its verification take a second or two. */
const COMMAND_MS = 60_000;

/** What `/readyz` says. Status 0: nobody answers. */
export type Ready = {
  readonly status: number;
  readonly database: string;
  readonly waitingEntries: number;
  readonly refuses: string | null;
};

/** A gateway that can be killed and started again. */
export type Replica = {
  readonly name: string;
  readonly folder: string;
  /** Where it listens; undefined: it does not live. */
  port(): number | undefined;
  start(): Promise<void>;
  /** SIGKILL: it gets to do nothing more. */
  kill(): Promise<void>;
  /** SIGTERM; gives the exit code. */
  stop(): Promise<number | null>;
  ready(): Promise<Ready>;
  /** Runs the command line against it; rejects unless it ends with 0. */
  command(args: readonly string[]): Promise<string>;
  /** What it wrote to its log, over all its lives. */
  log(): string;
  /** Ends all that it is and began, also what is starting just now. Whatever is asked of it after, rejects. */
  end(): Promise<void>;
};

/** Where its processes' ids are told. */
export type OnStarted = (pid: number) => void;

/** A replica that is not started yet. */
export const replicaOf = (
  name: string,
  folder: string,
  env: Readonly<Record<string, string>>,
  onStarted: OnStarted = () => undefined,
): Replica => {
  const processes = processesOf(name, { ...env, GATEHOUSE_DATA: folder }, onStarted);
  let running: Running | undefined;
  let port: number | undefined;
  let log = '';
  const gone = (): void => {
    log += running?.stderr() ?? '';
    running = undefined;
  };
  const kill = async (): Promise<void> => {
    running?.kill('SIGKILL');
    // At once, so that no client asks there who has not asked yet.
    port = undefined;
    await running?.exited;
    gone();
  };
  return {
    name,
    folder,
    port: () => port,
    start: async () => {
      const args = ['--liftoff-only', 'src/cli/main.ts', 'start'];
      running = await processes.begin(args, { GATEHOUSE_PORT: '0' }, /Gatehouse is ready .*:(\d+)\/v1/);
      port = Number(running.match[1]);
    },
    kill,
    stop: async () => {
      const stopping = running?.stop(STOP_MS);
      port = undefined;
      const code = (await stopping) ?? null;
      gone();
      return code;
    },
    ready: async () => {
      processes.mustGoOn();
      return readyAt(port);
    },
    command: async (args) => {
      const at = { GATEHOUSE_URL: `http://127.0.0.1:${port}` };
      const command = await processes.begin(['src/cli/main.ts', ...args], at, /^/);
      const late = setTimeout(() => void command.stop(0), COMMAND_MS);
      const { code } = await command.exited;
      clearTimeout(late);
      if (code !== 0) throw new Error(`gatehouse ${args.join(' ')}: ${command.stderr() || command.stdout()}`);
      return command.stdout();
    },
    log: () => log + (running?.stderr() ?? ''),
    end: async () => {
      const ended = processes.end();
      await kill();
      await ended;
    },
  };
};

/** The processes of one replica: gateway and commands. */
const processesOf = (name: string, env: Readonly<Record<string, string>>, onStarted: OnStarted) => {
  const begun = new Set<Promise<Running>>();
  let over = false;
  const mustGoOn = (): void => {
    if (over) throw new Error(`${name} is over`);
  };
  return {
    mustGoOn,
    begin: async (
      args: readonly string[],
      more: Readonly<Record<string, string>>,
      ready: RegExp,
    ): Promise<Running> => {
      mustGoOn();
      const starting = startProcess(args, { ...env, ...more }, { ready, timeoutMs: START_MS, cwd: ROOT });
      begun.add(starting);
      const forget = (): void => void begun.delete(starting);
      // What does not start has been ended by whoever tried.
      const started = await starting.catch((error: unknown) => {
        forget();
        throw error;
      });
      onStarted(started.pid);
      void started.exited.then(forget, forget);
      return started;
    },
    end: async (): Promise<void> => {
      over = true;
      await Promise.allSettled([...begun].map(async (starting) => (await starting).stop(0)));
    },
  };
};

const NOBODY: Ready = { status: 0, database: '', waitingEntries: 0, refuses: null };

const readyAt = async (port: number | undefined): Promise<Ready> => {
  if (port === undefined) return NOBODY;
  try {
    const reply = await fetch(`http://127.0.0.1:${port}/readyz`, { signal: AbortSignal.timeout(20_000) });
    const body = (await reply.json()) as {
      database?: string;
      audit?: { waiting_entries?: number; refuses?: string | null };
    }; // our own shape
    return {
      status: reply.status,
      database: body.database ?? '',
      waitingEntries: body.audit?.waiting_entries ?? 0,
      refuses: body.audit?.refuses ?? null,
    };
  } catch {
    return NOBODY;
  }
};

const until = async (
  replica: Replica,
  withinMs: number,
  isSo: (ready: Ready) => boolean,
): Promise<boolean> => {
  for (const endMs = Date.now() + withinMs; Date.now() < endMs; await sleep(100)) {
    if (isSo(await replica.ready())) return true;
  }
  return false;
};

/** Waits until Postgres has everything; false: it did not come to that in time. Under load something always waits. */
export const caughtUp = (replica: Replica, withinMs: number): Promise<boolean> =>
  until(replica, withinMs, ({ status, waitingEntries }) => status === 200 && waitingEntries === 0);

/** Waits until it says that it takes requests. */
export const serves = (replica: Replica, withinMs: number): Promise<boolean> =>
  until(replica, withinMs, ({ status }) => status === 200);
