// The pretend backend answers in every dialect, so that each can be tried without a model: what it is told to say, a tool, a failure.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { exchangeOf } from '../kit/chat.ts';
import type { Started } from '../kit/gateway.ts';
import { startGateway } from '../kit/gateway.ts';
import { call } from '../kit/spoken/calls.ts';
import { SPOKEN } from '../kit/spoken/index.ts';

let gateway: Started;
beforeAll(async () => {
  gateway = await startGateway({
    setup: JSON.stringify({
      teams: [{ name: 'crew' }],
      backends: [{ name: 'toy', provider: 'pretend', zone: 'on_prem' }],
      models: [{ name: 'small', targets: [{ backend: 'toy', model: 'toy' }] }],
      use_cases: [
        { name: 'plain', team: 'crew', models: ['*'], endpoints: ['chat', 'completions', 'embeddings'] },
      ],
      keys: [{ name: 'plain', use_case: 'plain' }],
    }),
  });
});
afterAll(() => gateway.stop());

const all = SPOKEN.map((spoken) => ({ name: spoken.dialect, spoken }));

describe.each(all)('$name', ({ spoken }) => {
  const talks = spoken.whole('MARK').includes('MARK');

  it('is answered whole, with its usage', async () => {
    const body = spoken.body('echo Good morning', spoken.unstreamed);
    const reply = await call(gateway, spoken, 'plain', body).done;
    expect(reply.status).toBe(200);
    const said = talks ? spoken.said(reply.text) : [];
    expect(said).toEqual(talks ? ['Good morning'] : []);
    // Its keys are among those of a real one.
    for (const key of Object.keys(JSON.parse(reply.text)))
      if (!talks)
        expect(Object.keys(JSON.parse(spoken.whole(''))).concat('total_duration', 'load_duration')).toContain(
          key,
        );
    const record = await gateway.record(exchangeOf(reply));
    expect(record).toMatchObject({ ending: 'complete', dialect: spoken.dialect, backend: 'toy' });
    if (spoken.usage !== null) expect(record.usage).toMatchObject({ input_tokens: expect.any(Number) });
  });

  it.runIf(spoken.stream !== null)('is answered in a stream that ends, with its usage', async () => {
    const reply = await call(gateway, spoken, 'plain', spoken.body('echo Good morning', spoken.streamed))
      .done;
    expect(reply.headers['content-type']).toBe(spoken.streamType.split(';')[0]);
    expect([reply.complete, spoken.ends(reply.text)]).toEqual([true, true]);
    const said = spoken.saidIn(reply.text);
    expect(said.length).toBeGreaterThan(0);
    for (const text of said) expect(text).toBe('Good morning');
    const { usage } = await gateway.record(exchangeOf(reply));
    expect(usage).toMatchObject({ input_tokens: expect.any(Number), output_tokens: 3 });
  });

  it('fails when it is told to', async () => {
    const bad = spoken.body('fail 422', spoken.unstreamed);
    const reply = await call(gateway, spoken, 'plain', bad).done;
    // One text of several is no command.
    if (JSON.stringify(bad).includes('another')) return;
    expect(reply.status).toBe(422);
    spoken.mustBeError(reply.text, 422);
  });
});
