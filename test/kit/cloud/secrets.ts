// Secrets of cloud providers in the shapes their consoles hand out; their keys open nothing.
import { generateKeyPairSync } from 'node:crypto';

/** A pair of keys, made once a run. */
export const googleKeys = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
});

/** The key file of a service account whose tokens are asked for at `tokenUri`. */
export const googleSecret = (tokenUri: string, more: object = {}): string =>
  JSON.stringify({
    type: 'service_account',
    project_id: 'a-project',
    private_key_id: 'key-1',
    private_key: googleKeys.privateKey,
    client_email: 'gatehouse@a-project.iam.gserviceaccount.com',
    client_id: '1234567890',
    auth_uri: 'https://accounts.google.com/o/oauth2/auth',
    token_uri: tokenUri,
    ...more,
  });

export const AWS_KEYS = {
  access_key_id: 'AKIDEXAMPLE000000000',
  secret_access_key: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY',
} as const;

/** Keys of an AWS user. */
export const awsSecret = (more: object = {}): string => JSON.stringify({ ...AWS_KEYS, ...more });

/** An app registration whose tokens are asked for at `authority`. */
export const entraSecret = (authority: string, more: object = {}): string =>
  JSON.stringify({
    tenant_id: '11111111-2222-3333-4444-555555555555',
    client_id: '66666666-7777-8888-9999-000000000000',
    client_secret: 'an-app-secret-0123456789',
    authority_host: authority,
    ...more,
  });
