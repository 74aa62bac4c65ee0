import type { ChildProcess } from 'node:child_process';
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { entrypoint, ROOT } from './image.ts';

/** The bundle is read whole at each start; four times today's size is a dependency nobody meant to ship. */
const MAX_BUNDLE_BYTES = 4 * 1024 * 1024;
/** A first start on a busy machine makes a database: seconds, not minutes. */
const READY_MS = 60_000;
const BUILD_MS = 60_000;

const temporary = mkdtempSync(join(tmpdir(), 'gatehouse-bundle-'));
const out = join(temporary, 'out');
const PATH = [dirname(process.execPath), process.env.PATH ?? ''].join(delimiter);
let child: ChildProcess | undefined;

beforeAll(() => {
  execFileSync('sh', [join(ROOT, 'docker/build.sh'), out], {
    env: { PATH },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
}, BUILD_MS);
afterAll(() => {
  child?.kill('SIGKILL');
  rmSync(temporary, { recursive: true });
});

const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
};

/** Starts the image's command on `port`; resolves with the child when it says where it listens. */
const start = async (port: number): Promise<ChildProcess> => {
  const started = spawn(process.execPath, [...entrypoint.slice(1, -1), join(out, 'gatehouse.mjs'), 'start'], {
    cwd: out,
    env: { PATH, GATEHOUSE_DATA: join(temporary, 'data'), GATEHOUSE_PORT: String(port) },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  child = started;
  let said = '';
  await new Promise<void>((resolve, reject) => {
    const hear = (chunk: Buffer): void => {
      said += chunk.toString('utf8');
      if (said.includes(`http://127.0.0.1:${port}`)) resolve();
    };
    started.stdout.on('data', hear);
    started.stderr.on('data', hear);
    started.once('exit', (code) => reject(new Error(`exit ${code} before it was ready:\n${said}`)));
    setTimeout(() => reject(new Error(`not ready in ${READY_MS} ms:\n${said}`)), READY_MS).unref();
  });
  return started;
};

it('is one file and its parts, small, beside the embedded database and nothing that only development needs', () => {
  expect(process.versions.node).toMatch(/^24\./);
  const files = ['gatehouse.mjs', ...readdirSync(join(out, 'parts')).map((name) => join('parts', name))];
  const bytes = files.reduce((sum, name) => sum + statSync(join(out, name)).size, 0);
  expect(bytes).toBeLessThan(MAX_BUNDLE_BYTES);
  expect(readdirSync(join(out, 'node_modules'))).toEqual(['@electric-sql']);
  expect(existsSync(join(out, 'LICENSE'))).toBe(true);
  for (const name of ['src', 'test', 'package.json']) expect(existsSync(join(out, name))).toBe(false);
});

it('starts, is well, and stops when it is told', { timeout: READY_MS + 20_000 }, async () => {
  const port = await freePort();
  const started = await start(port);
  const reply = await fetch(`http://127.0.0.1:${port}/healthz`);
  await reply.body?.cancel();
  expect(reply.status).toBe(200);
  const exit = once(started, 'exit');
  started.kill('SIGTERM');
  expect(await exit).toEqual([0, null]);
});
