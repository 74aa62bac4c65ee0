// What is measured, and how each is started. Whatever is started goes on one list and is stopped from there.
import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir, userInfo } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import type { Running } from '../../test/kit/process.ts';
import { freePort, startProcess } from '../../test/kit/process.ts';
import { bundleOptions, ROOT } from '../bundle/options.ts';
import { packsBeside } from '../bundle/packs.ts';

/** Something that answers on a port. `pid` leads a group of processes; null: not measured itself. */
export type Subject = {
  readonly name: string;
  readonly port: number;
  readonly pid: number | null;
  readonly headers: Readonly<Record<string, string>>;
  /** Whether Postgres works for it. */
  readonly usesPostgres?: boolean;
  /** Whether it is as fast on the first request as on any. */
  readonly cold?: boolean;
};

/** All that runs for one bench. */
export type Stage = {
  readonly folder: string;
  /** Makes an empty database and gives its address. */
  readonly database: () => Promise<string>;
  readonly running: Running[];
  /** Hears of each process that was started. */
  readonly onStarted: (running: Running) => void;
};

/** The gateway's server and fetch port with nothing between them. */
export const PARTS = 'its parts, no steps';
const HULL_NAMES: Readonly<Record<string, string>> = { none: PARTS, nothing: 'all its steps' };

const HERE = import.meta.dirname;
const NGINX_PLACES = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/usr/local/sbin'];
/** Pinned, so that two runs compare against the same thing; with a later @hono/node-server its streams answer 500. */
const PORTKEY = {
  private: true,
  dependencies: { '@portkey-ai/gateway': '1.15.2' },
  overrides: { '@hono/node-server': '1.13.8' },
};
const INSTALL_MS = 180_000;
const READY = /listening on (\d+)/;
/** Node's flags as the start script has them; the image's are the same. */
export const NODE_FLAGS: readonly string[] = (
  JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { scripts: { start: string } }
).scripts.start
  .split(' ')
  .filter((word) => word.startsWith('--'));

const begin = async (stage: Stage, ...args: Parameters<typeof startProcess>): Promise<Running> => {
  const running = await startProcess(...args);
  stage.running.push(running);
  stage.onStarted(running);
  return running;
};

/** A script of the bench's own, as a process. */
export const script = async (
  stage: Stage,
  file: string,
  args: readonly string[] = [],
  env: Readonly<Record<string, string>> = {},
  flags: readonly string[] = [],
): Promise<{ readonly running: Running; readonly port: number }> => {
  const running = await begin(stage, [...flags, join(HERE, file), ...args], env, {
    ready: READY,
    timeoutMs: 30_000,
  });
  return { running, port: Number(running.match[1]) };
};

const setup = (upstream: string): string =>
  JSON.stringify({
    teams: [{ name: 'crew' }],
    backends: [{ name: 'lan', provider: 'compatible', url: upstream, zone: 'on_prem' }],
    models: [{ name: 'small', targets: [{ backend: 'lan', model: 'upstream-small' }] }],
    use_cases: [{ name: 'plain', team: 'crew', models: ['small'] }],
    keys: [{ name: 'bench', use_case: 'plain' }],
  });

const settings = async (stage: Stage, upstream: string): Promise<Record<string, string>> => {
  const folder = await mkdtemp(join(stage.folder, 'gateway-'));
  const config = join(folder, 'gatehouse.yaml');
  await writeFile(config, setup(upstream));
  return {
    DATABASE_URL: await stage.database(),
    GATEHOUSE_SECRET: 'bench-root-secret-0123456789-0123456789',
    GATEHOUSE_CONFIG: config,
    GATEHOUSE_DATA: join(folder, 'data'),
    GATEHOUSE_PORT: '0',
    GATEHOUSE_LOG: 'error',
    NODE_ENV: 'production',
  };
};

/** Bundles the gateway as the image has it. */
export const bundle = async (stage: Stage): Promise<string> => {
  const folder = join(stage.folder, 'bundle');
  await build(bundleOptions('src/cli/main.ts', folder, 'gatehouse'));
  await packsBeside(folder);
  return join(folder, 'gatehouse.mjs');
};

/** The product: the bundle, on Postgres, with every control there is. */
export const gateway = async (
  stage: Stage,
  upstream: string,
  file: string,
  options: { readonly name?: string; readonly flags?: readonly string[] } = {},
): Promise<Subject> => {
  const { name = 'gatehouse', flags = NODE_FLAGS } = options;
  const running = await begin(stage, [...flags, file, 'start', '--json'], await settings(stage, upstream), {
    ready: /^\{[\s\S]*^\}$/m,
    timeoutMs: 30_000,
  });
  const told = JSON.parse(running.match[0]) as { url: string; minted: { key: string }[] }; // our own command's output
  const key = told.minted[0]?.key ?? '';
  return {
    name,
    port: Number(new URL(told.url).port),
    pid: running.pid,
    headers: { authorization: `Bearer ${key}` },
    usesPostgres: true,
  };
};

/** Bundles a subject of the bench's own as the gateway is bundled: from its sources it would hold more memory than that itself. */
const ownBundle = async (stage: Stage, name: string): Promise<string> => {
  const folder = join(stage.folder, name);
  const file = join(folder, `${name}.mjs`);
  if (!existsSync(file)) {
    await build(bundleOptions(join(HERE, `${name}.ts`), folder, name));
    await packsBeside(folder);
  }
  return file;
};

/** The gateway's parts with no step (`none`), or its steps less some controls (`nothing`, or `auth`, `scope`, `record`). */
export const hull = async (
  stage: Stage,
  upstream: string,
  without: string,
  flags: readonly string[] = NODE_FLAGS,
): Promise<Subject> => {
  const env = without === 'none' ? {} : await settings(stage, upstream);
  const running = await begin(stage, [...flags, await ownBundle(stage, 'hull'), upstream, without], env, {
    ready: READY,
    timeoutMs: 30_000,
  });
  return {
    name: HULL_NAMES[without] ?? `its steps without ${without}`,
    ...placeOf(running),
    usesPostgres: without !== 'none' && !without.includes('record'),
  };
};

/** Where a subject of our own listens, and the key that it minted. */
const placeOf = (running: Running): Pick<Subject, 'port' | 'pid' | 'headers'> => {
  const key = /^key (\S+)$/m.exec(running.stdout())?.[1];
  return {
    port: Number(running.match[1]),
    pid: running.pid,
    headers: key === undefined ? {} : { authorization: `Bearer ${key}` },
  };
};

/** The whole gateway with its audit, or with a spool that keeps nothing. */
export const audited = async (stage: Stage, upstream: string, audit: 'on' | 'off'): Promise<Subject> => {
  const file = await ownBundle(stage, 'audit-gateway');
  const running = await begin(stage, [...NODE_FLAGS, file, audit], await settings(stage, upstream), {
    ready: READY,
    timeoutMs: 30_000,
  });
  return { name: `audit ${audit}`, ...placeOf(running), usesPostgres: true };
};

/** Runs a script of the bench's own to its end; what it told, as its last line says it. */
export const told = async (
  stage: Stage,
  file: string,
  args: readonly string[],
  flags: readonly string[],
  timeoutMs: number,
): Promise<unknown> => {
  const options = { ready: /^told (.+)$/m, timeoutMs };
  const running = await begin(stage, [...flags, join(HERE, file), ...args], {}, options);
  await running.exited;
  return JSON.parse(running.match[1] ?? '');
};

/** Hono and the global fetch. */
export const passThrough = async (stage: Stage, upstream: string): Promise<Subject> => {
  const { running, port } = await script(stage, 'pass-through.ts', [upstream]);
  return { name: 'bare hono', port, pid: running.pid, headers: {} };
};

/** One worker, connections to the upstream kept, nothing written; or why it cannot be measured. */
export const nginx = async (stage: Stage, upstream: string): Promise<Subject | string> => {
  const command = NGINX_PLACES.map((place) => join(place, 'nginx')).find((path) => existsSync(path));
  if (command === undefined) return 'not installed';
  const folder = await mkdtemp(join(stage.folder, 'nginx-'));
  const port = await freePort();
  const { uid, username } = userInfo();
  const conf = `
    ${uid === 0 ? `user ${username};` : ''}
    daemon off; worker_processes 1; pid ${folder}/pid; error_log stderr notice;
    events { worker_connections 4096; }
    http {
      access_log off; tcp_nodelay on; client_max_body_size 16m; client_body_buffer_size 512k;
      keepalive_requests 100000000; keepalive_timeout 75s;
      ${['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((name) => `${name}_temp_path ${folder}/${name};`).join(' ')}
      upstream up { server ${new URL(upstream).host}; keepalive 1024; keepalive_requests 100000000; }
      server {
        listen 127.0.0.1:${port};
        location / {
          proxy_pass http://up; proxy_http_version 1.1; proxy_set_header Connection ""; proxy_buffering off;
        }
      }
    }`;
  await writeFile(join(folder, 'nginx.conf'), conf);
  const running = await begin(
    stage,
    ['-p', folder, '-c', join(folder, 'nginx.conf'), '-e', 'stderr'],
    {},
    {
      command,
      ready: /start worker process \d/,
    },
  );
  return { name: 'nginx', port, pid: running.pid, headers: {}, cold: true };
};

/** Portkey's open gateway, installed in a folder of the system's temporary ones that is used again. */
export const portkey = async (stage: Stage, upstream: string): Promise<Subject> => {
  const versions = [...Object.values(PORTKEY.dependencies), ...Object.values(PORTKEY.overrides)];
  const home = join(tmpdir(), ['gatehouse-bench-portkey', ...versions].join('-'));
  const file = join(home, 'node_modules/@portkey-ai/gateway/build/start-server.js');
  if (!existsSync(file)) {
    await mkdir(home, { recursive: true });
    await writeFile(join(home, 'package.json'), JSON.stringify(PORTKEY));
    const install = ['install', '--no-audit', '--no-fund', '--ignore-scripts'];
    await promisify(execFile)('npm', install, { cwd: home, timeout: INSTALL_MS });
  }
  const port = await freePort();
  const running = await begin(
    stage,
    [file, `--port=${port}`, '--headless'],
    { NODE_ENV: 'production' },
    { ready: /running at/, timeoutMs: 20_000, cwd: home },
  );
  return {
    name: 'portkey',
    port,
    pid: running.pid,
    headers: {
      authorization: 'Bearer bench',
      'x-portkey-provider': 'openai',
      'x-portkey-custom-host': `${upstream}/v1`,
    },
  };
};

/** Stops all that was started, last first, and removes the stage's folder. */
export const strike = async (stage: Stage): Promise<void> => {
  for (const running of stage.running.splice(0).reverse()) await running.stop(2_000).catch(() => undefined);
  await rm(stage.folder, { recursive: true, force: true });
};
