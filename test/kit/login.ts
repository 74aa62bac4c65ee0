/**
 * A migrated database with a login of the gateway's own, made as an operator makes it: by `gatehouse migrate` as the owner.
 */
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inject } from 'vitest';
import { gatehouse } from './cli.ts';
import { freshDatabase } from './postgres.ts';

/** The owner's address and the login's. */
export type WithLogin = { readonly name: string; readonly ownerUrl: string; readonly appUrl: string };

/** The address of the same database for another login. */
export const urlFor = (url: string, name: string, password: string): string => {
  const made = new URL(url);
  made.username = name;
  made.password = password;
  return made.href;
};

/** Runs `gatehouse migrate --app-login` with a password in a file. */
export const migrateWithLogin = async (ownerUrl: string, name: string, password: string) => {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-login-'));
  const file = join(folder, 'password');
  writeFileSync(file, `${password}\n`);
  const args = ['migrate', '--app-login', name, '--app-password-file', file];
  const said = await gatehouse(args, { DATABASE_URL: ownerUrl });
  rmSync(folder, { recursive: true });
  return said;
};

/** A name that no other test of the server has. */
export const loginName = (): string => `gw_${randomBytes(6).toString('hex')}`;
/** A password like those of a deployment. */
export const newPassword = (): string => randomBytes(24).toString('base64url');

/** A fresh database with its login. */
export const databaseWithLogin = async (): Promise<WithLogin> => {
  const ownerUrl = await freshDatabase(inject('postgresUrl'));
  const [name, password] = [loginName(), newPassword()];
  const { code, stderr } = await migrateWithLogin(ownerUrl, name, password);
  if (code !== 0) throw new Error(stderr);
  return { name, ownerUrl, appUrl: urlFor(ownerUrl, name, password) };
};
