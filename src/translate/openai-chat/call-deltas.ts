// The calls of a neutral reply as pieces of a message: numbered tool calls, custom tools' texts out of the JSON that wraps them, or
// the one function call that clients of the old kind know.
import type { Part } from '../neutral.ts';
import { CustomInput, customText } from '../openai-responses/custom-input.ts';
import type { Tools } from './tools.ts';

type Kind<K extends Part['type']> = Extract<Part, { type: K }>;

/** A call while it is written. */
type Call = {
  readonly index: number;
  readonly custom: boolean;
  /** Takes a text out of its JSON; undefined: the input goes out as it comes. */
  readonly unwraps: CustomInput | undefined;
  /** What of the input is out. */
  said: string;
};

/** Writes the calls of one reply; each method gives the JSON texts of `delta`s. */
export class CallDeltas {
  readonly #tools: Pick<Tools, 'custom' | 'old'>;
  readonly #calls = new Map<string, Call>();

  constructor(tools: Pick<Tools, 'custom' | 'old'>) {
    this.#tools = tools;
  }

  get any(): boolean {
    return this.#calls.size > 0;
  }

  start({ id, toolName, inputEncoding, providerMetadata }: Kind<'tool-input-start'>): readonly string[] {
    if (this.#calls.has(id)) return [];
    const index = this.#calls.size;
    const custom = this.#tools.custom.has(toolName);
    const unwraps = custom && inputEncoding !== 'text' ? new CustomInput() : undefined;
    this.#calls.set(id, { index, custom, unwraps, said: '' });
    const name = JSON.stringify(toolName);
    if (this.#tools.old) return index > 0 ? [] : [`{"function_call":{"name":${name},"arguments":""}}`];
    const kind = custom
      ? `"custom","custom":{"name":${name},"input":""}`
      : `"function","function":{"name":${name},"arguments":""}`;
    const extra = extraOf(providerMetadata?.google?.thoughtSignature);
    return [`{"tool_calls":[{"index":${index},"id":${JSON.stringify(id)},"type":${kind}${extra}}]}`];
  }

  delta(id: string, delta: string): readonly string[] {
    const call = this.#calls.get(id);
    if (call === undefined) return [];
    return this.#say(call, call.unwraps === undefined ? delta : call.unwraps.add(delta));
  }

  /** A whole call: what of it is not out yet. */
  whole({ toolCallId: id, toolName, input, providerMetadata }: Kind<'tool-call'>): readonly string[] {
    const start = { type: 'tool-input-start', id, toolName } as const;
    const begun = this.start(providerMetadata === undefined ? start : { ...start, providerMetadata });
    const call = this.#calls.get(id);
    if (call === undefined) return begun;
    const text = call.unwraps !== undefined ? customText(input) : call.custom || input !== '' ? input : '{}';
    return [...begun, ...this.#say(call, text.startsWith(call.said) ? text.slice(call.said.length) : '')];
  }

  #say(call: Call, piece: string): readonly string[] {
    if (piece === '') return [];
    call.said += piece;
    const text = JSON.stringify(piece);
    if (this.#tools.old) return call.index > 0 ? [] : [`{"function_call":{"arguments":${text}}}`];
    const said = call.custom ? `"custom":{"input":${text}}` : `"function":{"arguments":${text}}`;
    return [`{"tool_calls":[{"index":${call.index},${said}}]}`];
  }
}

/** Gemini's models refuse a call that comes back without it. */
const extraOf = (signature: unknown): string =>
  typeof signature === 'string'
    ? `,"extra_content":{"google":{"thought_signature":${JSON.stringify(signature)}}}`
    : '';
