/**
 * A scripted model in words of no dialect: what a request says, and what a model that follows it says to that. Only a
 * request that carried everything (tools, their results, schema) gets a loop to its end.
 */

/** A parsed JSON object. */
export type Json = Readonly<Record<string, unknown>>;

/** A tool as a request declares it. */
export interface ToolSaid {
  readonly name: string;
  /** The group it is in, where a dialect has groups. */
  readonly namespace?: string;
  /** It takes any text, not arguments. */
  readonly custom?: true;
  readonly description: string;
  readonly schema: Json;
}

/** A call of a tool; `args` is the JSON text, or the text that a custom tool takes. */
export interface Call {
  readonly id: string;
  readonly name: string;
  readonly args: string;
  readonly namespace?: string;
  readonly custom?: true;
}

/** What a request says. */
export interface Turn {
  readonly model: string;
  readonly stream: boolean;
  /** Whether a stream is to end with its usage. */
  readonly usageAsked: boolean;
  /** Everything that stands above the turns, joined by line ends. */
  readonly system: string;
  /** The texts of the turns in order, with who said them. */
  readonly said: readonly { readonly role: 'user' | 'assistant'; readonly text: string }[];
  /** Images and files in base64, in order. */
  readonly media: readonly { readonly type: string; readonly data: string }[];
  readonly tools: readonly ToolSaid[];
  /** `none`: it may call none; a name: it must call this one. */
  readonly choice: string;
  /** The calls of the last assistant turn, and what came back for each, in the order of the results. */
  readonly calls: readonly Call[];
  readonly results: readonly { readonly id: string; readonly text: string }[];
  /** What is said back of an earlier turn's thinking: its signature or sealed text. */
  readonly thoughts: readonly string[];
  /** The JSON schema that the answer must have. */
  readonly schema: Json | undefined;
  /** The most tokens that may be generated. */
  readonly limit: number | undefined;
}

/** What the model says. */
export interface Answer {
  readonly thinking: string;
  readonly words: readonly string[];
  readonly calls: readonly Call[];
  /** It ended for want of tokens. */
  readonly short?: boolean;
}

/** What a model counted, the same for every reply. All of the cached tokens are input, all of the reasoning is output. */
export const COUNTED = { input: 21, cacheRead: 8, cacheWritten: 3, output: 13, reasoning: 5 } as const;

/** A thought's proof, as only the provider can read it. */
export const SIGNATURE = 'EqQBCgIYAhIkMGZiYjA4NTQtYzQ1Zi00ZDk0LTg4MjAtNDM3ZmE5Njg1NzE2';

/** What is thought where a request asks for it. */
export const THOUGHT = 'Let me think about this.';

/** What a tool is called with where its schema asks for a text: everything that is easily spoilt on the way. */
export const TRICKY = 'Ørsted "quoted" \\ 東京\n🎈 </x>';

/** A request that no such model takes; its words and the parameter are told in the dialect's shape. */
export class Invalid extends Error {
  readonly param: string;
  constructor(param: string, message: string) {
    super(message);
    this.param = param;
  }
}

/** Whether the arguments of parallel calls are to come side by side, as from servers that decode them so. */
export const sideBySide = (turn: Turn): boolean => askedOf(turn).includes('SIDE BY SIDE');

/** What the last user said. */
export const askedOf = (turn: Turn): string => turn.said.findLast(({ role }) => role === 'user')?.text ?? '';

/**
 * Results become the answer; tools are called, all at once, as long as there are no results; else the words are said back. `THINK` has
 * it think before, `TOO LONG` run out of tokens.
 */
export const answerTo = (turn: Turn): Answer => {
  const thinking = askedOf(turn).includes('THINK') ? THOUGHT : '';
  const { results, tools, choice, schema } = turn;
  if (results.length === 0 && tools.length > 0 && choice !== 'none') {
    const wanted = tools.filter(({ name }) => choice === '' || name === choice);
    if (wanted.length === 0) throw new Invalid('tool_choice', `there is no tool "${choice}"`);
    return { thinking, words: [], calls: wanted.map(callOf) };
  }
  const text =
    results.length > 0
      ? `The tools said: ${results.map((result) => result.text).join(' | ')}`
      : `You said: ${askedOf(turn)}`;
  const words =
    schema === undefined ? text.split(/(?<=\s)/u) : JSON.stringify(sample(schema)).split(/(?<=[:,])/u);
  const short = askedOf(turn).includes('TOO LONG');
  return { thinking, words: short ? words.slice(0, SHORT_WORDS) : words, calls: [], short };
};

/** So many words an answer has that is too long. */
const SHORT_WORDS = 4;

let calls = 0;

const callOf = (tool: ToolSaid): Call =>
  callWith(tool, tool.custom === true ? TRICKY : JSON.stringify(sample(tool.schema)));

/** A call of that tool with an id of its own. */
export const callWith = ({ name, namespace, custom }: ToolSaid, args: string): Call => {
  calls += 1;
  return {
    ...{ id: `call_${String(calls).padStart(24, '0')}`, name, args },
    ...(namespace === undefined ? {} : { namespace }),
    ...(custom === undefined ? {} : { custom }),
  };
};

/** A value that fits a JSON schema, as far as tests need: the same for the same schema. */
export const sample = (schema: unknown): unknown => {
  if (!isJson(schema)) return {};
  if (schema.const !== undefined) return schema.const;
  if (Array.isArray(schema.enum)) return schema.enum[0];
  if (Array.isArray(schema.anyOf)) return sample(schema.anyOf[0]);
  const type = Array.isArray(schema.type) ? schema.type[0] : schema.type;
  if (type === 'string') return TRICKY;
  if (type === 'number' || type === 'integer') return 3;
  if (type === 'boolean') return true;
  if (type === 'null') return null;
  if (type === 'array') return [sample(schema.items)];
  const properties = isJson(schema.properties) ? schema.properties : {};
  return Object.fromEntries(Object.entries(properties).map(([name, value]) => [name, sample(value)]));
};

/** Throws for a field that the API does not know: real ones refuse what they do not expect. */
export const mustKnow = (body: Json, known: ReadonlySet<string>, where = ''): void => {
  for (const key of Object.keys(body))
    if (!known.has(key))
      throw new Invalid(`${where}${key}`, `Unrecognized request argument supplied: ${where}${key}`);
};

/** Every call must have its result and every result its call, as all real servers ask. */
export const mustPair = (
  made: readonly Call[],
  got: readonly { readonly id: string }[],
  where: string,
): void => {
  const ids = made.map(({ id }) => id).sort();
  const answered = got.map(({ id }) => id).sort();
  if (ids.join() !== answered.join())
    throw new Invalid(where, `calls ${ids.join()} do not have their results ${answered.join()}`);
};

export const isJson = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** A list of objects; anything else is invalid. */
export const objectsIn = (value: unknown, where: string): Json[] => {
  if (!Array.isArray(value)) throw new Invalid(where, `${where} must be a list`);
  return value.map((item: unknown, index) => {
    if (!isJson(item)) throw new Invalid(`${where}[${index}]`, `${where}[${index}] must be an object`);
    return item;
  });
};

/** A text; anything else is invalid. */
export const textIn = (value: unknown, where: string): string => {
  if (typeof value !== 'string') throw new Invalid(where, `${where} must be a text`);
  return value;
};

/** `data:TYPE;base64,DATA` taken apart; a URL of any other kind is a medium without data. */
export const mediumOf = (url: string): { type: string; data: string } => {
  const parts = /^data:([^;,]+);base64,(.*)$/s.exec(url);
  return { type: parts?.[1] ?? url, data: parts?.[2] ?? '' };
};

/** The pieces of every list: one list after the other, or side by side. */
export const inTurn = <T>(lists: readonly (readonly T[])[], together: boolean): T[] => {
  if (!together) return lists.flat();
  const rounds = Math.max(0, ...lists.map(({ length }) => length));
  return Array.from({ length: rounds }, (_, at) => lists.flatMap((list) => list.slice(at, at + 1))).flat();
};

/** Text in parts of at most `length` characters, so that every part is no JSON by itself. */
export const cutInto = (text: string, length: number): string[] =>
  text.match(new RegExp(`.{1,${length}}`, 'gsu')) ?? [];
