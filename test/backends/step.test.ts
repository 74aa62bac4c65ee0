// The call: to the best target that answers, at most once to each, with its own credential, and never past the zone.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Ports } from '../../src/ports.ts';
import { SecretMissing } from '../../src/ports.ts';
import { asking, exchangeOf, postChat } from '../kit/chat.ts';
import type { RawReply } from '../kit/clients.ts';
import { rawPost } from '../kit/clients.ts';
import { setupFor } from '../kit/gateway.ts';
import type { Parts } from '../kit/parts.ts';
import { startParts } from '../kit/parts.ts';
import { freePort } from '../kit/process.ts';
import type { Upstream } from '../kit/upstream.ts';
import { cut, error, startUpstream } from '../kit/upstream.ts';

/** A file of a secret that is gone: the port remembers what it read, so it has to be told. */
const resolved: (real: Ports, stored: string, place: string) => Promise<string> = (real, stored, place) =>
  place === 'backend/lost'
    ? Promise.reject(new SecretMissing('no file not-for-long'))
    : real.secrets.resolve(stored, place);

let first: Upstream;
let second: Upstream;
let gateway: Parts;
beforeAll(async () => {
  [first, second] = [await startUpstream(), await startUpstream()];
  const dead = `http://127.0.0.1:${await freePort()}`;
  const backend = (name: string, url: string, more: object = {}) => ({
    name,
    provider: 'compatible',
    url,
    zone: 'on_prem',
    ...more,
  });
  const setup = JSON.parse(
    setupFor(first.url, [{ name: 'plain' }, { name: 'open', data_class: 'non_sensitive' }]),
  );
  const model = (name: string, ...targets: string[]) => ({
    name,
    targets: targets.map((at) => ({ backend: at, model: `as-${at}` })),
  });
  gateway = await startParts(
    JSON.stringify({
      ...setup,
      backends: [
        backend('one', `${first.url}//`, { secret: 'sk-one' }),
        backend('two', `${second.url}/v1/`, { secret: 'sk-two' }),
        backend('dead', dead, { secret: 'sk-dead' }),
        backend('cloud', second.url, { zone: 'cloud' }),
        backend('lost', first.url, { secret: 'sk-lost' }),
      ],
      models: [
        model('first', 'one', 'two'),
        model('over', 'dead', 'two'),
        model('dead', 'dead'),
        model('cloudy', 'cloud'),
        model('mixed', 'cloud', 'one'),
        model('lost', 'lost'),
      ],
    }),
    (real) => ({
      ...real,
      secrets: { ...real.secrets, resolve: (stored, place) => resolved(real, stored, place) },
    }),
  );
});
afterAll(async () => {
  await gateway.stop();
  await Promise.all([first.stop(), second.stop()]);
});

const ask = (model: string, key = 'plain', more: object = {}): Promise<RawReply> =>
  postChat(gateway.url, gateway.keys[key] ?? '', asking('x', { model, ...more })).done;
const sealOf = async (reply: RawReply) => (await gateway.entries(exchangeOf(reply))).at(-1)?.body ?? {};
const counted = async (work: () => Promise<void>): Promise<[number, number]> => {
  const before = [first.requests.length, second.requests.length] as const;
  await work();
  return [first.requests.length - before[0], second.requests.length - before[1]];
};

describe('a call', () => {
  it('goes to the first target, under the name and with the credential it is known by there', async () => {
    const reply = await ask('first');
    const seen = first.requests.at(-1);
    expect(seen).toMatchObject({ path: '/v1/chat/completions', json: { model: 'as-one' } });
    expect(seen?.headers.authorization).toBe('Bearer sk-one');
    expect(await sealOf(reply)).toMatchObject({
      backend: 'one',
      zone: 'on_prem',
      model: 'first',
      model_used: 'as-one',
    });
  });

  it('goes to the next target when the first cannot be reached, without what was meant for the first', async () => {
    for (const stream of [false, true]) {
      const reply = await ask('over', 'plain', { stream });
      expect(reply.status).toBe(200);
      const seen = second.requests.at(-1);
      expect(seen).toMatchObject({ path: '/v1/chat/completions', json: { model: 'as-two' } });
      expect(seen?.headers.authorization).toBe('Bearer sk-two');
      expect(await sealOf(reply)).toMatchObject({
        ending: 'complete',
        backend: 'two',
        route: [
          { backend: 'dead', model: 'as-dead', passed_over: null },
          { backend: 'two', model: 'as-two', passed_over: null },
        ],
      });
    }
  });

  it('that may have reached one target goes to no other', async () => {
    for (const [script, status] of [
      [cut(), 502],
      [error(500), 500],
      [error(429), 429],
      [{ sse: [], cutAfter: 0 }, 502],
    ] as const) {
      const reached = await counted(async () => {
        first.next(script);
        expect((await ask('first', 'plain', { stream: true })).status).toBe(status);
      });
      expect(reached).toEqual([1, 0]);
    }
  });

  it('that reached nobody says so, and that nothing was sent', async () => {
    const reply = await ask('dead');
    expect([reply.status, JSON.parse(reply.text).error.code]).toEqual([502, 'upstream_unreachable']);
    expect(reply.text).not.toMatch(/127\.0\.0\.1|ECONN/);
    expect(await sealOf(reply)).toMatchObject({
      ending: 'failed',
      backend: 'dead',
      sent_sha256: null,
      reply_sha256: null,
    });
  });

  it("whose backend's credential is not there reaches nobody", async () => {
    const reached = await counted(async () => {
      const reply = await ask('lost');
      expect([reply.status, JSON.parse(reply.text).error.code]).toEqual([503, 'backend_secret_missing']);
      expect(reply.text).not.toContain('not-for-long');
      expect(await sealOf(reply)).toMatchObject({ ending: 'failed', sent_sha256: null });
    });
    expect(reached).toEqual([0, 0]);
  });

  it('with sensitive data reaches no cloud, by whatever name; other data does', async () => {
    const reached = await counted(async () => {
      for (const model of ['cloudy', 'cloud/anything']) {
        const reply = await ask(model);
        expect([reply.status, JSON.parse(reply.text).error.code]).toEqual([403, 'zone_not_allowed']);
        expect(await sealOf(reply)).toMatchObject({
          route: [{ backend: 'cloud', passed_over: 'zone' }],
          sent_sha256: null,
        });
      }
      expect(await sealOf(await ask('mixed'))).toMatchObject({ backend: 'one', zone: 'on_prem' });
      expect(await sealOf(await ask('mixed', 'open'))).toMatchObject({ backend: 'cloud', zone: 'cloud' });
    });
    expect(reached).toEqual([1, 1]);
  });

  it('lists only what its data may reach', async () => {
    const names = async (key: string): Promise<string[]> => {
      const headers = { authorization: `Bearer ${gateway.keys[key]}` };
      const { text } = await rawPost({ url: gateway.url, path: '/v1/models', method: 'GET', headers }).done;
      return JSON.parse(text).data.map(({ id }: { id: string }) => id);
    };
    expect(await names('open')).toEqual(['cloudy', 'dead', 'first', 'lost', 'mixed', 'over']);
    expect(await names('plain')).toEqual(['dead', 'first', 'lost', 'mixed', 'over']);
  });
});
