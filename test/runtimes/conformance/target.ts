// What a conformance check is given, and what every check leans on: one configuration, requests as raw bytes, and the record
// of what was asked held against what was sent and received.
import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'vitest';
import { CALL_DIALECTS, CALL_ENDPOINTS } from '../../../src/providers/names.ts';
import type { RawCall, RawReply } from '../../kit/clients.ts';
import { rawPost } from '../../kit/clients.ts';
import { cloudBackends } from '../../kit/cloud/backends.ts';
import type { Seen, Upstream } from '../../kit/upstream.ts';

/** A gateway on some runtime. */
export type Target = {
  readonly url: string;
  /** Serves every backend of the configuration but `dead`. One check at a time uses it. */
  readonly upstream: Upstream;
} & Traits;

/** Where runtimes differ. */
export type Traits = {
  /** Whether it can tell a connection that was never made from one that was cut. */
  readonly provesUnreachable: boolean;
  /**
   * Whether it hears a client close while nothing is being sent. Where it does not, it hears a reset, and a close at the
   * next frame.
   */
  readonly hearsClose: boolean;
  /** Whether the platform compresses replies behind the gateway's back. */
  readonly compresses: boolean;
};

/** One guarantee. */
export type Check = { readonly name: string; readonly run: (target: Target) => Promise<void> };

export const ADMIN_TOKEN = 'conformance-admin-token-0123456789';
export const ROOT_SECRET = 'conformance-root-secret-0123456789-0123456789';
/** The environment of `${env:UPSTREAM_KEY}`. */
export const UPSTREAM_KEY = 'sk-conformance-upstream-0123456789';
/** GATEHOUSE_BODY_LIMIT of every runtime under test. */
export const BODY_LIMIT = 2 * 1024 * 1024;
export const CHAT = '/v1/chat/completions';
export const PROMPT = 'Answer in one sentence. Böse Zeichen: "\\ \u2028';
/** How long a seal may take to be seen, and an upstream to be let go after a hang-up. */
const SOON_MS = 2_000;

/** Settings all runtimes share. */
export const SETTINGS = {
  GATEHOUSE_SECRET: ROOT_SECRET,
  GATEHOUSE_ADMIN_TOKEN: ADMIN_TOKEN,
  GATEHOUSE_BODY_LIMIT: String(BODY_LIMIT),
  GATEHOUSE_LOG: 'error',
  UPSTREAM_KEY,
} as const;

/** What a backend each speaks alone, so that others are translated into it; its models are asked for as `only-.../m`. */
export const TRANSLATED = ['openai-chat', 'anthropic-messages'] as const;

const USE_CASES = {
  plain: { models: ['*'] },
  narrow: { models: ['small'] },
  prompted: { models: ['*'], system_prompt: PROMPT },
  demoting: { models: ['*'], system_prompt: PROMPT, caller_system: 'demote' },
  open: { models: ['*'], data_class: 'non_sensitive' },
  wide: { models: ['*'], endpoints: CALL_ENDPOINTS },
} as const;

type KeyName = keyof typeof USE_CASES;

/** The text of a key of the configuration. */
export const keyOf = (name: KeyName): string => `conformance-key-${name}-0123456789`;

/** The one gatehouse.yaml of every runtime. Nothing listens on `deadPort`. */
export const setupText = (upstreamUrl: string, deadPort: number): string => {
  const names = Object.keys(USE_CASES) as KeyName[]; // its own keys
  const to = (...targets: string[]) => targets.map((backend) => ({ backend, model: 'upstream-small' }));
  return JSON.stringify({
    teams: [{ name: 'crew' }],
    backends: [
      { name: 'lan', provider: 'compatible', url: upstreamUrl, zone: 'on_prem' },
      {
        name: 'guarded',
        provider: 'compatible',
        url: upstreamUrl,
        zone: 'on_prem',
        secret: '${env:UPSTREAM_KEY}',
      },
      { name: 'away', provider: 'compatible', url: upstreamUrl, zone: 'cloud' },
      { name: 'every', provider: 'compatible', url: upstreamUrl, zone: 'on_prem', dialects: CALL_DIALECTS },
      ...TRANSLATED.map((dialect) => ({
        name: `only-${dialect}`,
        provider: 'compatible',
        url: upstreamUrl,
        zone: 'on_prem',
        dialects: [dialect],
      })),
      ...cloudBackends(upstreamUrl),
      { name: 'dead', provider: 'compatible', url: `http://127.0.0.1:${deadPort}`, zone: 'on_prem' },
    ],
    models: [
      { name: 'small', targets: to('lan') },
      { name: 'secret', targets: to('guarded') },
      { name: 'cloudy', targets: to('away') },
      { name: 'lost', targets: to('dead') },
      { name: 'spare', targets: to('dead', 'lan') },
    ],
    use_cases: names.map((name) => ({ name, team: 'crew', ...USE_CASES[name] })),
    keys: names.map((name) => ({ name, use_case: name, secret: keyOf(name) })),
  });
};

/** What to ask; by default a chat with the model `small` under the key `plain`. */
export type Wanted = {
  readonly key?: KeyName;
  readonly path?: string;
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Text and bytes go as they are, anything else as JSON. */
  readonly body?: unknown;
};

export const user = (content: unknown) => ({ role: 'user', content });
export const hello = { model: 'small', messages: [user('Hello there')] };

/** Begins a request. */
export const begin = (target: Pick<Target, 'url'>, wanted: Wanted = {}): RawCall => {
  const { key, path = CHAT, method = 'POST', body = method === 'GET' ? undefined : hello } = wanted;
  const keyed = { authorization: `Bearer ${keyOf(key ?? 'plain')}` };
  const typed = method === 'GET' ? {} : { 'content-type': 'application/json' };
  const headers = { ...keyed, ...typed, ...wanted.headers };
  return rawPost({ url: target.url, path, method, headers, body });
};

/** Asks, and waits for the reply's end. */
export const ask = (target: Target, wanted: Wanted = {}): Promise<RawReply> => begin(target, wanted).done;

/** Asks, and gives with the reply what the upstream saw. */
export const through = async (
  target: Target,
  wanted: Wanted = {},
): Promise<{ reply: RawReply; seen: Seen }> => {
  const index = target.upstream.requests.length;
  const reply = await ask(target, wanted);
  expect(target.upstream.requests.length, `requests upstream of: ${reply.text}`).toBe(index + 1);
  return { reply, seen: await target.upstream.arrived(index) };
};

export const sha256 = (bytes: string | Uint8Array): string =>
  createHash('sha256').update(bytes).digest('hex');

type Item = Readonly<Record<string, unknown>>;

/** Asks the admin API as an operator: a POST when there is something to say. */
export const admin = async (
  target: Pick<Target, 'url'>,
  path: string,
  said?: unknown,
): Promise<{ status: number; body: Item }> => {
  const headers = { authorization: `Bearer ${ADMIN_TOKEN}`, 'content-type': 'application/json' };
  const reply = await fetch(`${target.url}/admin/v1${path}`, {
    headers,
    ...(said === undefined ? {} : { method: 'POST', body: JSON.stringify(said) }),
  });
  return { status: reply.status, body: (await reply.json()) as Item }; // every reply of the admin API is an object
};

const isSealed = (item: Item | undefined): item is Item => typeof item?.sealed_at === 'string';

const soon = async (find: () => Promise<Item | undefined>, what: string): Promise<Item> => {
  for (const end = Date.now() + SOON_MS; ; await sleep(20)) {
    const found = await find();
    if (isSealed(found)) return found;
    if (Date.now() > end) throw new Error(`no sealed record of ${what}: ${JSON.stringify(found)}`);
  }
};

/** The sealed record of a request that never got a reply's head; `agent` is the user-agent it alone had. */
export const recordOfAgent = (target: Target, agent: string): Promise<Item> =>
  soon(async () => {
    const { body } = await admin(target, '/records?limit=20');
    return (body.items as Item[]).find(({ client }) => client === agent); // a page has its items
  }, agent);

/** The sealed record of a reply, which must say `expected` and the digest of the very bytes the client received. */
export const sealed = async (target: Target, reply: RawReply, expected: Item): Promise<Item> => {
  const exchange = String(reply.headers['x-gatehouse-exchange']);
  expect(exchange, `of ${reply.status} ${reply.text}`).toMatch(/^ex_[0-9A-Z]{26}$/);
  const record = await soon(async () => (await admin(target, `/records/${exchange}`)).body, exchange);
  expect(record).toMatchObject({ exchange, delivered_sha256: sha256(reply.body), ...expected });
  return record;
};

/** Codes that those without a key are refused with. */
const STRANGERS = new Set(['missing_key', 'invalid_key', 'not_found', 'method_not_allowed']);

/** Holds a refusal against its status, its code and its record; nothing of it may have reached the upstream. */
export const refused = async (
  target: Target,
  wanted: Wanted,
  status: number,
  told: string,
  code: string = told,
): Promise<RawReply> => {
  const before = target.upstream.requests.length;
  const reply = await ask(target, wanted);
  expect([reply.status, reply.complete, reply.text]).toEqual([
    status,
    true,
    expect.stringContaining(`"code":"${told}"`),
  ]);
  expect(JSON.parse(reply.text)).toHaveProperty('error.message');
  // Of strangers only the first in a minute has a record of its own; the rest are counted.
  if (!STRANGERS.has(code)) await sealed(target, reply, { ending: 'refused', status, code });
  expect(target.upstream.requests.length).toBe(before);
  return reply;
};

/** Resolves when the upstream of this request was let go, which must be soon. */
export const letGo = async (seen: Seen): Promise<void> => {
  expect(await Promise.race([seen.closed, sleep(SOON_MS, 'still open')])).toBe('aborted');
};
