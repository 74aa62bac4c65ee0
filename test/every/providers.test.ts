// What every provider of the rack promises: an address however its URL is written, and a credential that rides in headers.
import { describe, expect, it } from 'vitest';
import type { CallDialectName } from '../../src/dialects/dialect.ts';
import { secretFault } from '../../src/providers/credentials.ts';
import { providers } from '../../src/providers/index.ts';
import { PROVIDER_NAMES, PROVIDERS_WITHOUT_URL } from '../../src/providers/names.ts';
import type { Means, Provider } from '../../src/providers/provider.ts';
import { keepTokens } from '../../src/providers/tokens.ts';
import { awsSecret, googleSecret } from '../kit/cloud/secrets.ts';

const ASKED = { model: 'm', stream: false };
const SIGNED = { url: 'http://x', method: 'POST', headers: {}, body: '{}' } as const;
const now = (): number => 0;
const MEANS: Means = {
  fetch: () => Promise.reject(new Error('nobody is asked')),
  now,
  tokens: { ...keepTokens({ now, defer: () => undefined }), get: async () => 'a-token' },
};
const all = Object.values(providers).map((provider) => ({ name: provider.name, provider }));
/** As the call step hands a backend's URL on. */
const trimmed = (url: string): string => url.replace(/\/+$/, '');

/** A secret in the shape that a provider wants, that names what its URL may leave open. */
const secretOf = (name: string): string =>
  name === 'vertex'
    ? googleSecret('http://x/token')
    : name === 'bedrock'
      ? awsSecret({ region: 'eu-west-1' })
      : 's3cret';

const baseOf = (provider: Provider, url: string): string =>
  provider.based?.(url, secretOf(provider.name)) ?? url;

describe.each(all)('the provider $name', ({ name, provider }) => {
  it('is listed under its own name, and speaks at least one dialect', () => {
    expect(providers[name]).toBe(provider);
    expect(PROVIDER_NAMES).toContain(name);
    expect(provider.dialects.length).toBeGreaterThan(0);
  });

  it('has an address of its own, or is known to have none', () => {
    const without = PROVIDERS_WITHOUT_URL.some((known) => known === name);
    expect(provider.defaultUrl === null).toBe(without);
    for (const dialect of provider.dialects) {
      if (provider.defaultUrl === null) continue;
      const address = provider.address(baseOf(provider, provider.defaultUrl), dialect, ASKED);
      expect(address).toMatch(/^(?:https?:\/\/|pretend:).*\/(?:v1|v1beta|api)\/[A-Za-z0-9_./:-]+$/);
      expect(address).not.toMatch(/[^:]\/\//);
    }
  });

  it('puts its secret into lower-case headers and nowhere else', async () => {
    const secret = secretOf(name);
    const headers = await provider.authorize(secret, SIGNED, MEANS);
    for (const header of Object.keys(headers)) expect(header).toBe(header.toLowerCase());
    if (provider.needsSecret) expect(Object.keys(headers).length).toBeGreaterThan(0);
    for (const dialect of provider.dialects)
      expect(provider.address(trimmed('http://x/v1/projects/p/locations/l'), dialect, ASKED)).not.toContain(
        's3cret',
      );
  });

  it('takes a secret of its own shape, and tells nothing of one that is not', () => {
    expect(secretFault(name, secretOf(name), 'https://x/v1/projects/p/locations/l')).toBeUndefined();
    const told = secretFault(name, '{"s3cret": "hunter22', null);
    if (told !== undefined) expect(told).not.toMatch(/hunter22|s3cret/);
    expect(told === undefined).toBe(!['azure', 'google', 'vertex', 'bedrock'].includes(name));
  });

  it('sends no dialect to a model that it does not speak with it', () => {
    for (const model of ['m', 'claude-x', 'eu.anthropic.claude-x', 'gemini-x', 'meta/llama'])
      for (const dialect of provider.dialectsOf?.(model) ?? []) expect(provider.dialects).toContain(dialect);
  });
});

/** Those that keep everything where everybody does. */
const PLAIN = all.filter(
  ({ name, provider }) =>
    provider.answer === undefined && !['azure', 'anthropic', 'google', 'vertex', 'bedrock'].includes(name),
);

describe.each(PLAIN)('the provider $name', ({ provider }) => {
  it.each([
    ['http://lan:11434', 'http://lan:11434/v1/chat/completions'],
    ['http://lan:11434/', 'http://lan:11434/v1/chat/completions'],
    ['http://lan:11434///', 'http://lan:11434/v1/chat/completions'],
    ['http://lan:11434/v1', 'http://lan:11434/v1/chat/completions'],
    ['http://lan:11434/v1/', 'http://lan:11434/v1/chat/completions'],
    ['https://lan/proxy/openai/v1', 'https://lan/proxy/openai/v1/chat/completions'],
    ['https://[::1]:8443', 'https://[::1]:8443/v1/chat/completions'],
    ['https://api.lan/v1beta/openai/', 'https://api.lan/v1beta/openai/chat/completions'],
  ])('finds %s at %s', (url, address) => {
    expect(provider.address(trimmed(url), 'openai-chat', ASKED)).toBe(address);
    expect(provider.authorize('k', SIGNED, MEANS)).toEqual({ authorization: 'Bearer k' });
  });
});

describe('azure', () => {
  it.each([
    ['https://name.openai.azure.com', 'https://name.openai.azure.com/openai/v1/chat/completions'],
    ['https://name.openai.azure.com/', 'https://name.openai.azure.com/openai/v1/chat/completions'],
    ['https://name.openai.azure.com/openai', 'https://name.openai.azure.com/openai/v1/chat/completions'],
    ['https://name.openai.azure.com/openai/v1/', 'https://name.openai.azure.com/openai/v1/chat/completions'],
    ['https://gate.lan/azure/openai/v1', 'https://gate.lan/azure/openai/v1/chat/completions'],
  ])('finds %s at %s', (url, address) => {
    expect(providers.azure.address(trimmed(url), 'openai-chat', ASKED)).toBe(address);
    expect(providers.azure.authorize('k', SIGNED, MEANS)).toEqual({ 'api-key': 'k' });
  });

  it('finds Claude in Foundry, in the way of its maker', () => {
    const url = 'https://name.services.ai.azure.com/anthropic';
    expect(providers.azure.address(url, 'anthropic-messages', ASKED)).toBe(`${url}/v1/messages`);
    const headers = providers.azure.authorize('k', { ...SIGNED, url: `${url}/v1/messages` }, MEANS);
    expect(headers).toEqual({ 'api-key': 'k', 'x-api-key': 'k' });
  });
});

describe('anthropic', () => {
  it.each([
    ['https://api.anthropic.com', 'https://api.anthropic.com/v1/messages'],
    ['https://gate.lan/anthropic/v1', 'https://gate.lan/anthropic/v1/messages'],
  ])('finds %s at %s, with its key and a version', (url, address) => {
    expect(providers.anthropic.address(trimmed(url), 'anthropic-messages', ASKED)).toBe(address);
    expect(providers.anthropic.address(trimmed(url), 'anthropic-count-tokens', ASKED)).toBe(
      `${address}/count_tokens`,
    );
    expect(providers.anthropic.authorize('k', SIGNED, MEANS)).toEqual({ 'x-api-key': 'k' });
    expect(providers.anthropic.headers).toEqual({ 'anthropic-version': '2023-06-01' });
  });
});

describe('google', () => {
  it.each([
    ['https://generativelanguage.googleapis.com', '/v1beta/openai/embeddings'],
    ['https://generativelanguage.googleapis.com/v1beta', '/v1beta/openai/embeddings'],
    ['https://generativelanguage.googleapis.com/v1beta/openai', '/v1beta/openai/embeddings'],
  ])('finds the embeddings of %s at %s', (url, path) => {
    const address = providers.google.address(url, 'openai-embeddings', ASKED);
    expect(address).toBe(`https://generativelanguage.googleapis.com${path}`);
    const keyed = (to: string) => providers.google.authorize('k', { ...SIGNED, url: to }, MEANS);
    expect(keyed(address)).toEqual({ authorization: 'Bearer k' });
    expect(keyed('https://x/v1beta/models/g:generateContent')).toEqual({ 'x-goog-api-key': 'k' });
  });
});

describe('vertex', () => {
  const at = (url: string, dialect: CallDialectName, stream = false, model = 'claude-x@1') =>
    providers.vertex.address(baseOf(providers.vertex, url), dialect, { model, stream });
  const claude = '/publishers/anthropic/models/claude-x@1';
  const project = 'projects/a-project/locations';

  it.each([
    ['https://europe-west1-aiplatform.googleapis.com', `/v1/${project}/europe-west1`],
    ['https://aiplatform.eu.rep.googleapis.com', `/v1/${project}/eu`],
    ['https://aiplatform.googleapis.com', `/v1/${project}/global`],
    ['https://gate.lan/v1/projects/p/locations/us-east5', ''],
  ])('finds the project of %s at %s', (url, path) => {
    expect(at(url, 'anthropic-messages')).toBe(`${url}${path}${claude}:rawPredict`);
    expect(at(url, 'anthropic-messages', true)).toBe(`${url}${path}${claude}:streamRawPredict`);
    expect(at(url, 'anthropic-count-tokens')).toBe(
      `${url}${path}/publishers/anthropic/models/count-tokens:rawPredict`,
    );
    expect(at(url, 'openai-chat', false, 'meta/llama')).toBe(
      `${url}${path}/endpoints/openapi/chat/completions`,
    );
  });

  it('asks for a location where nothing tells it', () => {
    expect(secretFault('vertex', googleSecret('http://x/token'), 'https://gate.lan')).toMatch(/locations/);
  });
});

describe('bedrock', () => {
  const at = (url: string, dialect: CallDialectName, stream = false, model = 'eu.anthropic.claude-x-v1:0') =>
    providers.bedrock.address(url, dialect, { model, stream });

  it.each([
    ['https://h', 'anthropic-messages', false, 'https://h/model/eu.anthropic.claude-x-v1%3A0/invoke'],
    [
      'https://h',
      'anthropic-messages',
      true,
      'https://h/model/eu.anthropic.claude-x-v1%3A0/invoke-with-response-stream',
    ],
    ['https://h/anthropic', 'anthropic-messages', true, 'https://h/anthropic/v1/messages'],
    ['https://h/openai/v1', 'openai-chat', true, 'https://h/openai/v1/chat/completions'],
    ['https://h/v1', 'openai-responses', true, 'https://h/v1/responses'],
  ] as const)('finds %s (%s, streamed: %s) at %s', (url, dialect, stream, address) => {
    expect(at(url, dialect, stream)).toBe(address);
  });

  it('takes a name that would lead elsewhere for no model', () => {
    for (const model of ['.', '..', '', 'a\ud800'])
      expect(() => at('https://h', 'anthropic-messages', false, model)).toThrow(/No such model/);
    expect(at('https://h', 'anthropic-messages', false, '../x?y#z')).toBe(
      'https://h/model/..%2Fx%3Fy%23z/invoke',
    );
  });

  it.each([
    ['https://bedrock-runtime.eu-central-1.amazonaws.com', undefined],
    ['https://bedrock-runtime-fips.us-gov-west-1.amazonaws.com/anthropic', undefined],
    ['https://vpce-1-a.bedrock-runtime.us-east-1.vpce.amazonaws.com', undefined],
    ['https://bedrock-runtime.cn-north-1.amazonaws.com.cn', undefined],
    ['https://bedrock-mantle.us-east-1.api.aws/v1', undefined],
    ['https://gate.lan', 'the URL tells no region of AWS, so the secret names it: "region"'],
  ])('knows the region of %s, or asks for it', (url, fault) => {
    expect(secretFault('bedrock', awsSecret(), url)).toBe(fault);
    expect(secretFault('bedrock', 'a-bedrock-api-key', url)).toBeUndefined();
  });
});
