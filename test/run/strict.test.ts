// Whether the end of a reply waits for its seal is the operator's to say; that nothing is sent before its record is open is not.
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Entry } from '../../src/audit/record.ts';
import { asking, exchangeOf, postChat } from '../kit/chat.ts';
import { setupFor } from '../kit/gateway.ts';
import type { Parts } from '../kit/parts.ts';
import { startParts } from '../kit/parts.ts';
import type { Upstream } from '../kit/upstream.ts';
import { startUpstream } from '../kit/upstream.ts';

let upstream: Upstream;
let onAppend: ((entry: Entry) => Promise<void> | undefined) | undefined;
const gateways = new Map<string, Parts>();
beforeAll(async () => {
  upstream = await startUpstream();
  for (const strict of ['true', 'false'])
    gateways.set(
      strict,
      await startParts(
        setupFor(upstream.url),
        (real) => ({
          ...real,
          spool: {
            ...real.spool,
            append: async (entry) => {
              await onAppend?.(entry);
              return real.spool.append(entry);
            },
          },
        }),
        { GATEHOUSE_AUDIT_STRICT: strict },
      ),
    );
});
afterEach(() => {
  onAppend = undefined;
});
afterAll(async () => {
  for (const gateway of gateways.values()) await gateway.stop();
  await upstream.stop();
});

const gatewayOf = (strict: boolean): Parts => {
  const gateway = gateways.get(String(strict));
  if (gateway === undefined) throw new Error('it did not start');
  return gateway;
};
const post = (strict: boolean, stream: boolean) => {
  const { url, keys } = gatewayOf(strict);
  return postChat(url, keys.plain ?? '', asking('x', { stream }));
};
const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
/** Holds back every entry of a kind until it is let go. */
const holdBack = (kind: Entry['kind']) => {
  const gate = Promise.withResolvers<void>();
  const met = Promise.withResolvers<void>();
  onAppend = (entry) => {
    if (entry.kind !== kind) return undefined;
    met.resolve();
    return gate.promise;
  };
  return { letGo: gate.resolve, met: met.promise };
};
const failFor = (kind: Entry['kind']): void => {
  onAppend = (entry) => (entry.kind === kind ? Promise.reject(new Error('no')) : undefined);
};

describe.each([false, true])('with stream: %s', (stream) => {
  it('strict: the last frame is let go only when the seal is durable', async () => {
    const seal = holdBack('seal');
    const call = post(true, stream);
    await seal.met;
    const early = await Promise.race([call.done, sleep(150).then(() => 'waiting')]);
    expect(early).toBe('waiting');
    seal.letGo();
    const reply = await call.done;
    expect([reply.status, reply.complete]).toEqual([200, true]);
    expect((await gatewayOf(true).entries(exchangeOf(reply))).at(-1)?.body).toMatchObject({
      ending: 'complete',
    });
  });

  it('not strict: the last frame goes at once, and the same seal follows', async () => {
    const seal = holdBack('seal');
    const reply = await post(false, stream).done;
    expect([reply.status, reply.complete]).toEqual([200, true]);
    const gateway = gatewayOf(false);
    const kinds = (await gateway.entries(exchangeOf(reply), false)).map(({ kind }) => kind);
    expect(kinds).not.toContain('seal');
    seal.letGo();
    const entries = await gateway.entries(exchangeOf(reply));
    expect(entries.map(({ kind }) => kind)).toEqual(['open', 'seal']);
    expect(entries.at(-1)?.body).toMatchObject({ ending: 'complete', status: 200, vault: null });
    expect(entries.at(-1)?.body.delivered_sha256).toMatch(/^[0-9a-f]{64}$/);
  });

  it('not strict: a seal that fails is logged with its exchange, and the client has its answer', async () => {
    failFor('seal');
    const reply = await post(false, stream).done;
    expect([reply.status, reply.complete]).toEqual([200, true]);
    const { log, entries, real } = gatewayOf(false);
    const lines = () => log.filter(({ fields }) => fields.exchange === exchangeOf(reply));
    await expect.poll(lines).toHaveLength(1);
    expect(lines()[0]).toMatchObject({ level: 'error', event: 'record_not_sealed' });
    await real.spool.flush(5_000);
    expect((await entries(exchangeOf(reply), false)).map(({ kind }) => kind)).toEqual(['open']);
  });

  it.each([true, false])(
    'nothing is sent before the opened record is durable (strict: %s)',
    async (strict) => {
      const before = upstream.requests.length;
      const open = holdBack('open');
      const call = post(strict, stream);
      await open.met;
      await sleep(100);
      expect(upstream.requests.length).toBe(before);
      open.letGo();
      expect((await call.done).status).toBe(200);
      expect(upstream.requests.length).toBe(before + 1);
      failFor('open');
      const refused = await post(strict, stream).done;
      expect([refused.status, JSON.parse(refused.text).error.code]).toEqual([503, 'audit_unavailable']);
      expect(upstream.requests.length).toBe(before + 1);
    },
  );
});
