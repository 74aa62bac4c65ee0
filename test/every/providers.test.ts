// What every provider of the rack promises: an address however its URL is written, and a credential that rides in headers.
import { describe, expect, it } from 'vitest';
import { providers } from '../../src/providers/index.ts';
import { PROVIDER_NAMES, PROVIDERS_WITHOUT_URL } from '../../src/providers/names.ts';

const ASKED = { model: 'm', stream: false };
const SIGNED = { url: 'http://x', method: 'POST', headers: {}, body: '{}' } as const;
const MEANS = {
  fetch: () => Promise.reject(new Error('nobody is asked')),
  now: () => 0,
  hangup: { gone: false, onGone: () => () => undefined },
};
const all = Object.values(providers).map((provider) => ({ name: provider.name, provider }));
const overHttp = all.filter(({ provider }) => provider.answer === undefined);
/** As the call step hands a backend's URL on. */
const trimmed = (url: string): string => url.replace(/\/+$/, '');

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
      expect(provider.address(provider.defaultUrl, dialect, ASKED)).toMatch(
        /^(?:https?:\/\/|pretend:).*\/(?:v1|api)\/[a-z_/]+$/,
      );
    }
  });

  it('puts its secret into lower-case headers and nowhere else', async () => {
    const headers = await provider.authorize('s3cret', SIGNED, MEANS);
    for (const header of Object.keys(headers)) expect(header).toBe(header.toLowerCase());
    if (provider.needsSecret) expect(Object.values(headers).join()).toContain('s3cret');
    for (const dialect of provider.dialects)
      expect(provider.address('http://x', dialect, ASKED)).not.toContain('s3cret');
  });
});

describe.each(overHttp.filter(({ name }) => name !== 'azure' && name !== 'anthropic'))(
  'the provider $name',
  ({ provider }) => {
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
  },
);

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
