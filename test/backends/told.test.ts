// What a client hears beside the body of a reply, in the words of its dialect: what the exchange is called, how much more it may ask,
// and of an upstream's no, whether and when to try again. Every status arrives as it was, passed through or translated.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CallDialectName } from '../../src/dialects/dialect.ts';
import { exchangeOf } from '../kit/chat.ts';
import type { Started } from '../kit/gateway.ts';
import { startGateway } from '../kit/gateway.ts';
import { ALL, answered } from '../kit/spoken/calls.ts';
import type { Spoken } from '../kit/spoken/index.ts';
import { SPOKEN } from '../kit/spoken/index.ts';
import type { Scripted, Upstream } from '../kit/upstream.ts';
import { json, startUpstream } from '../kit/upstream.ts';

let upstream: Upstream;
let gateway: Started;
beforeAll(async () => {
  upstream = await startUpstream();
  const backend = { provider: 'compatible', url: upstream.url, zone: 'on_prem' };
  gateway = await startGateway({
    setup: JSON.stringify({
      teams: [{ name: 'crew' }],
      backends: SPOKEN.map(({ dialect }) => ({ ...backend, name: dialect, dialects: [dialect] })),
      models: SPOKEN.map(({ dialect }) => ({ name: dialect, targets: [{ backend: dialect, model: 'up' }] })),
      use_cases: [{ name: 'apps', team: 'crew', models: ['*'], endpoints: ALL }],
      keys: [{ name: 'apps', use_case: 'apps' }],
    }),
  });
});
afterAll(async () => {
  await gateway.stop();
  await upstream.stop();
});

/** Asks a model on a backend that speaks `on`, which answers with `reply`. */
const ask = async (spoken: Spoken, on: CallDialectName, reply: Scripted, more: object = {}) => {
  const body = { ...spoken.body('Good day', spoken.unstreamed), ...more, model: on };
  return (await answered(gateway, upstream, spoken, { key: 'apps', body, reply })).reply;
};

const familyOf = (dialect: string) => {
  if (dialect.startsWith('anthropic'))
    return { id: 'request-id', limit: 'anthropic-ratelimit-tokens-remaining' };
  if (dialect.startsWith('openai')) return { id: 'x-request-id', limit: 'x-ratelimit-remaining-tokens' };
  return { id: undefined, limit: undefined };
};

const LIMITS = {
  'x-ratelimit-remaining-tokens': '7',
  'x-ratelimit-odd': 'x'.repeat(101),
  'anthropic-ratelimit-tokens-remaining': '9',
  'anthropic-ratelimit-unified-status': 'allowed\u00e9',
  'anthropic-organization-id': 'org-ours',
  'openai-organization': 'org-ours',
};

const all = SPOKEN.map((spoken) => ({ name: spoken.dialect, spoken }));

describe.each(all)('$name', ({ name, spoken }) => {
  it('hears what its exchange is called and how much more it may ask, in its own headers and no others', async () => {
    const { id, limit } = familyOf(name);
    const names = { 'request-id': 'req_up', 'x-request-id': 'req_up' };
    const whole = {
      body: spoken.whole('fine'),
      headers: { 'content-type': 'application/json', ...names, ...LIMITS },
    };
    const reply = await ask(spoken, name, whole);
    expect(reply.status).toBe(200);
    const told = Object.keys(reply.headers).filter((each) => /request-id|ratelimit|organization/.test(each));
    expect(told.sort()).toEqual(
      [
        ...(id === undefined ? [] : [id]),
        ...(limit === undefined ? [] : [limit]),
        'x-gatehouse-upstream-request-id',
      ].sort(),
    );
    if (id !== undefined) expect(reply.headers[id]).toBe(exchangeOf(reply));
    expect(reply.headers['x-gatehouse-upstream-request-id']).toBe('req_up');
    expect(await gateway.record(exchangeOf(reply))).toMatchObject({ upstream_id: 'req_up', warnings: null });
  });
});

/** Statuses of an upstream's no; whether clients are told to try again, where the upstream does not say it itself. */
const STATUSES = [
  ...([
    [400, false],
    [402, false],
    [404, false],
    [408, true],
    [409, true],
    [413, false],
    [422, false],
  ] as const),
  ...([
    [429, true],
    [500, true],
    [502, true],
    [503, true],
    [529, true],
  ] as const),
];

/** The type of an error in dialects that have one. */
const typeIn = (text: string): unknown => JSON.parse(text).error?.type;
const TYPES: Readonly<Record<number, string>> = {
  400: 'invalid_request_error',
  402: 'billing_error',
  404: 'not_found_error',
  408: 'timeout_error',
  409: 'conflict_error',
  413: 'request_too_large',
  422: 'invalid_request_error',
  429: 'rate_limit_error',
  500: 'api_error',
  502: 'api_error',
  503: 'api_error',
  529: 'overloaded_error',
};

const errorOf = (on: CallDialectName, status: number, headers: Record<string, string>): Scripted => {
  if (on.startsWith('anthropic'))
    return json(
      { type: 'error', error: { type: TYPES[status], message: 'No.' }, request_id: 'r' },
      status,
      headers,
    );
  return json({ error: { message: 'No.', type: 'x', param: null, code: null } }, status, headers);
};

const translated = SPOKEN.filter(({ dialect }) => !/count-tokens|embed/.test(dialect)).flatMap((spoken) =>
  (['openai-chat', 'anthropic-messages'] as const)
    .filter((on) => on !== spoken.dialect)
    .map((on) => ({ name: `${spoken.dialect} from ${on}`, spoken, on })),
);
const same = SPOKEN.map((spoken) => ({ name: spoken.dialect, spoken, on: spoken.dialect }));
const asked = { 'openai-completions': { max_tokens: 9 } } as Readonly<
  Partial<Record<CallDialectName, object>>
>;

describe.each([...same, ...translated])("an upstream's no to $name", ({ spoken, on }) => {
  it.each(STATUSES)(
    'of %i keeps its status, in the shape of the dialect, with advice on another try',
    async (status, retry) => {
      const wait = { 'retry-after': '7200', 'retry-after-ms': '7200000' };
      const reply = await ask(spoken, on, errorOf(on, status, wait), asked[spoken.dialect]);
      expect(reply.status).toBe(status);
      expect(reply.headers['retry-after']).toBe('60');
      const isPassed = spoken.dialect === on && status < 500;
      if (isPassed) expect(reply.headers['retry-after-ms']).toBe('60000');
      else {
        spoken.mustBeError(reply.text, status);
        expect(reply.headers['x-should-retry']).toBe(String(retry));
        if (spoken.dialect.startsWith('anthropic')) expect(typeIn(reply.text)).toBe(TYPES[status]);
        if (status < 500) expect(reply.text).toContain('No.');
      }
      expect(await gateway.record(exchangeOf(reply))).toMatchObject({ ending: 'failed', status });
    },
  );

  it('says itself whether to try again, whatever its status', async () => {
    for (const [status, should] of [
      [400, 'true'],
      [503, 'false'],
    ] as const) {
      const reply = await ask(
        spoken,
        on,
        errorOf(on, status, { 'x-should-retry': should }),
        asked[spoken.dialect],
      );
      expect([reply.status, reply.headers['x-should-retry']]).toEqual([status, should]);
    }
  });
});

it.each(SPOKEN.filter(({ dialect }) => dialect.startsWith('ollama')))(
  "$dialect says in Ollama's words that there is no such model",
  async (spoken) => {
    const body = { ...spoken.body('Hi', spoken.unstreamed), model: "it's not" };
    const { reply } = await answered(gateway, upstream, spoken, { key: 'apps', body });
    expect([reply.status, JSON.parse(reply.text)]).toEqual([404, { error: "model 'it's not' not found" }]);
  },
);
