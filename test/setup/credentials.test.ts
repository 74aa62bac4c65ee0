// What a secret of a cloud's provider must look like is told when it is applied, and nothing of the secret; and whether a caller may
// bring a credential of its own is part of a version.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { awsSecret, entraSecret, googleSecret } from '../kit/cloud/secrets.ts';
import type { Bench } from '../kit/setup.ts';
import { benchOn, told } from '../kit/setup.ts';

let bench: Bench;
beforeAll(async () => {
  bench = await benchOn();
});
afterAll(() => bench.stop());

const backend = (provider: string, secret: string | undefined, url?: string): string =>
  JSON.stringify({
    backends: [
      {
        name: provider,
        provider,
        zone: 'cloud',
        ...(secret === undefined ? {} : { secret }),
        ...(url === undefined ? {} : { url }),
      },
    ],
  });
const AZURE = 'https://name.openai.azure.com';
const BEDROCK = 'https://bedrock-runtime.eu-central-1.amazonaws.com';

/** Secrets that are none, each with a word in it that must not be told. */
const WRONG = [
  ['azure', 'hunter22 with spaces', AZURE],
  ['azure', '{"tenant_id": "hunter22"}', AZURE],
  ['azure', entraSecret('https://login.microsoftonline.com', { tenant_id: 'hunter22/../x' }), AZURE],
  ['google', '{"key": "hunter22"}', undefined],
  ['vertex', 'hunter22', undefined],
  ['vertex', googleSecret('https://oauth2.googleapis.com/token', { private_key: 'hunter22' }), undefined],
  [
    'vertex',
    googleSecret('https://oauth2.googleapis.com/token', { type: 'authorized_user', x: 'hunter22' }),
    undefined,
  ],
  ['bedrock', awsSecret({ secret_access_key: 'hunter22' }), BEDROCK],
  ['bedrock', '{"access_key_id": "hunter22"', BEDROCK],
] as const;
const RIGHT = [
  ['azure', 'a-key', AZURE],
  ['azure', entraSecret('https://login.microsoftonline.com'), AZURE],
  ['google', 'AIza-a-key', undefined],
  [
    'vertex',
    googleSecret('https://oauth2.googleapis.com/token'),
    'https://europe-west1-aiplatform.googleapis.com',
  ],
  ['bedrock', awsSecret({ session_token: 'a-session' }), BEDROCK],
  ['bedrock', 'a-bedrock-api-key', 'https://gate.lan'],
] as const;

describe("a cloud's secret", () => {
  it.each(WRONG)(
    'of %s that is none (%#) is a fault that says what it must look like',
    async (provider, secret, url) => {
      bench.env.CLOUD_SECRET = secret;
      for (const given of [secret, '${env:CLOUD_SECRET}']) {
        const faults = await bench.faults(backend(provider, given, url));
        expect(faults).toEqual([
          expect.stringMatching(
            new RegExp(`^gatehouse.yaml:1: backends\\[0\\].secret: the secret of ${provider} is `),
          ),
        ]);
        expect(faults.join()).not.toContain('hunter22');
      }
    },
  );

  it.each(['google', 'vertex', 'bedrock'])('of %s that is not there is a fault', async (provider) => {
    const faults = await bench.faults(backend(provider, undefined, BEDROCK));
    expect(faults).toEqual([expect.stringMatching(/secret: is missing: the secret of /)]);
  });

  it.each(RIGHT)(
    'of %s is taken (%#), and stored sealed or as its reference',
    async (provider, secret, url) => {
      bench.env.CLOUD_SECRET = secret;
      for (const given of [secret, '${env:CLOUD_SECRET}']) {
        expect((await bench.apply(backend(provider, given, url))).dry_run).toBe(false);
        const kept = await bench.dump();
        expect(kept).not.toContain('an-app-secret');
        expect(kept).not.toContain('BEGIN PRIVATE KEY');
        expect(kept).not.toContain('wJalrXUtnFEMI');
      }
    },
  );

  it('that went bad since does not keep a gateway from starting: a note says so', async () => {
    bench.env.CLOUD_SECRET = awsSecret();
    const text = backend('bedrock', '${env:CLOUD_SECRET}', BEDROCK);
    await bench.apply(text);
    bench.env.CLOUD_SECRET = '{"access_key_id": "hunter22"}';
    const { notes, changes } = await bench.apply(text);
    expect(changes).toEqual([]);
    expect(notes[0]).toMatch(/^backend "bedrock" has no secret now: the secret of bedrock is /);
    expect(notes.join()).not.toContain('hunter22');
  });
});

describe("a caller's own credential", () => {
  const useCase = (more = ''): string => `
teams: [{ name: hr }]
use_cases: [{ name: chat, team: hr, models: ["*"]${more} }]`;

  it('is refused unless a version says otherwise, and an export says it again', async () => {
    await bench.apply(useCase());
    expect((await bench.apply(useCase(', caller_credential: refuse'))).changes).toEqual([]);
    expect(await bench.export()).not.toContain('caller_credential');
    const { changes } = await bench.apply(useCase(', caller_credential: forward'));
    expect(told(changes)).toEqual(['use_case.changed use_case/chat']);
    expect(changes[0]).toMatchObject({
      before: { version: 1, caller_credential: 'refuse' },
      after: { version: 2, caller_credential: 'forward' },
    });
    expect(await bench.export()).toContain('caller_credential: forward');
    expect((await bench.apply(await bench.export())).changes).toEqual([]);
    expect(await bench.faults(useCase(', caller_credential: allow'))).toHaveLength(1);
  });
});
