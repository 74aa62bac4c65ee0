// One cell of the table: a client on a backend. It asks, and looks at everything that must be so whatever was asked: one sealed record
// an exchange, the right backend and model, the gateway's credential upstream and the caller's nowhere.
import { expect } from 'vitest';
import type { Talk, Turn } from '../kit/conversing/index.ts';
import { COUNTED, talkOf, turnOf } from '../kit/conversing/index.ts';
import type { Seen } from '../kit/upstream.ts';
import type { Client, Heard, Wish } from './client.ts';
import type { Gate, Seal } from './gate.ts';
import { PROMPT, SYSTEM } from './said.ts';
import { modelOn, SECRET, upstreamModel } from './setup.ts';

/** A client on a backend. */
export interface Cell {
  readonly gate: Gate;
  readonly client: Client;
  readonly backend: Talk;
}

/** What came of asking. */
export interface Asked {
  /** What the client made of it; undefined: it threw. */
  readonly heard: Heard | undefined;
  readonly error: unknown;
  readonly pieces: readonly string[];
  /** One an exchange, in the order of their endings. */
  readonly seals: readonly Seal[];
  readonly seen: readonly Seen[];
  /** What was said to the upstream. */
  readonly turns: readonly Turn[];
}

/** What is looked for besides the wish. */
export interface Looked {
  /** How many exchanges there are to be; 1 unless told otherwise. */
  readonly exchanges?: number;
  readonly retries?: number;
}

/** Asks, waits for the seals, and checks what must be so of every exchange. */
export const asking = async (
  { gate, client, backend }: Cell,
  wish: Partial<Wish>,
  { exchanges = 1, retries = 0 }: Looked = {},
): Promise<Asked> => {
  const before = gate.upstream.requests.length;
  const seals = gate.watch();
  const pieces: string[] = [];
  const whole: Wish = {
    ...{ model: modelOn(client.family, backend), system: SYSTEM, prompt: PROMPT, stream: false },
    ...wish,
    onText: (piece) => {
      pieces.push(piece);
      wish.onText?.(piece);
    },
  };
  const end = await client.ask(gate.access(retries), whole).then(
    (heard) => ({ heard, error: undefined }),
    (error: unknown) => ({ heard: undefined, error }),
  );
  const detoured = wish.tools !== undefined && client.detour !== undefined;
  const all = await seals(exchanges + (detoured ? 1 : 0)).catch((cause: unknown) => {
    throw new Error(`${String(cause)} after ${String(end.error)}`, { cause: end.error });
  });
  const [first] = all;
  if (detoured) expect(first).toMatchObject({ ending: 'refused', code: client.detour });
  const rest = detoured ? all.slice(1) : all;
  const seen = gate.upstream.requests.slice(before);
  expect([rest.length, seen.length]).toEqual([exchanges, exchanges]);
  for (const seal of rest) mustBeOf(seal, { gate, client, backend });
  for (const request of seen) mustBeOurs(request, { gate, client, backend });
  return { ...end, pieces, seals: rest, seen, turns: seen.map(turnOf) };
};

const mustBeOf = (seal: Seal, { client, backend }: Cell): void => {
  expect(seal).toMatchObject({
    ...{ dialect: client.talk, endpoint: 'chat', model: modelOn(client.family, backend), use_case: 'apps' },
    ...{ backend, zone: 'on_prem', model_used: upstreamModel(client.family) },
  });
};

const mustBeOurs = (request: Seen, { gate, client, backend }: Cell): void => {
  expect(talkOf(request)).toBe(backend);
  expect(request.headers.authorization).toBe(`Bearer ${SECRET}`);
  expect(turnOf(request).model).toBe(upstreamModel(client.family));
  const everything = `${request.path}\n${request.rawHeaders.join('\n')}\n${request.body.toString()}`;
  expect(everything).not.toContain(gate.key);
};

/** The answer of a client that got one. */
export const heardIn = ({ heard, error }: Asked): Heard => {
  if (heard === undefined) throw new Error(`the client failed: ${String(error)}`, { cause: error });
  return heard;
};

/** What a record counts of a reply from that backend: what its dialect tells. */
export const usageOn = (backend: Talk): Readonly<Record<string, number>> => ({
  input_tokens: COUNTED.input,
  output_tokens: COUNTED.output,
  ...(backend === 'ollama-chat'
    ? {}
    : { cached_input_tokens: COUNTED.cacheRead, reasoning_tokens: COUNTED.reasoning }),
  ...(backend === 'anthropic-messages' ? { cache_write_input_tokens: COUNTED.cacheWritten } : {}),
});
