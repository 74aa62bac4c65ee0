// What is counted of a request and of a reply, in every dialect: what the model was told and what it wrote, once.
import { describe, expect, it } from 'vitest';
import type { CallDialect } from '../../src/dialects/dialect.ts';
import { dialects } from '../../src/dialects/index.ts';
import type { Reply, Usage } from '../../src/exchange.ts';
import { estimateTexts } from '../../src/tokens/estimate.ts';
import { Ratios } from '../../src/tokens/ratios.ts';
import { Heard } from '../../src/tokens/reply.ts';
import { estimateRequest, inputTokens } from '../../src/tokens/request.ts';
import { SPOKEN } from '../kit/spoken/index.ts';

const WORDS = 'The committee met on Tuesday and put the question of the pension scheme off until spring. ';
const LONG = WORDS.repeat(12);
const TOKENS = estimateTexts([LONG]);

const encoder = new TextEncoder();
const called = (name: string): CallDialect => {
  const found = dialects.find((dialect) => dialect.name === name);
  if (found?.kind !== 'call') throw new Error(`${name} is no call`);
  return found;
};
const reply = (whole: boolean): Reply => ({ status: 200, headers: {}, whole, frames: nothing() });
async function* nothing() {}

const heard = (name: string, frames: readonly string[], whole = false): Heard => {
  const all = new Heard(called(name));
  all.begin(reply(whole));
  frames.forEach((frame, i) => {
    all.take({ bytes: encoder.encode(frame), last: i === frames.length - 1 }, undefined);
  });
  return all;
};

const generating = SPOKEN.filter(
  ({ endpoint, dialect }) => endpoint !== 'embeddings' && !called(dialect).isFree,
);
const streaming = generating.filter(({ stream }) => stream !== null);

describe.each(SPOKEN.map((spoken) => [spoken.dialect, spoken] as const))('%s', (name, spoken) => {
  const { request } = called(name).structure;
  it('a request is its texts and a little more', () => {
    const { tokens, isAllText } = estimateRequest(spoken.body(LONG) as never, request);
    expect(isAllText).toBe(true);
    expect(tokens).toBeGreaterThanOrEqual(TOKENS);
    expect(tokens).toBeLessThan(TOKENS * 1.2 + 40);
  });
});

describe.each(generating.map((spoken) => [spoken.dialect, spoken] as const))(
  'a whole reply, %s',
  (name, spoken) => {
    it('is what the model wrote', () => {
      const all = heard(name, [spoken.whole(LONG)], true);
      expect(all.isWhole).toBe(true);
      expect(all.tokens()).toBeGreaterThan(TOKENS * 0.9);
      // Some answers say it in another place too, as reasoning or as the arguments of a tool.
      expect(all.tokens()).toBeLessThan(TOKENS * 3.3 + 40);
    });
  },
);

describe.each(streaming.map((spoken) => [spoken.dialect, spoken] as const))(
  'a streamed reply, %s',
  (name, spoken) => {
    const pieces = LONG.split(/(?<= )/);
    it('is what the model wrote, however it is cut, and said again at the end it is not counted again', () => {
      const inWords = heard(name, spoken.stream?.(pieces) ?? []).tokens();
      const atOnce = heard(name, spoken.stream?.([LONG]) ?? []).tokens();
      const whole = heard(name, [spoken.whole(LONG)], true).tokens();
      expect(inWords).toBeGreaterThan(TOKENS * 0.85);
      expect(inWords / atOnce).toBeGreaterThan(0.85);
      expect(inWords / atOnce).toBeLessThan(1.25);
      expect(whole).toBeLessThan(TOKENS * 3.3 + 40);
    });
    it('that is long is counted by a sample of it', () => {
      const many = Array.from({ length: 12 }, () => pieces).flat();
      const inWords = heard(name, spoken.stream?.(many) ?? []).tokens();
      const atOnce = heard(name, spoken.stream?.([LONG]) ?? []).tokens() * 12;
      expect(inWords / atOnce).toBeGreaterThan(0.7);
      expect(inWords / atOnce).toBeLessThan(1.4);
    });
  },
);

describe('a chat', () => {
  const chunk = (content: string) =>
    `data: ${JSON.stringify({ choices: [{ index: 0, delta: { content } }], obfuscation: 'x9f2Kq'.repeat(20) })}\n\n`;
  const usage: Usage = { input_tokens: 1, output_tokens: 1 };

  it('is counted from where its usage was told', () => {
    const all = new Heard(called('openai-chat'));
    all.begin(reply(false));
    for (let i = 0; i < 50; i++) all.take({ bytes: encoder.encode(chunk(WORDS)), last: false }, undefined);
    all.take({ bytes: encoder.encode(chunk(WORDS)), last: false }, usage);
    expect(all.tokens()).toBe(0);
    for (let i = 0; i < 5; i++) all.take({ bytes: encoder.encode(chunk(WORDS)), last: false }, usage);
    expect(all.tokens()).toBeCloseTo(estimateTexts([WORDS.repeat(5)]), 0);
    all.take({ bytes: encoder.encode(chunk(WORDS)), last: false }, { ...usage });
    expect(all.tokens()).toBe(0);
  });
  it('is counted without padding, and without what is no frame', () => {
    const all = heard('openai-chat', [': ping\n\n', chunk(WORDS), 'data: {broken\n\n', 'data: [DONE]\n\n']);
    expect(all.tokens()).toBeCloseTo(estimateTexts([WORDS]), 0);
  });
  it('with a frame too long to hold is counted all the same, and one that is an image is not', () => {
    const long = 'word and word. '.repeat(2_000);
    const few = heard('openai-chat', [chunk(long), chunk(WORDS), 'data: [DONE]\n\n']).tokens();
    expect(few).toBeGreaterThan(estimateTexts([long]) * 0.9);
    const image = `data: ${JSON.stringify({ choices: [{ index: 0, delta: { images: [{ image_url: { url: `data:image/png;base64,${'iVBORw0KGgo'.repeat(5_000)}` } }] } }] })}\n\n`;
    expect(heard('openai-chat', [image, 'data: [DONE]\n\n']).tokens()).toBe(0);
  });
  it('that is no JSON, or too long to be read twice, has a number too', () => {
    expect(heard('openai-chat', ['<html>'], true).tokens()).toBe(0);
    const long = JSON.stringify({ choices: [{ message: { content: 'word '.repeat(1_000_000) } }] });
    expect(heard('openai-chat', [long], true).tokens()).toBeGreaterThan(500_000);
  });
});

describe('a request', () => {
  const { request } = called('openai-chat').structure;
  const ask = (content: unknown, more: object = {}) =>
    estimateRequest({ model: 'm', messages: [{ role: 'user', content }], ...more } as never, request);

  it('counts an image as one, wherever it is, and never its bytes', () => {
    const url = `data:image/png;base64,${'iVBORw0KGgo'.repeat(20_000)}`;
    for (const at of [url, 'https://example.org/a.png']) {
      const { tokens, isAllText } = ask([{ type: 'image_url', image_url: { url: at } }]);
      expect(isAllText).toBe(false);
      expect(tokens).toBeGreaterThan(900);
      expect(tokens).toBeLessThan(1_200);
    }
  });
  it('counts tokens that a client made itself, each as one', () => {
    const { structure } = called('openai-embeddings');
    const input = Array.from({ length: 500 }, (_, i) => i);
    expect(estimateRequest({ model: 'm', input } as never, structure.request).tokens).toBeCloseTo(504, -1);
  });
  it('counts its tools', () => {
    const parameters = { type: 'object', properties: { city: { type: 'string', description: WORDS } } };
    const tools = [{ type: 'function', function: { name: 'weather', description: WORDS, parameters } }];
    const more = ask('hello', { tools }).tokens - ask('hello').tokens;
    expect(more).toBeGreaterThan(estimateTexts([WORDS]) * 2);
    expect(more).toBeLessThan(estimateTexts([WORDS]) * 2 + 40);
  });
  it('without anything in it is nothing', () => {
    const { structure } = called('ollama-generate');
    expect(estimateRequest({ model: 'm' }, structure.request)).toEqual({ tokens: 0, isAllText: true });
  });
  it('is corrected by what was learned of its model, to a whole number', () => {
    const ratios = new Ratios();
    const body = { model: 'm', messages: [{ role: 'user', content: LONG }] };
    const before = inputTokens(ratios, 'm', body, request);
    ratios.learn('m', 1_000, 1_500);
    const after = inputTokens(ratios, 'm', body, request);
    expect(Number.isInteger(before) && Number.isInteger(after)).toBe(true);
    expect(after / before).toBeCloseTo(1.5, 1);
    expect(inputTokens(ratios, 'other', body, request)).toBe(before);
  });
});
