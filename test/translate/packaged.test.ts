// A question made over for a package: its own keys for what ours carry, no other provider's proofs, and nothing that would be fetched
// with the gateway's credential.
import { describe, expect, it } from 'vitest';
import { Refusal } from '../../src/refusal.ts';
import type { Message, Question } from '../../src/translate/neutral.ts';
import { Notes } from '../../src/translate/notes.ts';
import type { Packaged } from '../../src/translate/packaged.ts';
import { packaged, unpackaged } from '../../src/translate/packaged.ts';

const NOVA = 'us.amazon.nova-pro-v1:0';

const made = (question: Question, provider: Packaged = 'google', model = 'm') => {
  const notes = new Notes();
  return { question: packaged(question, { provider, model }, notes), notes: notes.header() };
};
const user = (...content: Extract<Message, { role: 'user' }>['content']): Message => ({
  role: 'user',
  content,
});
const said = (...content: Extract<Message, { role: 'assistant' }>['content']): Message => ({
  role: 'assistant',
  content,
});
const file = (url: string, mediaType = 'image/*') =>
  ({ type: 'file', mediaType, data: { type: 'url', url: new URL(url) } }) as const;
const refusal = (question: Question, provider?: Packaged): Refusal => {
  try {
    made(question, provider);
  } catch (error) {
    if (error instanceof Refusal) return error;
    throw error;
  }
  throw new Error('it was taken');
};

describe('thoughts', () => {
  const thought = (providerOptions?: Record<string, Record<string, string>>) =>
    ({
      type: 'reasoning',
      text: 'Hm.',
      ...(providerOptions === undefined ? {} : { providerOptions }),
    }) as const;

  it('go to whoever can prove them, and to nobody else', () => {
    const own = {
      google: thought({ google: { thoughtSignature: 's' } }),
      bedrock: thought({ amazonBedrock: { signature: 's' } }),
    };
    const others = [thought(), thought({ anthropic: { signature: 's' } })];
    const prompt = [said(...others, own.google, own.bedrock, { type: 'text', text: 'So.' })];
    const kept = (provider: Packaged) => made({ prompt }, provider).question.prompt[0]?.content;
    expect(kept('google')).toEqual([own.google, { type: 'text', text: 'So.' }]);
    expect(kept('vertex')).toEqual([own.google, { type: 'text', text: 'So.' }]);
    expect(kept('bedrock')).toEqual([own.bedrock, { type: 'text', text: 'So.' }]);
  });

  it.each([
    [{ reasoning: 'high' }, { includeThoughts: true }],
    [{ reasoning: 'none' }, undefined],
    [{ reasoning: 'provider-default' }, undefined],
    [
      { providerOptions: { anthropic: { thinking: { type: 'enabled', budget_tokens: 5 } } } },
      { includeThoughts: true, thinkingBudget: 5 },
    ],
    [{ providerOptions: { anthropic: { thinking: { type: 'adaptive' } } } }, { includeThoughts: true }],
    [{ providerOptions: { anthropic: { thinking: { type: 'disabled' } } } }, { thinkingBudget: 0 }],
    [{ providerOptions: { anthropic: { thinking: 'yes' } } }, undefined],
  ] as const)('are asked for and shown: %j', (more, thinkingConfig) => {
    const { providerOptions } = made({ prompt: [], ...more }).question;
    expect(providerOptions).toEqual(
      thinkingConfig === undefined ? undefined : { google: { thinkingConfig } },
    );
  });
});

describe('an address of a file', () => {
  it('is told to Gemini with what it leads to, as far as that can be told', () => {
    for (const [url, mediaType] of [
      ['https://example.org/a.PNG', 'image/png'],
      ['https://example.org/a.pdf?x=1', 'application/pdf'],
      ['https://example.org/a', 'image/jpeg'],
    ] as const)
      expect(made({ prompt: [user(file(url))] }).question.prompt).toMatchObject([
        { content: [{ mediaType }] },
      ]);
    const known = made({ prompt: [user(file('https://example.org/a.png', 'image/webp'))] }).question.prompt;
    expect(known).toMatchObject([{ content: [{ mediaType: 'image/webp' }] }]);
  });

  it.each([
    'gs://bucket/a.png',
    'http://example.org/a.png',
    'https://generativelanguage.googleapis.com/v1beta/files/x',
    'https://googleapis.com/x',
  ])('%s is refused, wherever it stands', (url) => {
    const tool = (value: object): Message => ({
      role: 'tool',
      content: [
        {
          type: 'tool-result',
          toolCallId: 'a',
          toolName: 't',
          output: { type: 'content', value: [value as never] },
        },
      ],
    });
    for (const provider of ['google', 'vertex', 'bedrock'] as const)
      for (const message of [user(file(url)), said(file(url)), tool(file(url))])
        expect(refusal({ prompt: [message] }, provider).code).toBe('unsupported_parameter');
  });

  it('is refused for Converse, and so is a file that was stored', () => {
    expect(refusal({ prompt: [user(file('https://example.org/a.png'))] }, 'bedrock').code).toBe(
      'unsupported_parameter',
    );
    const stored = {
      type: 'file',
      mediaType: 'image/png',
      data: { type: 'reference', reference: { google: 'x' } },
    } as const;
    expect(refusal({ prompt: [user(stored)] }).code).toBe('unsupported_parameter');
  });
});

describe('marks of a cache', () => {
  const mark = { anthropic: { cacheControl: { type: 'ephemeral', ttl: '1h' } } };
  const prompt: Message[] = [{ role: 'system', content: 'Long.', providerOptions: mark }];

  it('are put as Converse has them, for models that take them', () => {
    const { question, notes } = made({ prompt }, 'bedrock', NOVA);
    expect(question.prompt[0]?.providerOptions).toMatchObject({
      amazonBedrock: { cachePoint: { type: 'default', ttl: '1h' } },
    });
    expect(notes).toBeUndefined();
    expect(made({ prompt }, 'bedrock', 'meta.llama').notes).toBe('cache_control: dropped');
  });

  it('say nothing to Gemini, which caches by itself', () => {
    expect(made({ prompt })).toEqual({ question: { prompt }, notes: undefined });
  });
});

it('what only other providers know of is said to be dropped, each thing once', () => {
  const providerOptions = {
    openai: { parallelToolCalls: false, serviceTier: 'flex', strictJsonSchema: true, user: 'u' },
    anthropic: {
      disableParallelToolUse: true,
      thinking: { type: 'enabled', budget_tokens: 9 },
      metadata: {},
    },
  };
  const dropped = 'parallel_tool_calls: dropped, service_tier: dropped, user: dropped, metadata: dropped';
  expect(made({ prompt: [], providerOptions }).notes).toBe(dropped);
  expect(made({ prompt: [], providerOptions }, 'bedrock').notes).toBe(`${dropped}, thinking: dropped`);
  expect(made({ prompt: [], providerOptions }, 'bedrock').question.providerOptions).toBeUndefined();
  const yes = { openai: { parallelToolCalls: true } };
  expect(made({ prompt: [], providerOptions: yes }).notes).toBeUndefined();
});

it('calls and results are told as text to Converse where no tool is offered, whatever they hold', () => {
  const call = { type: 'tool-call', toolCallId: 'a', toolName: 't', input: { x: 1 } } as const;
  const result = (output: object): Message => ({
    role: 'tool',
    content: [{ type: 'tool-result', toolCallId: 'a', toolName: 't', output: output as never }],
  });
  const prompt = [
    said(call),
    result({ type: 'json', value: { y: 2 } }),
    result({ type: 'error-text', value: 'no' }),
    result({ type: 'execution-denied' }),
    result({
      type: 'content',
      value: [
        { type: 'text', text: 'z' },
        { type: 'file', mediaType: 'image/png', data: { type: 'data', data: 'aGk=' } },
      ],
    }),
  ];
  const { question, notes } = made({ prompt }, 'bedrock', NOVA);
  expect(question.prompt).toEqual([
    said({ type: 'text', text: '[called t: {"x":1}]' }),
    ...['{"y":2}', 'no', 'denied', 'z\n[a file]'].map((text) =>
      user({ type: 'text', text: `[t gave: ${text}]` }),
    ),
  ]);
  expect(notes).toBe('messages: tool calls told as text');
  const tools = [{ type: 'function', name: 't', inputSchema: {} }] as const;
  expect(made({ prompt, tools: [...tools] }, 'bedrock', NOVA).question.prompt).toEqual(prompt);
});

it('what a provider says of a part has one name', () => {
  const told = { thoughtSignature: 's' };
  const part = {
    type: 'text-start',
    id: '0',
    providerMetadata: { googleVertex: told, vertex: told },
  } as const;
  expect(unpackaged(part)).toEqual({ ...part, providerMetadata: { google: told } });
  const aws = {
    type: 'reasoning-end',
    id: '0',
    providerMetadata: { amazonBedrock: told, bedrock: told },
  } as const;
  expect(unpackaged(aws)).toEqual({ ...aws, providerMetadata: { amazonBedrock: told } });
  expect(unpackaged({ type: 'text-end', id: '0' } as const)).toEqual({ type: 'text-end', id: '0' });
});
