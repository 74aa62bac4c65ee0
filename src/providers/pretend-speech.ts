// How the pretend backend speaks a dialect: what it makes of a request, and how it puts a reply on the wire.

/** What is said: text, or one call of a tool with its arguments as JSON text. */
export type Line =
  | { readonly text: string }
  | { readonly call: { readonly name: string; readonly args: string } };

/** A turn of the conversation; the role of a tool's result is `tool`. */
export type Turn = { readonly role: string; readonly text: string };

/** What a request asks for. */
export type Heard = {
  readonly stream: boolean;
  readonly reportUsage: boolean;
  readonly choices: number;
  readonly turns: readonly Turn[];
  /** The first tool offered, if its name is a text. */
  readonly tool: unknown;
  readonly schema: unknown;
  readonly json: boolean;
};

/** A reply before it is on the wire. */
export type Said = Pick<Heard, 'reportUsage' | 'choices' | 'turns' | 'json'> & {
  readonly model: string;
  readonly line: Line;
  readonly usage: { readonly input: number; readonly output: number };
};

/** One dialect. */
export type Speech = {
  understand(body: unknown): Heard;
  whole(said: Said): string;
  /** The same reply in events or lines. */
  pieces(said: Said): Iterable<string>;
  readonly streamType: 'text/event-stream' | 'application/x-ndjson';
  /** The body of a failure. */
  error(message: string, status: number): unknown;
};

/** Every reply is of this moment, in seconds since 1970. */
export const CREATED = 1_700_000_000;

export const field = (value: unknown, key: string): unknown =>
  typeof value === 'object' && value !== null && Object.hasOwn(value, key)
    ? Reflect.get(value, key)
    : undefined;

export const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

export const isTrue = (value: unknown): boolean => value === true;

/** The text of a message's content, which is a string or a list of parts. */
export const textOf = (content: unknown): string =>
  typeof content === 'string'
    ? content
    : list(content)
        .map((part) => field(part, 'text'))
        .filter((text) => typeof text === 'string')
        .join('\n');

/** The words of a text, one by one: a long text has more of them than there is memory for a list. */
export function* wordsOf(text: string): Generator<string, void, undefined> {
  for (const [word] of text.matchAll(/\s*\S+\s*$|\s*\S+|\s+/g)) yield word;
}

/** A text in pieces that are no JSON by themselves. */
export const slicesOf = (text: string): readonly string[] => text.match(/[\s\S]{1,8}/g) ?? [];

/** A tool call's arguments as a value. */
export const argumentsOf = (args: string): unknown => {
  try {
    return JSON.parse(args);
  } catch {
    return {};
  }
};

/** One event with its name in both places, as Anthropic and OpenAI's responses write it. */
export const named = (type: string, more: object): string =>
  `event: ${type}\ndata: ${JSON.stringify({ type, ...more })}\n\n`;
