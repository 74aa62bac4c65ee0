/**
 * The command line as a person runs it: a process of its own, with nothing of the test runner's environment.
 */
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

export const MAIN: string = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url));

/** How a command ended and what it said. */
export interface Said {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A process that may be killed before it ends. */
export interface Command {
  readonly ended: Promise<Said>;
  kill(signal: NodeJS.Signals): void;
}

/** Starts `gatehouse <args>`; only `env` and PATH are in its environment. */
export const gatehouseCommand = (
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
  cwd?: string,
): Command => nodeCommand([MAIN, ...args], env, cwd);

/** Starts a program on the Node that runs the test. */
export const nodeCommand = (
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
  cwd?: string,
): Command => {
  const child = spawn(process.execPath, ['--liftoff-only', ...args], {
    env: { PATH: process.env['PATH'] ?? '', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(cwd === undefined ? {} : { cwd }),
  });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (piece: string) => (stdout += piece));
  child.stderr.setEncoding('utf8').on('data', (piece: string) => (stderr += piece));
  const ended = new Promise<Said>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, stdout, stderr }));
  });
  return { ended, kill: (signal) => void child.kill(signal) };
};

/** Runs `gatehouse <args>` to its end. */
export const gatehouse = (
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
  cwd?: string,
): Promise<Said> => gatehouseCommand(args, env, cwd).ended;
