// A whole gateway in front of a scripted upstream, with one use case and key a policy: for tests of what its inspection does.
import type { Evidence } from '../../src/dlp/evidence.ts';
import { exchangeOf, postChat } from '../kit/chat.ts';
import type { RawCall, RawReply } from '../kit/clients.ts';
import { setupFor } from '../kit/gateway.ts';
import type { Parts } from '../kit/parts.ts';
import { startParts } from '../kit/parts.ts';
import type { Scripted, Seen, Upstream } from '../kit/upstream.ts';
import { startUpstream } from '../kit/upstream.ts';

export const AWS = 'AKIA5XQJ7K2MZP4RWL3D';
export const EMAIL = 'ann.smith@example.com';
export const SSN = '536-22-8731';

/** How often a client that waits hears something here. */
export const KEEP_ALIVE_MS = 60;

/** What a record says. */
export type Sealed = {
  readonly findings: Evidence['findings'];
  readonly findings_left_off: number;
  readonly coverage: readonly {
    readonly part: string;
    readonly inspected_by: readonly string[];
    readonly not_inspected: readonly { readonly place: string; readonly kind: string }[];
  }[];
  readonly ending: string;
  readonly status: number;
  readonly code: string | null;
  readonly [field: string]: unknown;
};

export type Bench = {
  readonly upstream: Upstream;
  readonly parts: Parts;
  /** Starts a call under a policy. */
  call(policy: string, body: unknown, script?: Scripted, headers?: Readonly<Record<string, string>>): RawCall;
  /** Makes one to its end. */
  ask(
    policy: string,
    body: unknown,
    script?: Scripted,
    headers?: Readonly<Record<string, string>>,
  ): Promise<{ reply: RawReply; seen: Seen | undefined; sealed: Sealed; record: string }>;
  stop(): Promise<void>;
};

/** Starts one. Policies by name; `plain` is the default policy. */
export const startBench = async (policies: Readonly<Record<string, object>> = {}): Promise<Bench> => {
  const upstream = await startUpstream();
  const names = Object.keys(policies);
  const setup = JSON.stringify({
    ...JSON.parse(
      setupFor(upstream.url, [{ name: 'plain' }, ...names.map((name) => ({ name, policy: name }))]),
    ),
    policies: names.map((name) => ({ name, ...policies[name] })),
  });
  const parts = await startParts(setup, (real) => ({
    ...real,
    limits: { ...real.limits, keepAliveMs: KEEP_ALIVE_MS },
  }));
  const call: Bench['call'] = (policy, body, script, headers = {}) => {
    if (script !== undefined) upstream.next(script);
    return postChat(parts.url, parts.keys[policy] ?? '', body, headers);
  };
  return {
    upstream,
    parts,
    call,
    ask: async (policy, body, script, headers) => {
      const before = upstream.requests.length;
      const reply = await call(policy, body, script, headers).done;
      const entries = await parts.entries(exchangeOf(reply));
      const sealed = entries.find(({ kind }) => kind === 'seal')?.body as Sealed; // our own record
      return { reply, seen: upstream.requests[before], sealed, record: JSON.stringify(entries) };
    },
    stop: async () => {
      await parts.stop();
      await upstream.stop();
    },
  };
};

/** One event of a stream. */
export const sse = (value: unknown): string => `data: ${JSON.stringify(value)}\n\n`;
export const chunk = (delta: object, more: object = {}): string =>
  sse({ choices: [{ index: 0, delta, finish_reason: null, ...more }] });
export const said = (content: string): string => chunk({ content });
export const DONE = 'data: [DONE]\n\n';

/** The texts of a streamed reply, put together. */
export const contentOf = (text: string): string =>
  text
    .split('\n')
    .filter((line) => line.startsWith('data: {'))
    .map((line) => JSON.parse(line.slice(6)).choices?.[0]?.delta?.content ?? '')
    .join('');
