// The test suite that AWS published for Signature Version 4 proves what the tests verify signatures with.
import { expect, it } from 'vitest';
import { signatureFault } from './sigv4.ts';

const known = {
  keyId: 'AKIDEXAMPLE',
  secret: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY',
  region: 'us-east-1',
  service: 'service',
};
const arrived = (method: string, signature: string, body = '') => ({
  method,
  path: '/',
  headers: {
    host: 'example.amazonaws.com',
    'x-amz-date': '20150830T123600Z',
    authorization: `AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, SignedHeaders=host;x-amz-date, Signature=${signature}`,
  },
  body: Buffer.from(body),
});

it.each([
  ['get-vanilla', 'GET', '5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31'],
  ['post-vanilla', 'POST', '5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b'],
])('%s is as AWS signs it, and nothing else is', (_, method, signature) => {
  expect(signatureFault(arrived(method, signature), known)).toBeUndefined();
  expect(signatureFault(arrived(method, signature, 'x'), known)).toBe('a wrong signature');
  expect(signatureFault(arrived(method, signature.replace(/^./, '0')), known)).toBe('a wrong signature');
  expect(signatureFault(arrived(method, signature), { ...known, secret: 'x' })).toBe('a wrong signature');
});
