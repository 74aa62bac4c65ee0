// However a reply is cut, the client gets what the whole would have been rewritten to, and never a character of it before it is known
// that it may have it.
import { afterAll, describe, expect, it } from 'vitest';
import { openaiChat } from '../../src/dialects/openai-chat.ts';
import type { Finding } from '../../src/dlp/finding.ts';
import { Window } from '../../src/dlp/window.ts';
import type { Frame } from '../../src/exchange.ts';
import { sseData, sseFrames } from '../../src/streams/sse.ts';
import type { Chunk, Texts } from './chunks.ts';
import { Client, chunksOf, escaped } from './chunks.ts';
import { seeded } from './disguise.ts';
import type { Chance } from './streams.ts';
import {
  cutByChance,
  pick,
  pseudonymsOf,
  Refused,
  readInPieces,
  readingOf,
  replyPlan,
  table,
  textOf,
  told,
  wholeOf,
} from './streams.ts';

const both = (action: string): object => ({ response: { pii: action, secrets: action } });
const PLANS = {
  redact: replyPlan(both('redact')),
  mask: replyPlan(both('mask')),
  pseudonymise: replyPlan(both('pseudonymise')),
  alert: replyPlan(both('alert')),
  'block secrets': replyPlan({ response: { pii: 'redact', secrets: 'block' } }),
  'from the second on': replyPlan({ threshold: { count: 2 } }),
} as const;
const NAMES = ['redact', 'mask', 'pseudonymise', 'alert', 'block secrets', 'from the second on'] as const;

/** Addresses that the request hid, so that placeholders in the reply stand for them. */
const HIDDEN = ['ann@example.com', 'o\'"neil@example.org'];
const PLACEHOLDERS = [
  '<EMAIL_1>',
  '<email 2>',
  '[EMAIL_1]',
  'EMAIL_2',
  '<EMAIL_3>',
  '<EMAIL',
  '&lt;EMAIL_1&gt;',
  '{{EMAIL_2}}',
];

const cuts = { channel: 0, frame: 0, byte: 0 };
afterAll(() => {
  const all = cuts.channel + cuts.frame + cuts.byte;
  process.stdout.write(`cuts: ${all} (channel ${cuts.channel}, frame ${cuts.frame}, byte ${cuts.byte})\n`);
});

const withPlaceholders = (chance: Chance, text: string): string => {
  const at = Math.floor(chance() * text.length);
  return chance() < 0.5 ? text : `${text.slice(0, at)} ${pick(chance, PLACEHOLDERS)} ${text.slice(at)}`;
};

/** Reads `text` in pieces and holds what comes against the whole; `undefined` when they agree. */
const differs = (name: keyof typeof PLANS, text: string, pieces: readonly string[]): object | undefined => {
  const plan = PLANS[name];
  const whole = wholeOf(plan, pseudonymsOf(...HIDDEN), text);
  const findings: Finding[] = [];
  let out = '';
  let early = false;
  let refused = false;
  try {
    readInPieces(readingOf(plan, pseudonymsOf(...HIDDEN), findings), pieces, (shown) => {
      early ||= !whole.text.startsWith(shown, out.length);
      out += shown;
    });
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    refused = true;
  }
  const isBlocked = whole.findings.some(({ action }) => action === 'block');
  const same = isBlocked || (out === whole.text && told(findings).join() === told(whole.findings).join());
  if (!early && refused === isBlocked && same) return undefined;
  return {
    plan: name,
    text,
    pieces,
    whole: whole.text,
    out,
    refused,
    found: told(findings),
    due: told(whole.findings),
  };
};

describe('a text in pieces', () => {
  it('is delivered as the whole would be, at every single cut and in single characters', () => {
    const chance = seeded(1);
    for (let i = 0; i < 40; i++) {
      const text = withPlaceholders(chance, textOf(chance, 2).slice(0, 160));
      const name = pick(chance, NAMES);
      expect(differs(name, text, [...text])).toBeUndefined();
      for (let at = 1; at < text.length; at++)
        expect(differs(name, text, [text.slice(0, at), text.slice(at)])).toBeUndefined();
      cuts.channel += 2 * text.length;
    }
  });

  it('is delivered as the whole would be, however it is cut', () => {
    const chance = seeded(2);
    for (let i = 0; i < 400; i++) {
      const text = withPlaceholders(chance, textOf(chance, i % 20 === 0 ? 8 : 2));
      const pieces = cutByChance(chance, text);
      expect(differs(pick(chance, NAMES), text, pieces)).toBeUndefined();
      cuts.channel += pieces.length;
    }
  });

  it('keeps the header of a table in mind, however long the table is', () => {
    const chance = seeded(3);
    for (let i = 0; i < 6; i++) {
      const text = `${textOf(chance, 2)}\n${table(chance, 100 + Math.floor(chance() * 150))}\n${textOf(chance, 2)}`;
      const pieces = text.match(/[\s\S]{1,23}/g) ?? [];
      expect(differs('redact', text, pieces)).toBeUndefined();
      cuts.channel += pieces.length;
    }
  });
});

const ask = (chance: Chance): Texts => {
  const texts = new Map<string, string>();
  const choices = chance() < 0.5 ? 1 : 3;
  for (let choice = 0; choice < choices; choice++) {
    const kinds = ['reasoning_content', 'content', 'refusal'].filter(() => chance() < 0.6);
    for (const kind of kinds) texts.set(`${choice}/${kind}`, withPlaceholders(chance, textOf(chance, 1)));
    for (let call = 0; call < Math.floor(chance() * 3); call++) {
      texts.set(`${choice}/tool_calls/${call}/name`, 'send_letter');
      const said = { to: withPlaceholders(chance, textOf(chance, 1)), n: 1 };
      texts.set(`${choice}/tool_calls/${call}/arguments`, JSON.stringify(said));
    }
  }
  return texts;
};

/** Sends frames through a window and holds what comes against the whole texts, at every moment. */
class Watched {
  readonly window: Window;
  readonly client = new Client();
  readonly due: Map<string, string>;
  readonly #sent = new Map<number, string>();

  constructor(plan: (typeof PLANS)['redact'], texts: Texts) {
    this.window = new Window(readingOf(plan, pseudonymsOf(...HIDDEN)), openaiChat);
    this.due = new Map(
      [...texts].map(([name, text]) => [name, wholeOf(plan, pseudonymsOf(...HIDDEN), text).text]),
    );
  }

  push(frame: Frame): void {
    const data = sseData(frame.bytes) ?? '';
    if (data.startsWith('{')) this.#sent.set(JSON.parse(data).x, Buffer.from(frame.bytes).toString('latin1'));
    this.#take(this.window.push(frame));
  }

  #take(frames: readonly Frame[]): void {
    for (const { bytes } of frames) {
      const data = sseData(bytes) ?? '';
      if (!data.startsWith('{')) continue;
      this.client.take(data);
      const value = JSON.parse(data);
      const sent = this.#sent.get(value.x) ?? '';
      // What says the same is the same, byte for byte.
      if (JSON.stringify(JSON.parse(sseData(Buffer.from(sent, 'latin1')) ?? '')) === JSON.stringify(value))
        expect(Buffer.from(bytes).toString('latin1')).toBe(sent);
    }
    for (const [name, text] of this.client.texts)
      if (!(this.due.get(name) ?? '').startsWith(text)) expect(text, name).toBe(this.due.get(name));
  }

  end(texts: Texts): void {
    this.#take(this.window.end());
    expect(this.window.holding).toBe(false);
    for (const name of texts.keys()) expect(this.client.texts.get(name) ?? '', name).toBe(this.due.get(name));
    // The last are in their place, and each piece's own are in order.
    expect(this.client.order.at(-1)).toBe(Math.max(...this.client.order));
    expect(this.client.order.length).toBe(new Set(this.client.order).size);
  }
}

const encoder = new TextEncoder();
const plain = (chunk: Chunk): Frame => ({
  bytes: encoder.encode(`data: ${JSON.stringify(chunk)}\n\n`),
  last: false,
});

describe('a reply in chunks', () => {
  it('is delivered as its whole texts would be, choices and their pieces taking turns', () => {
    const chance = seeded(4);
    for (let i = 0; i < 40; i++) {
      const texts = ask(chance);
      const watched = new Watched(pick(chance, [PLANS.redact, PLANS.mask, PLANS.alert]), texts);
      const chunks = chunksOf(chance, texts);
      for (const chunk of chunks) watched.push(plain(chunk));
      watched.push({ bytes: encoder.encode('data: [DONE]\n\n'), last: true });
      watched.end(texts);
      cuts.frame += chunks.length;
    }
  });

  it('is delivered as its whole texts would be, its bytes cut anywhere', async () => {
    const chance = seeded(5);
    for (let i = 0; i < 25; i++) {
      const texts = ask(chance);
      const watched = new Watched(pick(chance, [PLANS.redact, PLANS.mask]), texts);
      const end = pick(chance, ['\n', '\r\n', '\r']);
      const text = [...chunksOf(chance, texts).map((chunk) => escaped(chance, chunk)), '[DONE]']
        .map((data) => `${chance() < 0.1 ? `: ping${end}` : ''}data: ${data}${end}${end}`)
        .join('');
      const bytes = encoder.encode(text);
      const most = pick(chance, [1, 1, 5, 200]);
      async function* pieces(): AsyncGenerator<Uint8Array> {
        for (let at = 0; at < bytes.length; cuts.byte++) {
          const to = at + 1 + Math.floor(chance() * most);
          yield bytes.slice(at, to);
          at = to;
        }
      }
      for await (const frame of sseFrames(pieces(), { eventBytes: 1_000_000 }))
        watched.push({ bytes: frame.bytes, last: openaiChat.inspect(frame.bytes, ASKED).last });
      watched.end(texts);
    }
  });

  it('comes in at least 200,000 cuts', () => {
    expect(cuts.channel + cuts.frame + cuts.byte).toBeGreaterThan(200_000);
  });
});

const ASKED = { model: 'm', stream: true, usage: true };
