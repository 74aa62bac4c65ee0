// What Postgres keeps of a password (RFC 5803), computed here as `psql` does for `\\password`, so that the password itself never
// reaches the server or its log.
import { createHash, createHmac, pbkdf2Sync, randomBytes } from 'node:crypto';

/** Printable ASCII: any other text would have to be normalised (SASLprep) as every client does. */
const PASSWORD = /^[!-~]{16,256}$/;
const SALT_BYTES = 16;
const KEY_BYTES = 32;
/** Postgres' own default. */
const ROUNDS = 4096;

/** The verifier of a password, under a salt of its own; undefined for a text that is too short, or that clients may read in two ways. */
export const scramVerifier = (password: string): string | undefined => {
  if (!PASSWORD.test(password)) return undefined;
  const salt = randomBytes(SALT_BYTES);
  const salted = pbkdf2Sync(password, salt, ROUNDS, KEY_BYTES, 'sha256');
  const hmac = (text: string): Buffer => createHmac('sha256', salted).update(text).digest();
  const stored = createHash('sha256').update(hmac('Client Key')).digest('base64');
  return `SCRAM-SHA-256$${ROUNDS}:${salt.toString('base64')}$${stored}:${hmac('Server Key').toString('base64')}`;
};
