// In every dialect, whatever way a text goes and however it is cut, what the policy hides does not pass.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { exchangeOf } from '../../kit/chat.ts';
import type { Started } from '../../kit/gateway.ts';
import { startGateway } from '../../kit/gateway.ts';
import { answered, asStream } from '../../kit/spoken/calls.ts';
import { SPOKEN } from '../../kit/spoken/index.ts';
import type { Upstream } from '../../kit/upstream.ts';
import { startUpstream } from '../../kit/upstream.ts';

const EMAIL = 'ann.lee@corp-mail.de';
const TEXT = `Write to ${EMAIL} now.`;

let upstream: Upstream;
let gateway: Started;
beforeAll(async () => {
  upstream = await startUpstream();
  const useCases = [
    { name: 'hidden', policy: 'default' },
    { name: 'blocked', policy: 'strict' },
    { name: 'unread', policy: 'unread' },
  ];
  gateway = await startGateway({
    setup: JSON.stringify({
      teams: [{ name: 'crew' }],
      backends: [
        {
          name: 'lan',
          provider: 'compatible',
          url: upstream.url,
          zone: 'on_prem',
          dialects: SPOKEN.map(({ dialect }) => dialect),
        },
      ],
      models: [{ name: 'small', targets: [{ backend: 'lan', model: 'upstream-small' }] }],
      policies: [
        { name: 'strict', overrides: { email: 'block' } },
        { name: 'unread', request: { uninspected: 'refuse' }, response: { uninspected: 'refuse' } },
      ],
      use_cases: useCases.map((useCase) => ({
        ...useCase,
        team: 'crew',
        models: ['*'],
        endpoints: ['chat', 'completions', 'embeddings'],
      })),
      keys: useCases.map(({ name }) => ({ name, use_case: name })),
    }),
  });
});
afterAll(async () => {
  await gateway.stop();
  await upstream.stop();
});

const all = SPOKEN.map((spoken) => ({ name: spoken.dialect, spoken }));
const talking = all.filter(({ spoken }) => spoken.whole('MARK').includes('MARK'));
const streaming = all.filter(({ spoken }) => spoken.stream !== null);
const finding = { type: 'email', category: 'pii' };

describe.each(all)('a request in $name', ({ spoken }) => {
  const body = spoken.body(TEXT, spoken.unstreamed);

  it('goes on without what is redacted, wherever it stands', async () => {
    const more = { later: { deep: [TEXT] }, user: EMAIL };
    for (const sent of [body, { ...body, ...more }]) {
      const { reply, seen } = await answered(gateway, upstream, spoken, {
        key: 'hidden',
        body: sent,
        reply: { body: spoken.whole('Good') },
      });
      expect(reply.status).toBe(200);
      expect(seen?.body.toString()).not.toContain(EMAIL);
      expect(seen?.body.toString()).toContain('Write to ');
      expect(await gateway.record(exchangeOf(reply))).toMatchObject({
        findings: expect.arrayContaining([
          expect.objectContaining({ ...finding, direction: 'request', action: 'redact' }),
        ]),
      });
    }
  });

  it('is refused with what is blocked, and nothing of it leaves', async () => {
    const { reply, seen } = await answered(gateway, upstream, spoken, { key: 'blocked', body });
    expect([reply.status, seen]).toEqual([400, undefined]);
    spoken.mustBeError(reply.text, 400);
    expect(reply.text).not.toContain(EMAIL);
    expect(await gateway.record(exchangeOf(reply))).toMatchObject({
      ending: 'refused',
      code: 'prompt_blocked',
      findings: [expect.objectContaining({ ...finding, action: 'block' })],
    });
  });

  it.each(spoken.unreadable.map(([name, more]) => ({ what: name, more })))(
    'that holds $what is recorded as not inspected, or refused where the policy says so',
    async ({ more }) => {
      const sent = { ...spoken.body('x', spoken.unstreamed), ...more };
      const passed = await answered(gateway, upstream, spoken, {
        key: 'hidden',
        body: sent,
        reply: { body: spoken.whole('Good') },
      });
      expect(passed.reply.status).toBe(200);
      expect(passed.seen?.json).toEqual({ ...sent, model: 'upstream-small' });
      const { coverage } = await gateway.record(exchangeOf(passed.reply));
      expect(JSON.stringify(coverage)).toMatch(/"not_inspected":\[\{/);
      const { reply, seen } = await answered(gateway, upstream, spoken, { key: 'unread', body: sent });
      expect([reply.status, seen]).toEqual([400, undefined]);
      spoken.mustBeError(reply.text, 400);
    },
  );
});

describe.each(talking)('a whole reply in $name', ({ spoken }) => {
  const body = spoken.body('x', spoken.unstreamed);

  it('is given without what is redacted', async () => {
    const reply = { body: spoken.whole(TEXT) };
    const { reply: given } = await answered(gateway, upstream, spoken, { key: 'hidden', body, reply });
    expect([given.status, given.text.includes(EMAIL)]).toEqual([200, false]);
    for (const text of spoken.said(given.text)) expect(text).toMatch(/^Write to .+ now\.$/);
    expect(await gateway.record(exchangeOf(given))).toMatchObject({
      findings: expect.arrayContaining([expect.objectContaining({ ...finding, direction: 'response' })]),
    });
  });

  it('is not given with what is blocked', async () => {
    const reply = { body: spoken.whole(TEXT) };
    const { reply: given } = await answered(gateway, upstream, spoken, { key: 'blocked', body, reply });
    expect([given.status, given.text.includes(EMAIL)]).toEqual([403, false]);
    spoken.mustBeError(given.text, 403);
    expect(await gateway.record(exchangeOf(given))).toMatchObject({
      ending: 'refused',
      code: 'reply_blocked',
    });
  });
});

describe.each(streaming)('a streamed reply in $name', ({ spoken }) => {
  const body = spoken.body('x', spoken.streamed);

  it('is given without what is redacted, wherever the upstream cuts it', async () => {
    for (let cut = 0; cut <= EMAIL.length; cut++) {
      const pieces = ['Write ', `to ${EMAIL.slice(0, cut)}`, `${EMAIL.slice(cut)} no`, 'w.'];
      const reply = asStream(spoken, pieces);
      const { reply: given } = await answered(gateway, upstream, spoken, { key: 'hidden', body, reply });
      expect([given.status, given.complete, given.text.includes(EMAIL)]).toEqual([200, true, false]);
      const said = spoken.saidIn(given.text);
      expect(said.length).toBeGreaterThan(0);
      for (const text of said) {
        expect(text).toMatch(/^Write to .+ now\.$/);
        expect(text).not.toMatch(/ann|lee|corp/);
      }
      expect(spoken.ends(given.text)).toBe(true);
    }
  });

  it('breaks off before what is blocked', async () => {
    const reply = asStream(spoken, ['Write ', 'to ann.lee', '@corp-mail.de no', 'w.']);
    const { reply: given } = await answered(gateway, upstream, spoken, { key: 'blocked', body, reply });
    expect([given.text.includes('ann'), spoken.ends(given.text)]).toEqual([false, false]);
    spoken.mustBeError(spoken.errorIn(given.text) ?? given.text, 403);
    expect(await gateway.record(exchangeOf(given))).toMatchObject({
      ending: 'refused',
      code: 'reply_blocked',
    });
  });
});
