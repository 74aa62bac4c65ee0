// The conformance suite on Deno, on Postgres over TCP.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, inject, it } from 'vitest';
import { freshDatabase } from '../kit/postgres.ts';
import type { Running as Process } from '../kit/process.ts';
import { startProcess } from '../kit/process.ts';
import { startUpstream } from '../kit/upstream.ts';
import { begin, hello, setupText } from './conformance/target.ts';
import type { Running } from './conformance.ts';
import { conforms, SETTINGS } from './conformance.ts';

const DONE = 'data: [DONE]\n\n';
const ROOT = join(import.meta.dirname, '../..');
const DENO = join(dirname(createRequire(import.meta.url).resolve('deno/package.json')), 'deno');
/** What a production start is given; it may write nothing and run nothing. */
const FLAGS = ['run', '--allow-net', '--allow-env', '--allow-read', '--allow-write', '--allow-sys'];

const startDeno = (env: Readonly<Record<string, string>>): Promise<Process> =>
  startProcess(
    [...FLAGS, 'src/runtimes/deno.ts'],
    { DENO_NO_UPDATE_CHECK: '1', GATEHOUSE_PORT: '0', ...env },
    {
      command: DENO,
      cwd: ROOT,
      ready: /(http:\/\/127\.0\.0\.1:\d+)\/v1/,
      timeoutMs: 30_000,
    },
  );

/** Deno on a fresh database with this configuration. */
const started = async (setup: string): Promise<{ process: Process; cleanUp(): void }> => {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-deno-'));
  const config = join(folder, 'gatehouse.yaml');
  writeFileSync(config, setup);
  const databaseUrl = await freshDatabase(inject('postgresUrl'));
  const env = { ...SETTINGS, DATABASE_URL: databaseUrl, GATEHOUSE_CONFIG: config };
  return { process: await startDeno(env), cleanUp: () => rmSync(folder, { recursive: true }) };
};

const start = async (setup: string): Promise<Running> => {
  const { process, cleanUp } = await started(setup);
  return {
    url: process.match[1] ?? '',
    stop: async () => {
      expect(await process.stop()).toBe(0);
      cleanUp();
    },
  };
};

conforms(start, { provesUnreachable: true, hearsClose: true, compresses: false });

it('without a database it says so and ends', async () => {
  await expect(startDeno(SETTINGS)).rejects.toThrow(/the process ended \(1\)[\s\S]*DATABASE_URL: needed/);
});

it('told to stop, it lets the reply under way end first', async () => {
  const upstream = await startUpstream(() => ({ sse: [...Array(10).fill(': word\n\n'), DONE], delayMs: 50 }));
  const { process, cleanUp } = await started(setupText(upstream.url, 9));
  const call = begin({ url: process.match[1] ?? '' }, { body: { ...hello, stream: true } });
  expect((await call.head).status).toBe(200);
  process.kill('SIGTERM');
  const reply = await call.done;
  expect([reply.complete, reply.text.endsWith(DONE)]).toEqual([true, true]);
  expect(await process.exited).toEqual({ code: 0, signal: null });
  cleanUp();
  await upstream.stop();
});
