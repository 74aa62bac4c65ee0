// The calls of tools in a streamed reply, put together from their pieces. Servers number them, or send each at once, or give all of
// them one number and names of their own.
import type { Json } from '../../json/value.ts';
import { at } from '../../json/value.ts';
import type { Part } from '../neutral.ts';

type Call = { readonly id: string; readonly name: string; input: string };

/** The calls of one reply. */
export class Calls {
  readonly #calls: Call[] = [];
  /** The call that a number stands for just now. */
  readonly #byIndex = new Map<number, Call>();
  /** What ids are made of, for servers that give none. */
  #seed = '';

  get any(): boolean {
    return this.#calls.length > 0;
  }

  /** Names made-up ids after the reply, so that those of two replies differ. */
  seed(id: string): void {
    this.#seed = id.replace(/[^\w-]/g, '').slice(-24);
  }

  /** The parts that a piece adds. `place`: where it stands in its list. */
  piece(said: Json, place: number): Part[] {
    const number = at(said, 'index');
    const named = at(at(said, 'function'), 'name') ?? at(at(said, 'custom'), 'name');
    const input = at(at(said, 'function'), 'arguments') ?? at(at(said, 'custom'), 'input');
    const id = at(said, 'id');
    const known = this.#byIndex.get(typeof number === 'number' ? number : this.#calls.length - 1 + place);
    const another =
      known === undefined ||
      (typeof id === 'string' && id !== '' && id !== known.id && typeof named === 'string' && named !== '');
    const parts: Part[] = [];
    let call = known;
    if (another) {
      if (typeof named !== 'string' || named === '') return [];
      call = {
        id: typeof id === 'string' && id !== '' ? id : `call_${this.#seed}${this.#calls.length}`,
        name: named,
        input: '',
      };
      this.#byIndex.set(typeof number === 'number' ? number : this.#calls.length, call);
      this.#calls.push(call);
      const signature = at(at(at(said, 'extra_content'), 'google'), 'thought_signature');
      parts.push({
        type: 'tool-input-start',
        id: call.id,
        toolName: call.name,
        ...(typeof signature === 'string'
          ? { providerMetadata: { google: { thoughtSignature: signature } } }
          : {}),
      });
    }
    const delta =
      input === undefined || input === null ? '' : typeof input === 'string' ? input : JSON.stringify(input);
    if (call === undefined || delta === '') return parts;
    call.input += delta;
    parts.push({ type: 'tool-input-delta', id: call.id, delta });
    return parts;
  }

  /** The ends of all calls. */
  end(): Part[] {
    return this.#calls.flatMap(({ id, name, input }): Part[] => [
      { type: 'tool-input-end', id },
      { type: 'tool-call', toolCallId: id, toolName: name, input: input === '' ? '{}' : input },
    ]);
  }
}
