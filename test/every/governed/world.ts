// A gateway in front of backends of every dialect, and what is asked of it: in whichever cell, what is hidden reaches neither the
// upstream nor the client nor the record, and there is one sealed record.
import { sql } from 'kysely';
import { expect } from 'vitest';
import { CALL_DIALECTS, CALL_ENDPOINTS } from '../../../src/providers/names.ts';
import type { RawCall, RawReply } from '../../kit/clients.ts';
import { rawPost } from '../../kit/clients.ts';
import { cloudBackends } from '../../kit/cloud/backends.ts';
import type { Kept, Parts } from '../../kit/parts.ts';
import { startParts } from '../../kit/parts.ts';
import type { Json, Spoken } from '../../kit/spoken/spoken.ts';
import type { Script, Seen, Upstream } from '../../kit/upstream.ts';
import { json, startUpstream } from '../../kit/upstream.ts';
import { LEAK, spelledIn } from './spelled.ts';

/** What stands above every turn of the use case `bound`. */
export const PROMPT = 'Answer in one sentence.';

/** What a record says, as far as a verdict needs it. */
export type Sealed = {
  readonly ending: string;
  readonly status: number;
  readonly code: string | null;
  readonly findings: readonly {
    readonly direction: string;
    readonly type: string;
    readonly action: string;
  }[];
  readonly [field: string]: unknown;
};

/** A request, and how the upstream answers it. */
export type Sent = {
  readonly path: string;
  readonly method?: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Text and bytes go as they are. */
  readonly body?: Json | string | Uint8Array;
  readonly reply?: Script;
  /** Whether it comes from an address of its own: of strangers at one address only the first has a record of its own. */
  readonly alone?: boolean;
};

/** What became of it. */
export type Got = { readonly reply: RawReply; readonly seen: Seen | undefined; readonly sealed: Sealed };

export type World = {
  readonly keys: Readonly<Record<string, string>>;
  /** Sends one to its end, and holds what became of it against what is true of every exchange. */
  ask(sent: Sent): Promise<Got>;
  /** Sends one that its client leaves once the upstream has it and, if `head`, the client its head. */
  leave(sent: Sent, head: boolean): Promise<Sealed>;
  stop(): Promise<void>;
};

/** How long a seal may take to reach the store. */
const SEAL_MS = 5_000;

const USE_CASES: readonly Json[] = [
  ...['hidden', 'gone', 'late'].map((name) => ({ name })),
  { name: 'blocked', policy: 'strict' },
  { name: 'wary', policy: 'wary' },
  { name: 'narrow', models: ['other'] },
  { name: 'bound', system_prompt: PROMPT },
  ...CALL_ENDPOINTS.map((endpoint) => ({
    name: `not-${endpoint}`,
    endpoints: CALL_ENDPOINTS.filter((each) => each !== endpoint),
  })),
];

/** A setup with a backend, and its twin in a cloud, for every dialect, and for providers with a form of their own; all of them at `url`. */
export const setupFor = (url: string, clouds: readonly Json[] = []): string =>
  JSON.stringify({
    teams: [{ name: 'crew' }],
    backends: [
      ...CALL_DIALECTS.flatMap((dialect) =>
        [
          { name: `lan-${dialect}`, zone: 'on_prem' },
          { name: `cloud-${dialect}`, zone: 'cloud' },
        ].map((backend) => ({ ...backend, provider: 'compatible', url, dialects: [dialect] })),
      ),
      ...clouds.flatMap((backend) => [backend, { ...backend, name: `away-${backend.name}`, zone: 'cloud' }]),
    ],
    models: CALL_DIALECTS.flatMap((dialect) => [
      { name: `to-${dialect}`, targets: [{ backend: `lan-${dialect}`, model: 'upstream-small' }] },
      { name: `away-${dialect}`, targets: [{ backend: `cloud-${dialect}`, model: 'upstream-small' }] },
    ]),
    policies: [
      { name: 'strict', overrides: { email: 'block' } },
      { name: 'wary', request: { injection: 'block' } },
    ],
    use_cases: USE_CASES.map((useCase) => ({
      team: 'crew',
      models: ['*'],
      endpoints: CALL_ENDPOINTS,
      ...useCase,
    })),
    keys: USE_CASES.map(({ name }) => ({ name, use_case: name })),
  });

/** Starts one. */
export const startWorld = async (): Promise<World> => {
  const upstream = await startUpstream();
  const parts = await startParts(setupFor(upstream.url, cloudBackends(upstream.url)));
  const { db } = parts.real.store;
  await sql`update keys set revoked_at = now() where name = 'gone'`.execute(db);
  await sql`update keys set expires_at = now() where name = 'late'`.execute(db);
  const begin = beginner(parts, upstream);
  return {
    keys: parts.keys,
    ask: async (sent) => {
      const before = upstream.requests.length;
      const reply = await begin(sent).call.done;
      const seen = sentTo(upstream, before);
      upstream.forget();
      expect(seen.length, 'requests upstream').toBeLessThanOrEqual(1);
      mustHide(reply, seen);
      await parts.real.spool.flush(SEAL_MS);
      const exchange = String(reply.headers['x-gatehouse-exchange']);
      return { reply, seen: seen[0], sealed: onlySeal(await parts.entries(exchange)) };
    },
    leave: async (sent, head) => {
      const before = upstream.requests.length;
      const { call, agent } = begin(sent);
      const seen = await upstream.arrived(before);
      if (head) await call.head;
      call.abort();
      expect(await seen.closed).toBe('aborted');
      mustHide(await call.done, [seen]);
      return onlySeal(await entriesOf(parts, agent));
    },
    stop: async () => {
      await parts.stop();
      await upstream.stop();
    },
  };
};

/** Where a provider's tokens are asked for. */
const TOKEN_PATH = '/token';
const TOKEN = json({ access_token: 'a-token', expires_in: 3600, token_type: 'Bearer' });

/** A reply for the request itself; one for a token before it is answered beside. */
const afterToken =
  (upstream: Upstream, reply: Script): Script =>
  (seen) => {
    if (seen.path !== TOKEN_PATH) return typeof reply === 'function' ? reply(seen) : reply;
    upstream.next(afterToken(upstream, reply));
    return TOKEN;
  };

const sentTo = ({ requests }: Upstream, from: number): readonly Seen[] =>
  requests.slice(from).filter(({ path }) => path !== TOKEN_PATH);

/** Begins requests, each known by an agent of its own. */
const beginner = (parts: Parts, upstream: Upstream) => {
  let count = 0;
  return (sent: Sent): { call: RawCall; agent: string } => {
    const { path, method = 'POST', headers, body, reply, alone } = sent;
    count += 1;
    const agent = `asker-${count}`;
    if (reply !== undefined) upstream.next(afterToken(upstream, reply));
    const call = rawPost({
      url: parts.url,
      path,
      method,
      headers: { ...headers, 'user-agent': agent },
      ...(body === undefined ? {} : { body }),
      ...(alone === true ? { from: `127.1.${count >> 8}.${count & 255 || 255}` } : {}),
    });
    return { call, agent };
  };
};

/** Nothing of what is hidden is with the client or upstream. */
const mustHide = (reply: RawReply, seen: readonly Seen[]): void => {
  expect(spelledIn(reply.text)).not.toMatch(LEAK);
  expect(reply.rawHeaders.join('\n')).not.toMatch(LEAK);
  for (const { path, rawHeaders, body } of seen) {
    expect(spelledIn(body.toString())).not.toMatch(LEAK);
    expect(path + rawHeaders.join('\n')).not.toMatch(LEAK);
  }
};

/** The one seal among the entries of an exchange, none of which says what is hidden. */
const onlySeal = (entries: readonly Kept[]): Sealed => {
  const seals = entries.filter(({ kind }) => kind === 'seal');
  expect(seals.length, 'seals').toBe(1);
  expect(entries.filter(({ kind }) => kind === 'open').length, 'opened records').toBeLessThanOrEqual(1);
  expect(JSON.stringify(entries)).not.toMatch(LEAK);
  return seals[0]?.body as Sealed; // our own record
};

/** The entries of an exchange whose client never got its id. */
const entriesOf = async (parts: Parts, agent: string): Promise<readonly Kept[]> => {
  for (const until = Date.now() + SEAL_MS; ; ) {
    await parts.real.spool.flush(SEAL_MS);
    const { rows } = await sql<{ exchange: string }>`
      select body->>'exchange' as exchange from audit_entries
      where body->>'kind' = 'seal' and body->'body'->>'client' = ${agent}`.execute(parts.real.store.db);
    const [found] = rows;
    if (found !== undefined) return parts.entries(found.exchange);
    if (Date.now() > until) throw new Error(`no sealed record of ${agent}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
};

/** The headers that a client of that dialect sends with a key; undefined: without one. */
export const headersFor = (
  { keyHeader, headers }: Pick<Spoken, 'keyHeader' | 'headers'>,
  key: string | undefined,
): Record<string, string> => ({
  ...headers,
  ...(key === undefined ? {} : { [keyHeader]: keyHeader === 'x-api-key' ? key : `Bearer ${key}` }),
});
