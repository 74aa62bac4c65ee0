// A record says that something was inspected only when it was, to its end.
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Ports } from '../../src/ports.ts';
import { asking, exchangeOf, postChat } from '../kit/chat.ts';
import { setupFor } from '../kit/gateway.ts';
import type { Parts } from '../kit/parts.ts';
import { startParts } from '../kit/parts.ts';
import type { Upstream } from '../kit/upstream.ts';
import { json, startUpstream } from '../kit/upstream.ts';
import { DONE, EMAIL, said } from './bench.ts';

let upstream: Upstream;
let parts: Parts;
let broken: 'packs' | 'digests' | undefined;

/** The same ports, until they break. */
const breaking = (real: Ports): Ports => ({
  ...real,
  packs: {
    current: () => {
      if (broken === 'packs') throw new Error('the packs broke');
      return real.packs.current();
    },
  },
  secrets: {
    ...real.secrets,
    keyedHash: (purpose, text) => {
      if (purpose === 'finding' && broken === 'digests') throw new Error('the digest broke');
      return real.secrets.keyedHash(purpose, text);
    },
  },
});

beforeAll(async () => {
  upstream = await startUpstream();
  parts = await startParts(setupFor(upstream.url), breaking);
});
afterAll(async () => {
  await parts.stop();
  await upstream.stop();
});

const sealOf = async (body: object): Promise<Readonly<Record<string, unknown>>> => {
  const reply = await postChat(parts.url, parts.keys.plain ?? '', body).done;
  expect(reply.text).not.toContain(EMAIL);
  const entries = await parts.entries(exchangeOf(reply));
  return entries.find(({ kind }) => kind === 'seal')?.body ?? {};
};
const dlpIn = ({ coverage }: Readonly<Record<string, unknown>>): unknown[] =>
  Array.isArray(coverage)
    ? coverage.map(({ part, inspected_by }) => `${part} ${inspected_by.includes('dlp')}`)
    : [];

it('an exchange whose patterns cannot be had is refused, and says of nothing that it was inspected', async () => {
  broken = 'packs';
  const seal = await sealOf(asking('x'));
  broken = undefined;
  expect(seal).toMatchObject({ sent_sha256: null, findings: [] });
  expect(Number(seal.status)).toBeGreaterThan(499);
  expect(dlpIn(seal)).toEqual(['request false']);
});

it('an inspection that breaks in the middle ends the exchange, and claims what it had ended before', async () => {
  for (const stream of [false, true]) {
    const reply = { choices: [{ message: { content: `Hello.\n\nmail ${EMAIL} ok` } }] };
    upstream.next(stream ? { sse: [said('Hello.\n\n'), said(`mail ${EMAIL} ok`), DONE] } : json(reply));
    broken = 'digests';
    const seal = await sealOf(asking('x', { stream }));
    broken = undefined;
    expect(seal).toMatchObject({ ending: 'failed', code: 'fault' });
    expect(dlpIn(seal)).toEqual(['request true', 'reply false']);
  }
  upstream.next(json({ choices: [] }));
  broken = 'digests';
  const asked = await sealOf(asking(`mail ${EMAIL}`));
  broken = undefined;
  expect(asked).toMatchObject({ code: 'fault', sent_sha256: null });
  expect(dlpIn(asked)).toEqual(['request false']);
});
