// The checks of secrets: against published examples, and against what looks like a secret but is none.
import { describe, expect, test } from 'vitest';
import { secretsCredentialsChecks } from '../../../src/dlp/checks/secrets-credentials.ts';
import { crc32, secretsEncodingChecks } from '../../../src/dlp/checks/secrets-encoding.ts';
import { keyLike, passwordLike, secretsLikenessChecks } from '../../../src/dlp/checks/secrets-likeness.ts';
import { placeholder, secretsPlaceholderChecks } from '../../../src/dlp/checks/secrets-placeholder.ts';

const checks = {
  ...secretsCredentialsChecks,
  ...secretsEncodingChecks,
  ...secretsLikenessChecks,
  ...secretsPlaceholderChecks,
};
const holds = (name: string, value: string): boolean => checks[name]?.(value) ?? false;
const base64 = (text: string): string =>
  btoa(text).replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '');

describe('the checksum of GitHub and npm tokens', () => {
  // The checksum worked out by zlib, apart from the code under test.
  const token = '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';

  test('is the CRC-32 of the ISO', () => expect(crc32('123456789')).toBe(0xcbf43926));
  test('is found in a token that has it', () => expect(holds('crc32-base62', token)).toBe(true));
  test('fails with one character changed', () => {
    expect(holds('crc32-base62', `${token.slice(0, -1)}8`)).toBe(false);
    expect(holds('crc32-base62', token.replace('k4', 'k5'))).toBe(false);
  });
  test('is not asked of a token that looks drawn, for servers of one’s own have none', () => {
    expect(holds('checksum-or-random', 'ghp_m4Vb2nQ7xLrpT9mWcZ8yHjD3sGfE6uAoI1tK')).toBe(true);
    expect(holds('checksum-or-random', 'ghp_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx')).toBe(false);
  });
});

describe('a JOSE header', () => {
  test('is what a token of RFC 7515 begins with', () => {
    const example = 'eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJqb2UifQ.dBjftJeZ4CVP';
    expect(holds('jose-header', example)).toBe(true);
  });
  test('is one of RFC 7516 too', () => {
    expect(holds('jose-header', `${base64('{"alg":"dir","enc":"A256GCM"}')}..a.b.c`)).toBe(true);
  });
  test('names an algorithm, or is none', () => {
    expect(holds('jose-header', `${base64('{"not":"a header"}')}.eyJhIjoxfQ.abc`)).toBe(false);
    expect(holds('jose-header', `${base64('[1,2]')}.x`)).toBe(false);
    expect(holds('jose-header', 'eyJicm9rZW.eyJ')).toBe(false);
  });
});

describe('credentials in base64', () => {
  test('are those of RFC 7617', () => {
    expect(holds('basic-credentials', 'QWxhZGRpbjpvcGVuIHNlc2FtZQ==')).toBe(true);
  });
  test('have a colon, a password, and no placeholder', () => {
    for (const text of [
      'QWxhZGRpbg==',
      btoa('user:'),
      btoa('user:<password>'),
      btoa('a:\u0000\u0001\u0002'),
      '%%%',
    ])
      expect(holds('basic-credentials', text)).toBe(false);
  });
});

describe('base 58', () => {
  // Bitcoin wiki, "Wallet import format"; BIP 32, test vector 1.
  const wif = '5HueCGU8rMjxEXxiPuD5BDku4MkFqeZyd4dZ1jvhTVqvbTLvyTJ';
  const xprv =
    'xprv9s21ZrQH143K3QTDL4LXw2F7HEK3wJUD2nW2nRk4stbPy6cq3jPPqjiChkVvvNKmPGJxWUtg6LnF5kejMRNNU3TGtRBeJgk33yuGBxrMPHi';
  const xpub =
    'xpub661MyMwAqRbcFtXgS5sYJABqqG9YLmC4Q1Rdap9gSE8NqtwybGhePY2gZ29ESFjqJoCu1Rupje8YtGqsefD265TMg7usUDFdp6W1EGMcet8';

  test('holds a private key of the published example', () => expect(holds('wallet-import', wif)).toBe(true));
  test('holds no key when its version is another', () =>
    expect(holds('wallet-import', `4${wif.slice(1)}`)).toBe(false));
  test('tells an extended private key from a public one', () => {
    expect(holds('extended-private-key', xprv)).toBe(true);
    expect(holds('extended-private-key', xpub)).toBe(false);
    expect(holds('extended-private-key', '0OIl')).toBe(false);
  });
});

describe('a seed phrase', () => {
  // BIP 39, test vector of entropy 7f7f...
  const published = 'legal winner thank year wave sausage worth useful legal winner thank yellow';
  test('is one of BIP 39', () => expect(holds('seed-phrase', published)).toBe(true));
  test('has twelve words or another length of the list', () => {
    expect(holds('seed-phrase', published.replace(' yellow', ''))).toBe(false);
  });
  test('is no sentence', () => {
    expect(holds('seed-phrase', 'write down the phrase and never share this with those who ask for')).toBe(
      false,
    );
  });
});

test.each([
  'hunter2', 'letmein', 'P@ssw0rd', 'Sommer2024!', 'k4Vb2nQ7!xL', 'Soleil&Mer7', 'x9#kL2p$Qz', 'T0mWcZ8y', 'Winter-2025',
  'correct-Horse7battery', '123456', 'Rhein#Regen24', 'xKqPzRtWmBvN', 'p4ss,w0rd)x', 'пароль77',
])('%s is a password', (value) => expect(passwordLike(value)).toBe(true)); // biome-ignore format: a list

test.each([
  '', 'a', 'changeme', 'required', 'string', 'incorrect.', 'null', 'true', 'undefined', '${DB_PASSWORD}', '$DB_PASSWORD', '$password',
  '<password>', '{{ password }}', '********', 'xxxxxxxx', 'your-password-here', 'process.env.DB_PASSWORD', 'getenv("X")',
  'os.environ["X"]', 'self.password', 'db_password', 'userPassword', 'PasswordInput!', '/run/secrets/db_password',
  'https://acme.eu/reset', 'anna@acme.eu', '2025-03-14', '3600s', '86400', '8-64', '90d', 'sha256', 'utf-8', 'password2',
  '6f1c2d3e-0a9b-4c8d-9e7f-51a2b3c4d5e6', '$2b$12$k4Vb2nQ7xLrpT9mWcZ8yHu', '{SSHA}k4Vb2nQ7', 'tls-cert-v2', '#login-field',
  'server-key.pem', 'us-east-1', 'abc123&user=x', 'abc1).then', 'line1\\nline2',
])('%j is none', (value) => expect(passwordLike(value)).toBe(false)); // biome-ignore format: a list

test.each([
  'k4Vb2nQ7xLrpT9mWcZ8yHjD3', '4b7c19e0d2f84a6b93c5e1a7f0d86b2c', '6f1c2d3e-0a9b-4c8d-9e7f-51a2b3c4d5e6',
  'wJ7rXUtnFEMI/K7MDENG/bPxRfiCYk4Vb2nQ7xLr', '/k4Vb2nQ7xLrpT9mWcZ8yHjD3sGfE6uAoI1tKqRvX', 'MTk4N.Gk4Vb2.nQ7xLrpT9mWcZ8yHjD3',
])('%s is a key', (value) => expect(keyLike(value)).toBe(true)); // biome-ignore format: a list

test.each([
  'customer_invoice_line_id', 'your-api-key-here', 'generate_access_token', 'claude-3-5-sonnet-20241022', '1741942800000',
  'kube-api-access-7xk2p', 'projects/7/secrets/db/versions/2', 'arn:aws:iam::123456789012:role/x', 'aaaaaaaaaaaaaaaaaaaa',
  '1234567890abcdef', 'https://login.acme.eu/token', 'user-service-account-key-name', 'en_US.UTF-8', 'AWS4-HMAC-SHA256',
])('%s is none', (value) => expect(keyLike(value)).toBe(false)); // biome-ignore format: a list

test.each([
  'sk-your-api-key-here',
  'AKIAIOSFODNN7EXAMPLE',
  'ghp_1234567890abcdefghij',
  'abc***',
  'sk-...',
  '<token>',
  '%s',
  '$TOKEN',
])('%s stands for a secret', (value) => expect(placeholder(value)).toBe(true));

describe('the password of a URL', () => {
  test.each([
    'postgres://billing:k4Vb2nQ7xL@db:5432/billing', 'redis://:uAoI1tKq@cache', 'ftp://up:p@ss@host/x', 'amqp://root:toor@mq',
  ])('is in %s', (url) => expect(holds('url-password', url)).toBe(true)); // biome-ignore format: a list
  test.each([
    'postgres://user:password@localhost/db', 'https://${U}:${P}@host', 'mysql://<user>:<password>@h', 'redis://cache:6379',
    'amqp://guest:****@mq', 'https://example.com:8080/path@2x.png', 'nothing',
  ])('is not in %s', (url) => expect(holds('url-password', url)).toBe(false)); // biome-ignore format: a list
});

test('a connection string has a password, or only a name for one', () => {
  expect(holds('pair-password', 'Server=a;User Id=sa;Password=k4Vb2nQ7;Encrypt=True')).toBe(true);
  expect(holds('pair-password', 'jdbc:mysql://h/db?user=x&password=k4Vb2nQ7&a=b')).toBe(true);
  expect(holds('pair-password', 'Server=a;Uid=sa;Pwd=<password>')).toBe(false);
  expect(holds('pair-password', 'Server=a;Trusted_Connection=True')).toBe(false);
});

test('a user and a password are no header, no host and no image', () => {
  expect(holds('user-password', 'admin:k4Vb2nQ7!')).toBe(true);
  for (const text of ['localhost:8080', 'Content-Type:application/json', 'nginx:1.25', 'id:abc123xyz'])
    expect(holds('user-password', text)).toBe(false);
});

test('no check throws, whatever it is asked', () => {
  const odd = [
    '',
    '.',
    ':',
    '://',
    '=',
    '\u0000',
    '«»',
    '://:@',
    'eyJ.',
    '😀'.repeat(40),
    'a'.repeat(20_000),
    '='.repeat(500),
  ];
  for (const [name, check] of Object.entries(checks))
    for (const text of odd) expect(typeof check(text), `${name} of ${text.slice(0, 10)}`).toBe('boolean');
});
