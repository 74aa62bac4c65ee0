// A gateway as a process of its own, on a folder and a port that it keeps over every restart.
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Running } from '../../test/kit/process.ts';
import { freePort, startProcess } from '../../test/kit/process.ts';

const ROOT = join(import.meta.dirname, '../..');
const START_MS = 30_000;
const STOP_MS = 45_000;

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
  readonly port: number;
  readonly folder: string;
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
};

/** A replica that is not started yet. */
export const replicaOf = async (
  name: string,
  folder: string,
  env: Readonly<Record<string, string>>,
): Promise<Replica> => {
  const port = await freePort();
  let running: Running | undefined;
  let log = '';
  const own = {
    ...env,
    GATEHOUSE_PORT: String(port),
    GATEHOUSE_DATA: folder,
    GATEHOUSE_URL: `http://127.0.0.1:${port}`,
  };
  const ended = async (): Promise<void> => {
    log += running?.stderr() ?? '';
    running = undefined;
  };
  return {
    name,
    port,
    folder,
    start: async () => {
      running = await startProcess(['--liftoff-only', 'src/cli/main.ts', 'start'], own, {
        ready: /Gatehouse is ready/,
        timeoutMs: START_MS,
        cwd: ROOT,
      });
    },
    kill: async () => {
      running?.kill('SIGKILL');
      await running?.exited;
      await ended();
    },
    stop: async () => {
      const code = (await running?.stop(STOP_MS)) ?? null;
      await ended();
      return code;
    },
    ready: async () => {
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
        return { status: 0, database: '', waitingEntries: 0, refuses: null };
      }
    },
    command: async (args) => {
      const command = await startProcess(['src/cli/main.ts', ...args], own, { ready: /^/, cwd: ROOT });
      const { code } = await command.exited;
      if (code !== 0) throw new Error(`gatehouse ${args.join(' ')}: ${command.stderr() || command.stdout()}`);
      return command.stdout();
    },
    log: () => log + (running?.stderr() ?? ''),
  };
};

/** Waits until Postgres has everything; false: it did not come to that in time. */
export const caughtUp = async (replica: Replica, withinMs: number): Promise<boolean> => {
  for (const until = Date.now() + withinMs; Date.now() < until; await sleep(100)) {
    const { status, waitingEntries } = await replica.ready();
    if (status === 200 && waitingEntries === 0) return true;
  }
  return false;
};
