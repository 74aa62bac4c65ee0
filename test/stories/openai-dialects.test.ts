// The official OpenAI client against the gateway: responses, completions and embeddings, as an application would use them, answered
// by the pretend backend and by an upstream.
import OpenAI from 'openai';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Started } from '../kit/gateway.ts';
import { startGateway } from '../kit/gateway.ts';
import { completions, embeddings } from '../kit/spoken/plain.ts';
import { responses } from '../kit/spoken/responses.ts';
import type { Upstream } from '../kit/upstream.ts';
import { startUpstream } from '../kit/upstream.ts';

let upstream: Upstream;
let gateway: Started;
let client: OpenAI;
beforeAll(async () => {
  upstream = await startUpstream();
  gateway = await startGateway({
    setup: JSON.stringify({
      teams: [{ name: 'crew' }],
      backends: [
        { name: 'toy', provider: 'pretend', zone: 'on_prem' },
        { name: 'lan', provider: 'vllm', url: upstream.url, zone: 'on_prem' },
      ],
      models: [
        { name: 'toy', targets: [{ backend: 'toy', model: 'toy' }] },
        { name: 'small', targets: [{ backend: 'lan', model: 'upstream-small' }] },
      ],
      use_cases: [
        { name: 'plain', team: 'crew', models: ['*'], endpoints: ['chat', 'completions', 'embeddings'] },
      ],
      keys: [{ name: 'plain', use_case: 'plain' }],
    }),
  });
  const apiKey = gateway.keys.plain ?? '';
  client = new OpenAI({ baseURL: `${gateway.url}/v1`, apiKey, maxRetries: 0 });
});
afterAll(async () => {
  await gateway.stop();
  await upstream.stop();
});

const weather = {
  type: 'function',
  name: 'weather',
  strict: false,
  parameters: { type: 'object', properties: { city: { type: 'string' } } },
} as const;

describe("OpenAI's client", () => {
  it('has a response, whole and streamed, by the events and by its helper', async () => {
    const whole = await client.responses.create({ model: 'toy', input: 'echo Good morning' });
    expect([whole.output_text, whole.status]).toEqual(['Good morning', 'completed']);
    expect(whole.usage?.output_tokens).toBeGreaterThan(0);
    let text = '';
    const events = await client.responses.create({ model: 'toy', input: 'echo Good morning', stream: true });
    for await (const event of events) if (event.type === 'response.output_text.delta') text += event.delta;
    expect(text).toBe('Good morning');
    const helped = client.responses.stream({ model: 'toy', input: 'echo Good evening' });
    expect((await helped.finalResponse()).output_text).toBe('Good evening');
  });

  it('calls a tool and tells its result', async () => {
    const asked = 'call weather {"city":"Bonn"}';
    for (const stream of [false, true]) {
      const body = { model: 'toy', input: asked, tools: [weather] };
      const first = stream
        ? await client.responses.stream(body).finalResponse()
        : await client.responses.create(body);
      const call = first.output.find(({ type }) => type === 'function_call');
      if (call?.type !== 'function_call') throw new Error('no call');
      expect([call.name, JSON.parse(call.arguments)]).toEqual(['weather', { city: 'Bonn' }]);
      const second = await client.responses.create({
        model: 'toy',
        input: [
          { role: 'user', content: asked },
          { type: 'function_call', call_id: call.call_id, name: call.name, arguments: call.arguments },
          { type: 'function_call_output', call_id: call.call_id, output: 'sunny' },
        ],
        tools: [weather],
      });
      expect(second.output_text).toBe('The tool said: sunny');
    }
  });

  it("reads an upstream's response with everything in it, whole and streamed", async () => {
    upstream.next({ body: responses.whole('Hello') });
    const whole = await client.responses.create({ model: 'small', input: 'x' });
    expect(whole.output_text).toBe('Hello');
    // Its helper takes no event that it does not know.
    const known = responses.stream?.(['Hel', 'lo']).filter((event) => !event.includes('later_thing')) ?? [];
    upstream.next({ sse: known });
    const { output_text, output } = await client.responses
      .stream({ model: 'small', input: 'x' })
      .finalResponse();
    expect([output_text, output.map(({ type }) => type)]).toEqual([
      'Hello',
      ['reasoning', 'message', 'function_call'],
    ]);
  });

  it('hears why it is refused, and that a stream broke', async () => {
    await expect(
      client.responses.create({ model: 'toy', input: 'x', previous_response_id: 'resp_1' }),
    ).rejects.toMatchObject({ status: 400, code: 'stored_state_refused', param: 'previous_response_id' });
    await expect(client.responses.create({ model: 'nowhere', input: 'x' })).rejects.toBeInstanceOf(
      OpenAI.NotFoundError,
    );
    upstream.next({ sse: responses.stream?.(['Hel', 'lo']) ?? [], cutAfter: 6 });
    const cut = await client.responses.create({ model: 'small', input: 'x', stream: true });
    const reading = async (): Promise<void> => {
      for await (const _ of cut);
    };
    await expect(reading()).rejects.toThrow(/cut off/);
  });

  it('has completions, whole and streamed', async () => {
    const whole = await client.completions.create({ model: 'toy', prompt: 'echo Good day' });
    expect([whole.choices[0]?.text, whole.object]).toEqual(['Good day', 'text_completion']);
    let text = '';
    const events = await client.completions.create({ model: 'toy', prompt: 'echo Good day', stream: true });
    for await (const event of events) {
      text += event.choices[0]?.text ?? '';
      expect(event.usage ?? null).toBeNull();
    }
    expect(text).toBe('Good day');
    upstream.next({ body: completions.whole('Hello') });
    const far = await client.completions.create({ model: 'small', prompt: ['a', 'b'] });
    expect(far.choices[0]?.text).toBe('Hello');
  });

  it('has embeddings, as numbers and as it prefers them: in base64', async () => {
    const asBytes = await client.embeddings.create({ model: 'toy', input: ['one', 'two'] });
    const asNumbers = await client.embeddings.create({
      model: 'toy',
      input: ['one', 'two'],
      encoding_format: 'float',
    });
    expect(asBytes.data).toHaveLength(2);
    asBytes.data.forEach(({ embedding }, index) => {
      embedding.forEach((each, at) => {
        expect(each).toBeCloseTo(asNumbers.data[index]?.embedding[at] ?? Number.NaN, 5);
      });
    });
    upstream.next({ body: embeddings.whole('') });
    const far = await client.embeddings.create({ model: 'small', input: 'x' });
    expect(far.data[0]?.embedding).toHaveLength(30);
  });

  it('finds the models, and one of them', async () => {
    const names: string[] = [];
    for await (const { id } of client.models.list()) names.push(id);
    expect(names).toEqual(['small', 'toy']);
    expect((await client.models.retrieve('toy')).id).toBe('toy');
  });
});
