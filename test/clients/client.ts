// The contract of the clients in this suite: what each is asked for, in words of no library, and what it made of the reply.
import type * as z from 'zod';
import type { Talk } from '../kit/conversing/index.ts';

/** A tool that a client runs by itself. */
export interface Tool {
  readonly name: string;
  readonly description: string;
  readonly schema: z.ZodObject;
  /** What it says to the arguments it was called with. */
  run(args: unknown): string;
}

/** What a client is asked for. */
export interface Wish {
  readonly model: string;
  readonly system: string;
  readonly prompt: string;
  readonly stream: boolean;
  /** What was said before: a user's words and the answer to them. */
  readonly earlier?: readonly [string, string];
  /** In base64. */
  readonly image?: { readonly type: string; readonly data: string };
  readonly tools?: readonly Tool[];
  /** The one that must be called. */
  readonly force?: string;
  /** A PDF in base64, with its name. */
  readonly file?: { readonly name: string; readonly data: string };
  /** The answer is to be such an object. */
  readonly schema?: z.ZodObject;
  /** The model is to think before it answers, and to hear of its thoughts again. */
  readonly think?: boolean;
  readonly signal?: AbortSignal;
  /** Told of every piece of text as it comes. */
  readonly onText?: (piece: string) => void;
}

/** What a client made of it. */
export interface Heard {
  readonly text: string;
  /** Tokens of the last reply; input is all of it, cached or not. Undefined: this client does not show them. */
  readonly usage?: { readonly input: number; readonly output: number } | undefined;
  readonly object?: unknown;
  readonly refusal?: string | undefined;
  /** Why it ended, in the client's own word. */
  readonly finish?: string | null | undefined;
}

/** Where the gateway is, and as whom to ask. */
export interface Access {
  readonly url: string;
  readonly key: string;
  /** How often a client may try again by itself. */
  readonly retries: number;
}

/** What a client may be asked for besides text. */
export type Skill =
  | 'image'
  | 'file'
  | 'force'
  | 'schema'
  | 'think'
  | 'retry'
  | 'side by side'
  | 'later events';

/** A client library, used as its documentation says. */
export interface Client {
  readonly name: string;
  readonly talk: Talk;
  /** Whose model names it expects; some clients choose by them what they send. */
  readonly family: 'gpt' | 'claude' | 'llama';
  readonly skills: readonly Skill[];
  /** The code of a refusal that its loops hear first and go on from by themselves. */
  readonly detour?: string;
  ask(access: Access, wish: Wish): Promise<Heard>;
}

/** Loops end: a model that calls tools for ever would not. */
export const ROUNDS = 4;

/** What the tool of that name says to these arguments. */
export const runTool = (wish: Wish, name: string, args: unknown): string => {
  const tool = wish.tools?.find((each) => each.name === name);
  if (tool === undefined) throw new Error(`the model called "${name}", which nobody offered`);
  return tool.run(args);
};

/** The loop did not end. */
export const endless = (): Error => new Error(`no answer after ${ROUNDS} rounds`);

/** What an error tells, wherever a library keeps it. */
export interface Told {
  readonly status: number | undefined;
  readonly retryAfter: string | undefined;
  readonly words: string;
}

/** Looks through an error, what caused it and what it wraps. */
export const toldBy = (error: unknown): Told => {
  const all = [...within(error, new Set())];
  const status = all.flatMap((each) => [each.status, each.statusCode, each.status_code]);
  const headers = all.flatMap((each) => [each.headers, each.responseHeaders]);
  return {
    status: status.find((value) => typeof value === 'number'),
    retryAfter: headers.map(retryAfterIn).find((value) => value !== undefined),
    words: all
      .flatMap((each) => [each.message, each.responseBody].filter((text) => typeof text === 'string'))
      .join('\n'),
  };
};

const retryAfterIn = (headers: unknown): string | undefined => {
  if (headers instanceof Headers) return headers.get('retry-after') ?? undefined;
  if (typeof headers !== 'object' || headers === null) return undefined;
  const value: unknown = Reflect.get(headers, 'retry-after');
  return typeof value === 'string' ? value : undefined;
};

const WRAPPERS = ['cause', 'error', 'lastError', 'originalError'] as const;

function* within(value: unknown, seen: Set<unknown>): Generator<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || seen.has(value)) return;
  seen.add(value);
  const names = [
    'status',
    'statusCode',
    'status_code',
    'headers',
    'responseHeaders',
    'responseBody',
    'message',
  ];
  yield Object.fromEntries(names.map((name) => [name, Reflect.get(value, name)]));
  for (const name of WRAPPERS) yield* within(Reflect.get(value, name), seen);
}
