/**
 * Child processes for tests: started in a group of their own, ended as a group, never left behind.
 */
import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { connect, createServer } from 'node:net';

/** How a process ended: exactly one of the two is set. */
export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** A process that printed its ready line. */
export interface Running {
  readonly pid: number;
  /** What the ready pattern matched, with its groups. */
  readonly match: RegExpMatchArray;
  /** Everything printed so far. */
  stdout(): string;
  stderr(): string;
  /** Settles when the process has ended and its output is read to the end. */
  readonly exited: Promise<Exit>;
  /** Sends a signal to the process alone (not to its group). */
  kill(signal: NodeJS.Signals): void;
  /** Resolves when either stream matches the pattern; rejects when the process ends first or time runs out. */
  waitFor(pattern: RegExp, timeoutMs?: number): Promise<RegExpMatchArray>;
  /** SIGTERM to the whole group, SIGKILL after `graceMs`; gives the exit code (null when a signal ended it). */
  stop(graceMs?: number): Promise<number | null>;
}

/** How to start a process and tell that it is ready. */
export interface StartOptions {
  /** Looked for in stdout, then in stderr. */
  readonly ready: RegExp;
  /** Default 10 s. */
  readonly timeoutMs?: number;
  /** Another binary than the Node that runs the test. */
  readonly command?: string;
  readonly cwd?: string;
}

/** Only these pass from the test runner: its own NODE_ENV, NODE_OPTIONS and VITEST_* must not reach the child. */
const INHERITED = ['PATH', 'HOME', 'TMPDIR', 'LANG', 'TZ'] as const;

/**
 * Starts a program (Node unless `command` says otherwise) with a small, clean environment plus `env`,
 * and waits for its ready line. Rejects, with the output, when it ends or stays silent instead.
 */
export async function startProcess(
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  options: StartOptions,
): Promise<Running> {
  const child = spawn(options.command ?? process.execPath, [...args], {
    // Its own group, so that stop() also reaches what the process itself started.
    detached: true,
    env: { ...inherited(), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
  });
  const output = collect(child);
  const exited = exitOf(child);
  const pid = child.pid;
  // Without a pid the spawn itself failed, and `exited` carries the reason.
  if (pid === undefined) throw await exited.then(() => new Error('no process started'));
  const guard = watchdog('kill -s KILL -- "-$1" 2>/dev/null', String(pid));
  void exited.finally(() => {
    // Whatever outlived the leader goes with it.
    signalGroup(pid, 'SIGKILL');
    guard.release();
  });
  const waitFor = (pattern: RegExp, timeoutMs = 10_000): Promise<RegExpMatchArray> =>
    output.waitFor(pattern, timeoutMs, exited);
  const stop = async (graceMs = 5_000): Promise<number | null> => {
    signalGroup(pid, 'SIGTERM');
    const timer = setTimeout(() => signalGroup(pid, 'SIGKILL'), graceMs);
    const { code } = await exited;
    clearTimeout(timer);
    return code;
  };
  try {
    const match = await waitFor(options.ready, options.timeoutMs);
    const kill = (signal: NodeJS.Signals): void => void child.kill(signal);
    return { pid, match, stdout: output.stdout, stderr: output.stderr, exited, kill, waitFor, stop };
  } catch (error) {
    await stop(500);
    throw error;
  }
}

/** A port of 127.0.0.1 that was free a moment ago. Another process may take it first: be ready to try again. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => {
        if (address !== null && typeof address === 'object') resolve(address.port);
        else reject(new Error('no port given'));
      });
    });
  });
}

/**
 * Keeps a port of 127.0.0.1 from being given to others as a free one while whose it is does not run. Whoever connects to it is
 * refused. Resolves with what lets it go.
 */
export async function holdPort(port: number): Promise<() => Promise<void>> {
  // The near end of a connection takes a port without listening on it.
  const far = createServer((socket) => socket.on('error', () => undefined));
  await new Promise<void>((resolve) => far.listen(0, '127.0.0.1', resolve));
  const address = far.address();
  if (address === null || typeof address !== 'object') throw new Error('no port given');
  const holder = connect({
    host: '127.0.0.1',
    port: address.port,
    localAddress: '127.0.0.1',
    localPort: port,
  });
  try {
    await once(holder, 'connect');
  } catch (error) {
    far.close();
    throw error;
  }
  holder.on('error', () => undefined);
  far.unref();
  holder.unref();
  return async () => {
    const closed = once(holder, 'close');
    // A reset leaves nothing behind that would wait on the port.
    holder.resetAndDestroy();
    await closed;
    far.close();
  };
}

/**
 * Runs a shell script once this process is gone, however it ended (even by SIGKILL, which no handler sees):
 * the script waits on a pipe that only this process holds open. `release` calls it off.
 */
export function watchdog(script: string, ...args: string[]): { release(): void } {
  const shell = spawn(
    '/bin/sh',
    ['-c', `trap '' HUP INT TERM; while read -r _; do :; done; ${script}`, 'watchdog', ...args],
    {
      detached: true,
      stdio: ['pipe', 'ignore', 'ignore'],
    },
  );
  shell.once('error', () => undefined);
  shell.unref();
  // Neither the process nor its pipe may keep the test runner alive. The pipe is a socket, whatever its type says.
  (shell.stdin as unknown as Socket).unref();
  return { release: () => void shell.kill('SIGKILL') };
}

function inherited(): Record<string, string> {
  const env: Record<string, string> = {};
  for (const name of INHERITED) {
    const value = process.env[name];
    if (value !== undefined) env[name] = value;
  }
  return env;
}

function exitOf(child: ChildProcess): Promise<Exit> {
  const exit = new Promise<Exit>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => resolve({ code, signal }));
    // A grandchild that keeps the output open would hold back 'close' for ever: it is ended with the leader.
    child.once('exit', () => {
      if (child.pid !== undefined) signalGroup(child.pid, 'SIGKILL');
    });
  });
  exit.catch(() => undefined);
  return exit;
}

function signalGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch {
    // The group is gone already.
  }
}

interface Output {
  stdout(): string;
  stderr(): string;
  waitFor(pattern: RegExp, timeoutMs: number, exited: Promise<Exit>): Promise<RegExpMatchArray>;
}

function collect(child: ChildProcess): Output {
  const text = { stdout: '', stderr: '' };
  const watchers = new Set<() => void>();
  for (const name of ['stdout', 'stderr'] as const) {
    child[name]?.setEncoding('utf8').on('data', (piece: string) => {
      text[name] += piece;
      for (const look of watchers) look();
    });
  }
  const shown = (): string =>
    `\n--- stdout\n${text.stdout.slice(-4000)}\n--- stderr\n${text.stderr.slice(-4000)}`;
  const waitFor: Output['waitFor'] = (pattern, timeoutMs, exited) =>
    new Promise((resolve, reject) => {
      const look = (): void => {
        const match = text.stdout.match(pattern) ?? text.stderr.match(pattern);
        if (match !== null) end(() => resolve(match));
      };
      const fail = (why: string): void => end(() => reject(new Error(`${why} before ${pattern}${shown()}`)));
      const timer = setTimeout(() => fail(`${timeoutMs} ms passed`), timeoutMs);
      const end = (settle: () => void): void => {
        clearTimeout(timer);
        watchers.delete(look);
        settle();
      };
      watchers.add(look);
      exited.then(
        ({ code, signal }) => fail(`the process ended (${code ?? signal})`),
        (error: unknown) => end(() => reject(error)),
      );
      look();
    });
  return { stdout: () => text.stdout, stderr: () => text.stderr, waitFor };
}
