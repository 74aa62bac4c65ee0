// Secrets are sealed to their place and their root, resolved when used, and lead nowhere they may not.
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { hexOf } from '../../src/bytes.ts';
import type { Secrets } from '../../src/ports.ts';
import { SecretMissing } from '../../src/ports.ts';
import { machineReferences } from '../../src/runtimes/references.ts';
import { openSecrets } from '../../src/runtimes/secrets.ts';

const TEXT = 'sk-live-"quoted" é 漢 0123456789';
let folder: string;
let nowMs = 0;
const env: Record<string, string> = {};
const at = (name: string): string => join(folder, name);
const opened = (root: string): Secrets =>
  openSecrets(root, machineReferences(env, at('data')), {
    now: () => nowMs,
    random: (bytes) => new Uint8Array(randomBytes(bytes)),
  });
let secrets: Secrets;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'gatehouse-secrets-'));
  mkdirSync(at('data'));
  mkdirSync(at('other'));
  writeFileSync(at('data/secret'), 'the-root');
  writeFileSync(at('token'), 'the-token');
  Object.assign(env, {
    GATEHOUSE_ADMIN_TOKEN_FILE: at('token'),
    OPENAI: TEXT,
    EMPTY: '',
    PGPASSWORD: 'pg',
    BELL: 'a\u0007b',
  });
});
beforeEach(() => {
  nowMs += 3_600_000;
  secrets = opened('root-one');
});
afterAll(() => rmSync(folder, { recursive: true }));

/** The words of a secret that must not be had. */
const missing = async (work: Promise<string>): Promise<string> => {
  const error = await work.catch((reason: unknown) => reason);
  if (!(error instanceof SecretMissing)) throw new Error(`it was had: ${String(error)}`);
  return error.message;
};

describe('a sealed literal', () => {
  it('opens to the letter, is different each time, and shows nothing of its text', async () => {
    const [one, two] = [await secrets.seal(TEXT, 'backend/a'), await secrets.seal(TEXT, 'backend/a')];
    expect(one).not.toBe(two);
    for (const sealed of [one, two]) {
      expect(sealed).toMatch(/^sealed:v1:[\w+/=]+:[\w+/=]+$/);
      expect(await opened('root-one').resolve(sealed, 'backend/a')).toBe(TEXT);
    }
  });
  it('does not open in another place, under another root, or when a character of it is another', async () => {
    const sealed = await secrets.seal(TEXT, 'backend/a');
    const words = (place: string) =>
      `the secret stored for ${place} does not open with this GATEHOUSE_SECRET`;
    expect(await missing(secrets.resolve(sealed, 'backend/b'))).toBe(words('backend/b'));
    expect(await missing(opened('root-two').resolve(sealed, 'backend/a'))).toBe(words('backend/a'));
    for (let i = 'sealed:v1:'.length; i < sealed.length; i += 7) {
      const other = `${sealed.slice(0, i)}${sealed[i] === 'A' ? 'B' : 'A'}${sealed.slice(i + 1)}`;
      expect(await missing(secrets.resolve(other, 'backend/a'))).toBe(words('backend/a'));
    }
    for (const cut of ['sealed:v1:', 'sealed:v1::', sealed.slice(0, -8)])
      expect(await missing(secrets.resolve(cut, 'backend/a'))).toBe(words('backend/a'));
  });
  it('that opened in its place a moment ago still opens in no other', async () => {
    const sealed = await secrets.seal(TEXT, 'backend/a');
    await secrets.resolve(sealed, 'backend/a');
    await missing(secrets.resolve(sealed, 'backend/b'));
  });
});

describe('a reference', () => {
  it('is resolved when it is used: a changed file is in force within five seconds, at once for who asks anew', async () => {
    const reference = `\${file:${at('key')}}`;
    writeFileSync(at('key'), ' old-key\n');
    expect(await secrets.resolve(reference, 'backend/a')).toBe('old-key');
    writeFileSync(at('key'), 'new-key');
    nowMs += 4_999;
    expect(await secrets.resolve(reference, 'backend/a')).toBe('old-key');
    expect(await secrets.resolve(reference, 'backend/b')).toBe('new-key');
    nowMs += 1;
    expect(await secrets.resolve(reference, 'backend/a')).toBe('new-key');
    writeFileSync(at('key'), 'newest-key');
    expect(await secrets.resolve(reference, 'backend/a', 'anew')).toBe('newest-key');
    expect(await secrets.resolve(reference, 'backend/a')).toBe('newest-key');
  });
  it('to the environment is what the environment says', async () => {
    expect(await secrets.resolve('${env:OPENAI}', 'backend/a')).toBe(TEXT);
    for (const name of ['NOT_THERE', 'EMPTY'])
      expect(await missing(secrets.resolve(`\${env:${name}}`, 'x'))).toBe(`the environment has no ${name}`);
  });
  it.each([
    'DATABASE_URL',
    'GATEHOUSE_SECRET',
    'GATEHOUSE_ADMIN_TOKEN',
    'DATABASE_URL_FILE',
    'GATEHOUSE_SECRET_FILE',
    'PGPASSWORD',
  ])("never leads to the gateway's own %s", async (name) => {
    env[name] ??= 'own';
    expect(await missing(secrets.resolve(`\${env:${name}}`, 'x'))).toBe(
      `${name} is the gateway's own and goes nowhere`,
    );
    if (name !== 'PGPASSWORD') delete env[name];
  });
  it("never leads into the data folder or to a secret's file, by whatever way", async () => {
    symlinkSync(at('data'), at('link-to-folder'));
    symlinkSync(at('data/secret'), at('link-to-file'));
    symlinkSync(at('link-to-file'), at('link-to-link'));
    symlinkSync(at('token'), at('link-to-token'));
    const ways = [
      'data/secret',
      'other/../data/secret',
      './data//secret',
      'link-to-folder/secret',
      'link-to-file',
      'link-to-link',
      'token',
      'link-to-token',
      'data',
      '.',
    ];
    for (const way of ways) {
      const words = await missing(secrets.resolve(`\${file:${folder}/${way}}`, 'x'));
      expect(words).toContain('cannot be read');
      expect(words).not.toMatch(/the-root|the-token/);
    }
  });
  it('never leads into a data folder that is itself a link', async () => {
    symlinkSync(at('data'), at('as-configured'));
    const linked = openSecrets('root', machineReferences({}, at('as-configured')), {
      now: () => nowMs,
      random: (n) => new Uint8Array(n),
    });
    for (const way of ['data/secret', 'as-configured/secret'])
      await missing(linked.resolve(`\${file:${at(way)}}`, 'x'));
  });
  it.each([
    '/proc/self/environ',
    '/proc/1/environ',
    `/proc/${process.pid}/cmdline`,
    '/dev/zero',
    '/dev/stdin',
    '/sys/kernel/hostname',
  ])('never leads to %s', async (path) => {
    await missing(secrets.resolve(`\${file:${path}}`, 'x'));
  });
  it('to a pipe, a folder, an empty or a huge file, or one with control characters is none', async () => {
    execFileSync('mkfifo', [at('pipe')]);
    writeFileSync(at('empty'), ' \n');
    writeFileSync(at('huge'), 'x'.repeat(100_000));
    writeFileSync(at('binary'), 'a\0b');
    for (const name of ['pipe', 'other', 'empty', 'huge', 'binary', 'none'])
      await missing(secrets.resolve(`\${file:${at(name)}}`, 'x'));
    await missing(secrets.resolve('${env:BELL}', 'x'));
  });
  it.each([
    '',
    'plain',
    '${env:}',
    '${env:A',
    '${file:relative}',
    '${sealed}',
    '${other:x}',
    ' ${env:OPENAI}',
  ])('that is none (%j) is refused', async (text) => {
    await missing(secrets.resolve(text, 'x'));
  });
});

it('a keyed hash differs with its purpose and its root, and is the same each time', () => {
  const hash = (root: string, purpose: 'api-key' | 'admin-token') =>
    hexOf(opened(root).keyedHash(purpose, 'text'));
  const all = [hash('root-one', 'api-key'), hash('root-one', 'admin-token'), hash('root-two', 'api-key')];
  expect(new Set(all).size).toBe(3);
  expect(hash('root-one', 'api-key')).toBe(all[0]);
  expect(all[0]).toMatch(/^[0-9a-f]{64}$/);
});
