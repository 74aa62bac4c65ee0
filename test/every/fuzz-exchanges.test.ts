// Whatever a client sends and whatever its backend answers, on every way: the client gets an answer or an error in its dialect, nothing
// hangs, and there is one sealed record, which is never of a fault. `GATEHOUSE_FUZZ=50000` tries a fiftieth of as many on each way.
import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { CallDialectName } from '../../src/dialects/dialect.ts';
import { REFUSALS } from '../../src/refusal.ts';
import type { Random } from '../json/random.ts';
import { seeded } from '../json/random.ts';
import type { RawReply } from '../kit/clients.ts';
import { rawPost } from '../kit/clients.ts';
import type { Parts } from '../kit/parts.ts';
import { startParts } from '../kit/parts.ts';
import type { Scripted, Upstream } from '../kit/upstream.ts';
import { startUpstream } from '../kit/upstream.ts';
import { bodiesOf, streamsOf, wholesOf } from './fuzz/begun.ts';
import { anyBody, anyStream, ROUNDS } from './fuzz/mutations.ts';
import { OTHERWISE, THROUGH } from './governed/rows.ts';
import type { Speaking } from './governed/ways.ts';
import { headersFor, setupFor } from './governed/world.ts';

const EXCHANGES = Math.ceil(ROUNDS / 50);
const TIME_MS = 60_000 + EXCHANGES * 500;
/** Whoever waits longer waits for ever. */
const HANG_MS = 20_000;

let upstream: Upstream;
let parts: Parts;
beforeAll(async () => {
  upstream = await startUpstream();
  parts = await startParts(setupFor(upstream.url));
});
afterAll(async () => {
  await parts.stop();
  await upstream.stop();
});

/** A row whose backend speaks a dialect of ours. */
type Spoken = Speaking & { readonly to: CallDialectName };

/** What a backend answers: whole or in a stream, whichever was asked for. */
const anyReply = ({ to, target }: Spoken, random: Random): Scripted => {
  const status = random.pick([200, 200, 200, 200, 200, 400, 503]);
  const streams = streamsOf(to);
  if (streams.length > 0 && status === 200 && random.below(2) === 0)
    return { sse: anyStream(streams, random), headers: { 'content-type': target.streamType } };
  return { status, body: anyBody(wholesOf(to), random), headers: { 'content-type': 'application/json' } };
};

/** The codes of the seals of these exchanges, one a seal. */
const sealsOf = async (exchanges: readonly string[]): Promise<ReadonlyMap<string, readonly string[]>> => {
  await parts.real.spool.flush(HANG_MS);
  const { rows } = await sql<{ exchange: string; code: string | null }>`
    select body->>'exchange' as exchange, body->'body'->>'code' as code from audit_entries
    where body->>'kind' = 'seal' and body->>'exchange' in (${sql.join(exchanges)})`.execute(
    parts.real.store.db,
  );
  const seals = new Map<string, string[]>();
  for (const { exchange, code } of rows)
    seals.set(exchange, [...(seals.get(exchange) ?? []), code ?? 'none']);
  return seals;
};

const mustBeTold = ({ client }: Speaking, reply: RawReply, words: string): void => {
  expect(reply.status, words).not.toBe(500);
  if (reply.status === 200) {
    // A stream that broke off says so.
    if (!reply.complete) expect(client.errorIn(reply.text), words).toBeDefined();
    return;
  }
  expect(reply.complete, words).toBe(true);
  // What a provider says of the request passes as it is, whatever it is.
  if (reply.status !== 400) client.mustBeError(reply.text, reply.status);
};

const rows = [...THROUGH, ...OTHERWISE].flatMap(({ client, target, to, ...row }) =>
  client === undefined || target === undefined || to === null ? [] : [{ ...row, client, target, to }],
);

it.each(rows)(
  '$name: every exchange has its answer and its record',
  async (row) => {
    const random = seeded(4);
    const bodies = bodiesOf(row.from).map((body) => ({ ...body, model: row.model }));
    const headers = { ...headersFor(row.client, parts.keys.hidden), 'content-type': 'application/json' };
    const exchanges = new Map<string, string>();
    for (let round = 0; round < EXCHANGES; round++) {
      const body = anyBody(bodies, random);
      upstream.next(anyReply(row, random));
      const call = rawPost({ url: parts.url, path: row.client.path, headers, body });
      const reply = await Promise.race([call.done, sleep(HANG_MS)]);
      upstream.forget();
      const words = `round ${round}: ${Buffer.from(body).toString()} -> ${reply?.text}`;
      if (reply === undefined) throw new Error(`it hangs; ${words}`);
      mustBeTold(row, reply, words);
      exchanges.set(String(reply.headers['x-gatehouse-exchange']), words);
    }
    const seals = await sealsOf([...exchanges.keys()]);
    for (const [exchange, words] of exchanges) {
      expect(seals.get(exchange)?.length, words).toBe(1);
      const [code = ''] = seals.get(exchange) ?? [];
      expect(
        code === 'none' || (code !== 'fault' && Object.hasOwn(REFUSALS, code)),
        `${code}: ${words}`,
      ).toBe(true);
    }
    expect(parts.log.filter(({ level }) => level === 'error')).toEqual([]);
  },
  TIME_MS,
);
