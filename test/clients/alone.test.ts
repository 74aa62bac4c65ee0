// What clients ask besides a conversation: embeddings, completions, counts of tokens, listings. Each call reaches the backend that
// speaks it, with the gateway's credential, and is one sealed record.
import { Embeddings } from '@langchain/core/embeddings';
import { OllamaEmbeddings } from '@langchain/ollama';
import { OpenAIEmbeddings } from '@langchain/openai';
import { embed, embedMany, generateText, streamText } from 'ai';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { COUNTED, EMBEDDING } from '../kit/conversing/index.ts';
import { aiOpenai } from './ai-sdk.ts';
import { VERSIONS } from './anthropic.ts';
import type { Gate } from './gate.ts';
import { startGate } from './gate.ts';
import { ollamaOf } from './ollama.ts';
import { openaiOf } from './openai.ts';
import { modelOn, SECRET, upstreamModel } from './setup.ts';

let gate: Gate;
beforeAll(async () => {
  gate = await startGate();
});
afterAll(() => gate.stop());

const gpt = modelOn('gpt', 'openai-chat');
const claude = modelOn('claude', 'anthropic-messages');
const llama = modelOn('llama', 'ollama-chat');

/** Runs `ask`, which makes one call of that dialect, and gives what it said with what the upstream was asked. */
const once = async <T>(dialect: string, ask: () => Promise<T>): Promise<{ said: T; asked: unknown }> => {
  const before = gate.upstream.requests.length;
  const seals = gate.watch();
  const said = await ask();
  expect(await seals(1)).toMatchObject([{ dialect, ending: 'complete', status: 200 }]);
  const [seen, ...more] = gate.upstream.requests.slice(before);
  expect(more).toEqual([]);
  expect(seen?.headers.authorization).toBe(`Bearer ${SECRET}`);
  expect(`${seen?.rawHeaders.join()}${seen?.body.toString()}`).not.toContain(gate.key);
  return { said, asked: seen?.json };
};

/** Runs `ask`, which the gateway answers by itself. */
const answered = async <T>(dialect: string, ask: () => Promise<T>): Promise<T> => {
  const before = gate.upstream.requests.length;
  const seals = gate.watch();
  const said = await ask();
  expect(await seals(1)).toMatchObject([{ dialect, ending: 'complete', status: 200 }]);
  expect(gate.upstream.requests.length).toBe(before);
  return said;
};

describe('openai', () => {
  it('has a completion, whole and in pieces', async () => {
    const client = openaiOf(gate.access());
    const { said, asked } = await once('openai-completions', () =>
      client.completions.create({ model: gpt, prompt: 'say it', suffix: '!', max_tokens: 5 }),
    );
    expect(said.choices[0]?.text).toBe('You said: say it');
    expect(said.usage?.prompt_tokens).toBe(COUNTED.input);
    expect(asked).toEqual({ model: upstreamModel('gpt'), prompt: 'say it', suffix: '!', max_tokens: 5 });
    let text = '';
    await once('openai-completions', async () => {
      for await (const { choices } of await client.completions.create({
        ...{ model: gpt, prompt: 'say it', stream: true },
      }))
        text += choices[0]?.text ?? '';
    });
    expect(text).toBe('You said: say it');
  });

  it('has embeddings, in base64 as it prefers them and as numbers', async () => {
    const { embeddings } = openaiOf(gate.access());
    const { said, asked } = await once('openai-embeddings', () =>
      embeddings.create({ model: gpt, input: ['a', 'b'] }),
    );
    expect(said.data.map(({ embedding }) => embedding)).toEqual([EMBEDDING, EMBEDDING]);
    expect(asked).toMatchObject({
      model: upstreamModel('gpt'),
      input: ['a', 'b'],
      encoding_format: 'base64',
    });
    const plain = await once('openai-embeddings', () =>
      embeddings.create({ model: gpt, input: 'a', encoding_format: 'float' }),
    );
    expect(plain.said.data[0]?.embedding).toEqual(EMBEDDING);
  });

  it('lists models, and finds one', async () => {
    const { models } = openaiOf(gate.access());
    const { data } = await answered('openai-models', () => models.list());
    expect(data.map(({ id }) => id)).toEqual(expect.arrayContaining([gpt, claude, llama]));
    expect((await answered('openai-models', () => models.retrieve(gpt))).id).toBe(gpt);
  });
});

describe.each(VERSIONS)('$name', (version) => {
  it('counts tokens', async () => {
    const body = { model: claude, system: 'Be brief.', messages: [{ role: 'user' as const, content: 'hi' }] };
    const { said, asked } = await once('anthropic-count-tokens', () =>
      version.make(gate.access()).messages.countTokens(body),
    );
    expect(said.input_tokens).toBe(COUNTED.input);
    expect(asked).toEqual({ ...body, model: upstreamModel('claude') });
  });

  it('lists models, and finds one', async () => {
    const { models } = version.make(gate.access());
    const names: string[] = [];
    await answered('anthropic-models', async () => {
      for await (const { id } of models.list({ limit: 1000 })) names.push(id);
    });
    expect(names).toEqual(expect.arrayContaining([gpt, claude, llama]));
    expect((await answered('anthropic-models', () => models.retrieve(claude))).display_name).toBe(claude);
  });
});

describe('ollama', () => {
  it('generates, whole and in pieces', async () => {
    const client = ollamaOf(gate.access());
    const request = { model: llama, prompt: 'say it', system: 'Be brief.' };
    const { said, asked } = await once('ollama-generate', () =>
      client.generate({ ...request, stream: false }),
    );
    expect(said).toMatchObject({ response: 'You said: say it', done: true, eval_count: COUNTED.output });
    expect(asked).toEqual({ ...request, model: upstreamModel('llama'), stream: false });
    let text = '';
    await once('ollama-generate', async () => {
      for await (const { response } of await client.generate({ ...request, stream: true })) text += response;
    });
    expect(text).toBe('You said: say it');
  });

  it('embeds, in the new way and the old', async () => {
    const client = ollamaOf(gate.access());
    const { said } = await once('ollama-embed', () => client.embed({ model: llama, input: ['a', 'b'] }));
    expect(said.embeddings).toEqual([EMBEDDING, EMBEDDING]);
    const old = await once('ollama-embeddings', () => client.embeddings({ model: llama, prompt: 'a' }));
    expect(old.said.embedding).toEqual(EMBEDDING);
  });

  it('lists models, shows one, and asks for the version', async () => {
    const client = ollamaOf(gate.access());
    const { models } = await answered('ollama-tags', () => client.list());
    expect(models.map(({ name }) => name)).toEqual(expect.arrayContaining([gpt, claude, llama]));
    expect((await answered('ollama-show', () => client.show({ model: llama }))).details).toBeDefined();
    expect((await client.version()).version).toMatch(/^\d+\.\d+/);
  });
});

describe('ai', () => {
  it('embeds one text and many', async () => {
    const model = aiOpenai(gate.access()).embedding(gpt);
    const one = await once('openai-embeddings', () => embed({ model, value: 'a', maxRetries: 0 }));
    expect(one.said.embedding).toEqual(EMBEDDING);
    const many = await once('openai-embeddings', () =>
      embedMany({ model, values: ['a', 'b'], maxRetries: 0 }),
    );
    expect(many.said.embeddings).toEqual([EMBEDDING, EMBEDDING]);
    expect(many.said.usage.tokens).toBe(COUNTED.input);
  });

  it('has a completion, whole and in pieces', async () => {
    const model = aiOpenai(gate.access()).completion(gpt);
    const request = { model, prompt: 'say it', maxRetries: 0 };
    const whole = await once('openai-completions', () => generateText(request));
    expect(whole.said.text).toContain('say it');
    const streamed = await once('openai-completions', async () => streamText(request).text);
    expect(streamed.said).toContain('say it');
  });
});

describe('langchain', () => {
  const makers: readonly [string, string, () => Embeddings][] = [
    [
      'OpenAIEmbeddings',
      'openai-embeddings',
      () =>
        new OpenAIEmbeddings({
          ...{ model: gpt, apiKey: gate.key, maxRetries: 0 },
          configuration: { baseURL: `${gate.parts.url}/v1` },
        }),
    ],
    [
      'OllamaEmbeddings',
      'ollama-embed',
      () =>
        new OllamaEmbeddings({
          ...{ model: llama, baseUrl: gate.parts.url, maxRetries: 0 },
          headers: { authorization: `Bearer ${gate.key}` },
        }),
    ],
  ];
  it.each(makers)('%s embed a question and documents', async (_, dialect, make) => {
    const embeddings = make();
    expect(embeddings).toBeInstanceOf(Embeddings);
    const question = await once(dialect, () => embeddings.embedQuery('a'));
    expect(question.said).toEqual(EMBEDDING);
    const documents = await once(dialect, () => embeddings.embedDocuments(['a', 'b']));
    expect(documents.said).toEqual([EMBEDDING, EMBEDDING]);
  });
});

describe('on a backend that speaks another dialect', () => {
  const gptElsewhere = modelOn('gpt', 'ollama-chat');
  const llamaElsewhere = modelOn('llama', 'openai-chat');

  it("OpenAI's client has embeddings of Ollama's, and Ollama's of OpenAI's", async () => {
    const { embeddings } = openaiOf(gate.access());
    const { said, asked } = await once('openai-embeddings', () =>
      embeddings.create({ model: gptElsewhere, input: ['a', 'b'] }),
    );
    expect(said.data.map(({ embedding }) => embedding)).toEqual([EMBEDDING, EMBEDDING]);
    expect(said.usage.prompt_tokens).toBe(COUNTED.input);
    expect(asked).toMatchObject({ model: upstreamModel('gpt'), input: ['a', 'b'] });
    const client = ollamaOf(gate.access());
    const back = await once('ollama-embed', () => client.embed({ model: llamaElsewhere, input: ['a', 'b'] }));
    expect(back.said.embeddings).toEqual([EMBEDDING, EMBEDDING]);
    expect(back.asked).toMatchObject({ model: upstreamModel('llama'), input: ['a', 'b'] });
    const old = await once('ollama-embeddings', () =>
      client.embeddings({ model: llamaElsewhere, prompt: 'a' }),
    );
    expect(old.said.embedding).toEqual(EMBEDDING);
  });

  it.each(['openai-chat', 'anthropic-messages'] as const)('Ollama generates by %s', async (backend) => {
    const client = ollamaOf(gate.access());
    const request = { model: modelOn('llama', backend), prompt: 'say it', system: 'Be brief.' };
    const { said, asked } = await once('ollama-generate', () =>
      client.generate({ ...request, stream: false }),
    );
    expect(said).toMatchObject({ response: 'You said: say it', done: true, eval_count: COUNTED.output });
    expect(JSON.stringify(asked)).toContain('Be brief.');
    let text = '';
    await once('ollama-generate', async () => {
      for await (const { response } of await client.generate({ ...request, stream: true })) text += response;
    });
    expect(text).toBe('You said: say it');
  });

  it("OpenAI's client has a completion by Anthropic's messages", async () => {
    const client = openaiOf(gate.access());
    const request = { model: modelOn('gpt', 'anthropic-messages'), prompt: 'say it' };
    const { said } = await once('openai-completions', () => client.completions.create(request));
    expect(said.choices[0]).toMatchObject({ text: 'You said: say it', finish_reason: 'stop' });
    expect(said.usage).toMatchObject({ prompt_tokens: COUNTED.input, completion_tokens: COUNTED.output });
    let text = '';
    await once('openai-completions', async () => {
      for await (const { choices } of await client.completions.create({ ...request, stream: true }))
        text += choices[0]?.text ?? '';
    });
    expect(text).toBe('You said: say it');
  });

  it.each(VERSIONS)('$name counts tokens where the backend cannot', async (version) => {
    const { messages } = version.make(gate.access());
    const said = await answered('anthropic-count-tokens', () =>
      messages.countTokens({
        model: modelOn('claude', 'openai-chat'),
        messages: [{ role: 'user', content: 'How many tokens may this be?' }],
      }),
    );
    expect(said.input_tokens).toBeGreaterThan(3);
    expect(said.input_tokens).toBeLessThan(30);
  });
});
