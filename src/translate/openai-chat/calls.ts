// The calls of tools in a reply, put together from their pieces. Servers number them, or send each at once, or give all of them one
// number and ids of their own, or no ids.
import type { Json } from '../../json/value.ts';
import { at } from '../../json/value.ts';
import type { Content, Part } from '../neutral.ts';

type ToolCall = Extract<Content, { type: 'tool-call' }>;
type Call = {
  readonly whole: Omit<ToolCall, 'input'>;
  /** The id that the server gave it. */
  readonly said: Json | undefined;
  readonly encoding: 'json' | 'text';
  input: string;
};

/** The calls of one reply. */
export class Calls {
  readonly #calls: Call[] = [];
  /** The call that a number stands for just now. */
  readonly #numbered = new Map<number, Call>();
  readonly #ids = new Set<string>();
  /** What ids are made of, for servers that give none. */
  #seed = '';

  get any(): boolean {
    return this.#calls.length > 0;
  }

  /** Names ids that have to be made up after the reply, so that those of two replies differ. */
  seed(id: string): void {
    this.#seed = id.replace(/[^\w-]/g, '').slice(-SEED_CHARS);
  }

  /** The parts that a piece of a call adds. `place`: where it stands in its list. */
  piece(said: Json, place: number): readonly Part[] {
    const index = at(said, 'index');
    // A piece without a number goes on with the last call, or begins the next.
    const number = typeof index === 'number' ? index : Math.max(0, this.#calls.length - 1) + place;
    const known = this.#numbered.get(number);
    const inner = at(said, 'function') ?? at(said, 'custom');
    const [id, name] = [at(said, 'id'), at(inner, 'name')];
    const named = typeof name === 'string' && name !== '';
    const another = named && isAnother(known, id, typeof index === 'number');
    if (known === undefined && !another) return [];
    const parts: Part[] = [];
    const call = another ? this.#begin(said, name, number, parts) : known;
    const input = at(inner, 'arguments') ?? at(inner, 'input') ?? '';
    const delta = typeof input === 'string' ? input : JSON.stringify(input);
    if (call === undefined || delta === '') return parts;
    call.input += delta;
    parts.push({ type: 'tool-input-delta', id: call.whole.toolCallId, delta });
    return parts;
  }

  #begin(said: Json, toolName: string, number: number, parts: Part[]): Call {
    const id = at(said, 'id');
    const own = typeof id === 'string' && id !== '' && !this.#ids.has(id);
    const toolCallId = own ? id : `call_${this.#seed}${this.#calls.length}`;
    this.#ids.add(toolCallId);
    const signature = at(at(at(said, 'extra_content'), 'google'), 'thought_signature');
    const proof =
      typeof signature === 'string' ? { providerMetadata: { google: { thoughtSignature: signature } } } : {};
    const encoding = at(said, 'type') === 'custom' ? 'text' : 'json';
    const whole = { type: 'tool-call', toolCallId, toolName, ...proof } as const;
    const call: Call = { whole, said: id, encoding, input: '' };
    this.#calls.push(call);
    this.#numbered.set(number, call);
    const plain = encoding === 'text' ? ({ inputEncoding: 'text' } as const) : {};
    parts.push({ type: 'tool-input-start', id: toolCallId, toolName, ...plain, ...proof });
    return call;
  }

  /** The calls as they are now. */
  whole(): ToolCall[] {
    return this.#calls.map(({ whole, encoding, input }) => ({
      ...whole,
      input: input === '' && encoding === 'json' ? '{}' : input,
    }));
  }

  /** The ends of all calls: which call is whole before the reply is, no server says. */
  end(): Part[] {
    return this.whole().flatMap((call): Part[] => [{ type: 'tool-input-end', id: call.toolCallId }, call]);
  }
}

/** With what is around it an id is to stay under 40 characters, which is OpenAI's limit. */
const SEED_CHARS = 24;

/** Whether a piece with a name begins another call than the one its number stands for. */
const isAnother = (known: Call | undefined, id: Json | undefined, numbered: boolean): boolean => {
  if (known === undefined) return true;
  if (typeof id !== 'string' || id === '') return !numbered;
  return id !== known.said;
};
