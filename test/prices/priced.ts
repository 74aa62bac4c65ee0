// A gateway between priced models and one scripted upstream, for tests of what the record says an exchange cost.
import type { Used } from '../../src/exchange.ts';
import { costMicros } from '../../src/prices/cost.ts';
import type { AppliedRates } from '../../src/prices/price.ts';
import { exchangeOf } from '../kit/chat.ts';
import type { RawCall } from '../kit/clients.ts';
import { rawPost } from '../kit/clients.ts';
import type { Started } from '../kit/gateway.ts';
import { startGateway } from '../kit/gateway.ts';
import type { Scripted, Upstream } from '../kit/upstream.ts';
import { event, json, startUpstream } from '../kit/upstream.ts';

const setup = (url: string) => `
backends:
  - { name: vendor, provider: compatible, url: "${url}", zone: cloud }
  - { name: azure, provider: azure, url: "${url}", zone: cloud }
  - { name: claude, provider: anthropic, url: "${url}", zone: cloud }
  - { name: lan, provider: compatible, url: "${url}", zone: on_prem }
  - { name: nowhere, provider: compatible, url: "http://127.0.0.1:9", zone: cloud }
models:
  - name: big
    targets: [{ backend: vendor, model: vendor-big }]
    price:
      input_usd_per_mtok: 3
      output_usd_per_mtok: 15
      cached_input_usd_per_mtok: 0.3
      tiers: [{ above_input_tokens: 200000, input_usd_per_mtok: 6, output_usd_per_mtok: 22.5 }]
  - name: sonnet
    targets: [{ backend: claude, model: claude-sonnet-4-5 }]
    price:
      input_usd_per_mtok: 3
      output_usd_per_mtok: 15
      cached_input_usd_per_mtok: 0.3
      cache_write_usd_per_mtok: 3.75
      cache_write_1h_usd_per_mtok: 6
  - { name: own, targets: [{ backend: lan, model: llama }] }
  - { name: strange, targets: [{ backend: vendor, model: strange }] }
  - { name: deployed, targets: [{ backend: azure, model: gpt-5 }] }
  - { name: nowhere, targets: [{ backend: nowhere, model: gpt-5 }] }
teams: [{ name: crew }]
policies:
  - { name: quiet, request: { pii: off, secrets: off }, response: { pii: off, secrets: off } }
use_cases:
  - { name: plain, team: crew, models: ["*"], data_class: non_sensitive, endpoints: [chat, embeddings] }
  - { name: quiet, team: crew, models: ["*"], data_class: non_sensitive, policy: quiet }
keys: [{ name: plain, use_case: plain }, { name: quiet, use_case: quiet }]
`;

/** What is asked, and how. */
export type Asked = {
  readonly model?: string;
  readonly key?: string;
  readonly path?: string;
  readonly body?: object;
  readonly stream?: boolean;
};

/** The prompt. */
export const WORDS = 'Say in a few words what the committee decided on Tuesday about the pension scheme.';

/** The cost as somebody computes it who has the record and nothing else. */
export const recomputed = (record: Record<string, unknown>): number | null =>
  costMicros(record['usage'] as Used, record['price'] as AppliedRates);

/** A whole reply that tells this usage. */
export const answer = (usage: object | undefined, content = 'They put it off.') =>
  json({
    ...{ id: 'chatcmpl-1', object: 'chat.completion', created: 1, model: 'vendor-big' },
    choices: [{ index: 0, message: { role: 'assistant', content }, finish_reason: 'stop' }],
    ...(usage === undefined ? {} : { usage }),
  });
/** A piece of a streamed one. */
export const chunk = (content: string) =>
  event({ choices: [{ index: 0, delta: { content }, finish_reason: null }] });
/** An answer in pieces. */
export const WRITTEN = Array.from(
  { length: 40 },
  (_, i) => `The committee has put item ${i} off until later.\n\n`,
);
export const SAID: readonly string[] = WRITTEN.map(chunk);
/** As o200k counts what was said; an estimate may be a quarter off. */
export const SAID_TOKENS = 40 * 11;

type Told = Record<string, unknown>;

/** The gateway and its upstream. */
export type Priced = {
  readonly gateway: Started;
  readonly upstream: Upstream;
  /** Asks; `script` is how the upstream answers. */
  ask(script: Scripted | undefined, asked?: Asked): RawCall;
  /** The record of what was asked, once it is sealed. */
  recordOf(call: RawCall): Promise<Told>;
  stop(): Promise<void>;
};

/** Starts both. */
export const startPriced = async (): Promise<Priced> => {
  const upstream = await startUpstream();
  const gateway = await startGateway({ setup: setup(upstream.url) });
  return {
    ...{ gateway, upstream },
    ask: (script, asked = {}) => {
      if (script !== undefined) upstream.next(script);
      const { model = 'big', key = 'plain', path = '/v1/chat/completions', stream = false } = asked;
      return rawPost({
        url: gateway.url,
        path,
        headers: { authorization: `Bearer ${gateway.keys[key]}`, 'content-type': 'application/json' },
        body: { model, stream, messages: [{ role: 'user', content: WORDS }], ...asked.body },
      });
    },
    recordOf: async (call) => gateway.record(exchangeOf(await call.done)),
    stop: async () => {
      await gateway.stop();
      await upstream.stop();
    },
  };
};
