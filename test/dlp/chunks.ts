// Streams of chat chunks with known texts in them, and what a client makes of what it gets.
import type { Chance } from './streams.ts';
import { pick } from './streams.ts';

/** The texts of a reply by what they are: `0/content`, `1/tool_calls/0/arguments`. */
export type Texts = ReadonlyMap<string, string>;

/** A chunk's choices say pieces of texts; `x` tells chunks apart. */
export type Chunk = {
  readonly x: number;
  readonly choices: readonly unknown[];
  readonly [field: string]: unknown;
};

type Piece = { readonly name: string; readonly text: string };

const delta = ({ name, text }: Piece): object => {
  const [choice = '0', kind = '', call, field = ''] = name.split('/');
  if (kind !== 'tool_calls') return { index: Number(choice), delta: { [kind]: text }, finish_reason: null };
  const first = field === 'name' ? { id: `call_${call}`, type: 'function' } : {};
  const called = { index: Number(call), ...first, function: { [field]: text } };
  return { index: Number(choice), delta: { tool_calls: [called] }, finish_reason: null };
};

const cut = (chance: Chance, text: string): string[] => {
  const most = pick(chance, [1, 4, 12]);
  const pieces: string[] = [];
  for (let at = 0; at < text.length; ) {
    const end = at + 1 + Math.floor(chance() * most);
    pieces.push(text.slice(at, end));
    at = end;
  }
  return pieces;
};

/** The chunks that say `texts`; choices take turns, and what a choice says comes in the order of the map. */
export const chunksOf = (chance: Chance, texts: Texts): Chunk[] => {
  const queues = new Map<string, Piece[]>();
  for (const [name, text] of texts) {
    const choice = name.split('/')[0] ?? '';
    const queue = queues.get(choice) ?? [];
    queues.set(choice, queue);
    // A name is never cut by any server; reasoning and content may take turns.
    const pieces = name.endsWith('/name') ? [text] : cut(chance, text);
    for (const piece of pieces) queue.push({ name, text: piece });
  }
  let x = 0;
  const chunks: Chunk[] = [...queues.keys()].map((choice) => ({
    x: x++,
    choices: [{ index: Number(choice), delta: { role: 'assistant', content: '' }, finish_reason: null }],
  }));
  const left = [...queues];
  while (left.length > 0) {
    const at = Math.floor(chance() * left.length);
    const [choice = '', queue = []] = left[at] ?? [];
    const piece = queue.shift();
    if (piece === undefined) {
      left.splice(at, 1);
      chunks.push({ x: x++, choices: [{ index: Number(choice), delta: {}, finish_reason: 'stop' }] });
    } else {
      const obfuscation = chance() < 0.3 ? { obfuscation: pick(chance, ['a7Qz', 'Lk0', 'ssn12']) } : {};
      chunks.push({ x: x++, choices: [delta(piece)], ...obfuscation });
    }
  }
  return [...chunks, { x: x++, choices: [], usage: { prompt_tokens: 1, completion_tokens: 2 } }];
};

/** JSON with some of its characters written as escapes. */
export const escaped = (chance: Chance, value: unknown): string =>
  JSON.stringify(value).replace(/[^\\"{}[\],:\s0-9a-z_]/gu, (sign) =>
    chance() < 0.1
      ? sign
          .split('')
          .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
          .join('')
      : sign,
  );

/** Puts chunks together as a client does. */
export class Client {
  readonly texts = new Map<string, string>();
  readonly order: number[] = [];

  take(data: string): void {
    const { x, choices } = JSON.parse(data);
    this.order.push(x);
    for (const { index, delta: said } of choices) {
      for (const [kind, text] of Object.entries(said ?? {}))
        if (typeof text === 'string' && kind !== 'role') this.#add(`${index}/${kind}`, text);
      for (const call of said?.tool_calls ?? [])
        for (const [field, text] of Object.entries(call.function))
          this.#add(`${index}/tool_calls/${call.index}/${field}`, String(text));
    }
  }

  #add(name: string, text: string): void {
    this.texts.set(name, (this.texts.get(name) ?? '') + text);
  }
}
