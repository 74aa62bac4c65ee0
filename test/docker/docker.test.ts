import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import * as z from 'zod';
import { entrypoint, instructions, ROOT } from './image.ts';

const temporary = mkdtempSync(join(tmpdir(), 'gatehouse-'));
afterAll(() => rmSync(temporary, { recursive: true }));

const Service = z.object({
  image: z.string(),
  read_only: z.boolean().optional(),
  privileged: z.boolean().optional(),
  cap_drop: z.array(z.string()).optional(),
  cap_add: z.array(z.string()).optional(),
  security_opt: z.array(z.string()).optional(),
  user: z.string().optional(),
  profiles: z.array(z.string()).optional(),
  environment: z.record(z.string(), z.string()).optional(),
  healthcheck: z.object({ test: z.array(z.string()).optional(), disable: z.boolean().optional() }).optional(),
  depends_on: z.record(z.string(), z.object({ condition: z.string() })).optional(),
  ports: z.array(z.string()).optional(),
  networks: z.array(z.string()).optional(),
  tmpfs: z.array(z.string()).optional(),
  volumes: z.array(z.string()).optional(),
  entrypoint: z.array(z.string()).optional(),
  command: z.array(z.string()).optional(),
});
const text = readFileSync(join(ROOT, 'docker/compose.yaml'), 'utf8');
const compose = z
  .object({
    services: z.record(z.string(), Service),
    networks: z.record(z.string(), z.object({ internal: z.boolean().optional() })),
  })
  .parse(parse(text, { merge: true }));
const services = Object.entries(compose.services);
/** The volume that holds the way to become the database's owner. */
const isOwners = (volume: string): boolean => volume.startsWith('secrets:');

describe('secrets.sh', () => {
  const make = (name: string): { said: string; owner: string; gateway: string } => {
    const [owner, gateway] = [join(temporary, name, 'owner'), join(temporary, name, 'gateway')];
    const script = join(ROOT, 'docker/secrets.sh');
    return { said: execFileSync('sh', [script, owner, gateway], { encoding: 'utf8' }), owner, gateway };
  };
  const read = (folder: string): Readonly<Record<string, string>> =>
    Object.fromEntries(readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), 'utf8')]));
  const modeOf = (path: string): number => statSync(path).mode & 0o777;

  it('makes every secret long, random, on one line and readable by those who need it', () => {
    const { said, owner } = make('once');
    const made = read(owner);
    const random = ['admin-token', 'database-password', 'gateway-password', 'root-key'];
    expect(Object.keys(made).toSorted()).toEqual([...random, 'database-url'].toSorted());
    const hex = random.map((name) => made[name] ?? '');
    for (const secret of hex) expect(secret).toMatch(/^[0-9a-f]{64}$/);
    expect(new Set(hex).size).toBe(4);
    expect(made['database-url']).toBe(
      `postgres://gatehouse:${made['database-password']}@postgres:5432/gatehouse`,
    );
    for (const name of ['root-key', 'admin-token', 'database-url', 'gateway-password'])
      expect(modeOf(join(owner, name))).toBe(0o400);
    expect(modeOf(join(owner, 'database-password'))).toBe(0o440);
    for (const secret of hex) expect(said).not.toContain(secret);
  });
  it("gives the gateway its own login, and nothing of the owner's", () => {
    const { owner, gateway } = make('given');
    const [all, given] = [read(owner), read(gateway)];
    expect(given).toEqual({
      'root-key': all['root-key'],
      'admin-token': all['admin-token'],
      'database-url': `postgres://gatehouse_gateway:${all['gateway-password']}@postgres:5432/gatehouse`,
    });
    expect(JSON.stringify(given)).not.toContain(all['database-password']);
    for (const name of Object.keys(given)) expect(modeOf(join(gateway, name))).toBe(0o400);
  });
  it('leaves what exists as it is when it runs again', () => {
    const { owner, gateway } = make('twice');
    const before = [read(owner), read(gateway)];
    make('twice');
    expect([read(owner), read(gateway)]).toEqual(before);
  });
  it('makes what is missing, and the address fits the password that was kept', () => {
    const { owner } = make('missing');
    const before = read(owner);
    for (const name of ['database-url', 'admin-token']) rmSync(join(owner, name));
    make('missing');
    const after = read(owner);
    expect({ ...after, 'admin-token': '' }).toEqual({ ...before, 'admin-token': '' });
    expect(after['admin-token']).not.toBe(before['admin-token']);
  });
  it("takes over a deployment that had one folder, and changes the gateway's password when it is removed", () => {
    const { owner, gateway } = make('taken');
    const before = read(owner);
    rmSync(join(owner, 'gateway-password'));
    rmSync(gateway, { recursive: true });
    make('taken');
    const after = read(owner);
    expect({ ...after, 'gateway-password': '' }).toEqual({ ...before, 'gateway-password': '' });
    expect(after['gateway-password']).not.toBe(before['gateway-password']);
    expect(read(gateway)['database-url']).toContain(`:${after['gateway-password']}@`);
    rmSync(join(owner, 'gateway-password'));
    make('taken');
    expect(read(gateway)['database-url']).toContain(`:${read(owner)['gateway-password']}@`);
    expect(readdirSync(gateway)).toHaveLength(3);
  });
  it('differs from deployment to deployment', () => {
    expect(read(make('one').owner)['root-key']).not.toBe(read(make('other').owner)['root-key']);
  });
});

describe('compose.yaml', () => {
  it('holds no password: secrets come as files from the volume they were made in', () => {
    for (const [name, { environment = {}, volumes = [] }] of services) {
      const secret = Object.entries(environment).filter(([key]) => /PASSWORD|SECRET|TOKEN|KEY|URL/.test(key));
      for (const [key, value] of secret)
        expect([name, key, value]).toEqual([
          name,
          expect.stringMatching(/_FILE$/),
          expect.stringMatching(/^\/secrets\//),
        ]);
      const mounted = name === 'gateway' ? 'gateway-secrets:/secrets:ro' : 'secrets:/secrets:ro';
      if (secret.length > 0) expect(volumes).toContain(mounted);
    }
    expect(text).not.toMatch(/:\/\/[^/\s]*:[^/\s]*@/);
    expect(text).not.toMatch(/TRUST|HOST_AUTH_METHOD/i);
  });
  it('names only files that secrets.sh makes', () => {
    const script = readFileSync(join(ROOT, 'docker/secrets.sh'), 'utf8');
    const named = services.flatMap(([, { environment = {} }]) =>
      Object.values(environment).filter((value) => value.startsWith('/secrets/')),
    );
    expect(named.length).toBe(6);
    for (const path of named) expect(script).toContain(`keep ${path.slice('/secrets/'.length)} `);
    for (const path of Object.values(compose.services.gateway?.environment ?? {}))
      expect(script).toContain(`give ${path.slice('/secrets/'.length)} `);
    const flags = compose.services.migrate?.command ?? [];
    expect(script).toContain(`keep ${flags.at(-1)?.slice('/secrets/'.length)} `);
  });
  it("has the gateway run without the owner's credential, as a login that the migration makes", () => {
    const { gateway, migrate, secrets } = compose.services;
    expect(gateway?.volumes?.toSorted()).toEqual(['data:/data', 'gateway-secrets:/secrets:ro']);
    expect(services.filter(([, { volumes = [] }]) => volumes.some(isOwners)).map(([name]) => name)).toEqual([
      'secrets',
      'migrate',
      'postgres',
    ]);
    expect(migrate?.command).toEqual([
      ...['migrate', '--app-login', 'gatehouse_gateway'],
      ...['--app-password-file', '/secrets/gateway-password'],
    ]);
    const script = readFileSync(join(ROOT, 'docker/secrets.sh'), 'utf8');
    expect(script).toMatch(/^give database-url "postgres:\/\/gatehouse_gateway:/m);
    expect(migrate?.networks).toEqual(['database']);
    expect(migrate?.ports).toBeUndefined();
    expect(secrets?.entrypoint).toEqual(['sh', '/app/secrets.sh', '/secrets', '/gateway-secrets']);
    expect(secrets?.volumes).toEqual(['secrets:/secrets', 'gateway-secrets:/gateway-secrets']);
  });
  it('locks every container', () => {
    for (const [name, service] of services) {
      expect([name, service.read_only, service.cap_drop, service.cap_add, service.privileged]).toEqual([
        name,
        true,
        ['ALL'],
        undefined,
        undefined,
      ]);
      expect([name, service.security_opt]).toEqual([name, ['no-new-privileges:true']]);
      expect([name, JSON.stringify(service.volumes)]).not.toEqual([
        name,
        expect.stringContaining('docker.sock'),
      ]);
    }
  });
  it('starts in order and knows who is well', () => {
    const { gateway, migrate, postgres, secrets } = compose.services;
    expect(gateway?.depends_on?.migrate?.condition).toBe('service_completed_successfully');
    expect(gateway?.depends_on?.postgres?.condition).toBe('service_healthy');
    expect(migrate?.depends_on?.secrets?.condition).toBe('service_completed_successfully');
    expect(migrate?.depends_on?.postgres?.condition).toBe('service_healthy');
    expect(migrate?.healthcheck?.disable).toBe(true);
    expect(postgres?.depends_on?.secrets?.condition).toBe('service_completed_successfully');
    expect(postgres?.healthcheck?.test?.[1]).toBe('pg_isready');
    expect(secrets?.healthcheck?.disable).toBe(true);
    expect(gateway?.healthcheck).toBeUndefined();
    expect(postgres?.image).toContain('postgres:18');
  });
  it('publishes the gateway alone, on the loopback unless told otherwise; Postgres reaches nothing', () => {
    expect(services.filter(([, { ports }]) => ports !== undefined).map(([name]) => name)).toEqual([
      'gateway',
    ]);
    expect(compose.services.gateway?.ports).toEqual(['${GATEHOUSE_BIND:-127.0.0.1}:8787:8787']);
    const inner = (compose.services.postgres?.networks ?? []).map((name) => compose.networks[name]?.internal);
    expect(inner).toEqual([true]);
  });
  it('brings Ollama only when asked', () => {
    expect(compose.services.ollama?.profiles).toEqual(['ollama']);
    expect(compose.services.gateway?.depends_on).not.toHaveProperty('ollama');
  });
});

describe('Dockerfile', () => {
  const last = instructions.slice(instructions.findLastIndex(({ name }) => name === 'FROM'));
  const only = (name: string): readonly string[] =>
    last.filter((is) => is.name === name).map(({ rest }) => rest);

  it('runs as a user, by number, who is not root', () => {
    const [user] = only('USER').slice(-1);
    expect(user).toMatch(/^[1-9]\d*:[1-9]\d*$/);
  });
  it('asks the gateway itself whether it is well, with nothing but Node', () => {
    const [check] = only('HEALTHCHECK');
    expect(check).toContain('/healthz');
    expect(check).toContain('CMD ["node", "-e",');
    expect(check).not.toMatch(/curl|wget/);
  });
  it('copies only what was built into the image', () => {
    expect(only('COPY')).toEqual(['--from=build /out ./', 'docker/secrets.sh ./']);
    expect(only('ADD')).toEqual([]);
  });
  it('builds with the script that the tests run', () => {
    expect(instructions).toContainEqual({ name: 'RUN', rest: 'sh docker/build.sh /out' });
  });
  it('listens on 8787 of every address, keeps its data in a volume, and holds no secret', () => {
    const env = only('ENV').join(' ');
    for (const pair of ['GATEHOUSE_HOST=0.0.0.0', 'GATEHOUSE_PORT=8787', 'GATEHOUSE_DATA=/data'])
      expect(env).toContain(pair);
    expect(only('EXPOSE')).toEqual(['8787']);
    expect(only('VOLUME')).toEqual(['/data']);
    expect(env).not.toMatch(/SECRET|TOKEN|PASSWORD|DATABASE_URL/);
  });
  it('starts Node with the flags of the start script', () => {
    const { scripts } = z
      .object({ scripts: z.object({ start: z.string() }) })
      .parse(JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')));
    const flags = entrypoint.slice(1, -1);
    expect(flags.length).toBeGreaterThan(0);
    expect(scripts.start).toContain(`node ${flags.join(' ')} `);
  });
});
