// Calls of tools as items of a response, by the names their client gave them. Calls under way at once each have their place.
import type { Frame } from '../../exchange.ts';
import { CustomInput, customText } from './custom-input.ts';
import type { Events, Place } from './events.ts';
import type { Named, Names } from './names.ts';

/** A call while it is written. */
type Call = {
  readonly place: Place;
  readonly id: string;
  readonly named: Named;
  /** Takes a text out of its JSON; undefined: the input goes out as it comes. */
  readonly unwraps: CustomInput | undefined;
  /** What of the input is out. */
  said: string;
};

/** The calls of one response. */
export class Calls {
  readonly #events: Events;
  readonly #names: Names;
  readonly #open = new Map<string, Call>();

  constructor(events: Events, names: Names) {
    this.#events = events;
    this.#names = names;
  }

  has(id: string): boolean {
    return this.#open.has(id);
  }

  /** `plain`: a custom tool's text comes as it is, in no JSON. */
  start(id: string, toolName: string, plain: boolean): Frame[] {
    const before = this.#open.get(id);
    // One that never came to its end, if there is another of the same id.
    const frames = before === undefined ? [] : this.#end(before, before.said, 'incomplete');
    const named = this.#names.named(toolName);
    const isCustom = named.kind === 'custom';
    const place = this.#events.place(isCustom ? 'ctc' : 'fc');
    const call = { place, id, named, unwraps: isCustom && !plain ? new CustomInput() : undefined, said: '' };
    this.#open.set(id, call);
    return [...frames, this.#events.begun(place, itemText(call, 'in_progress', ''))];
  }

  delta(id: string, delta: string): Frame[] {
    const call = this.#open.get(id);
    return call === undefined
      ? []
      : this.#say(call, call.unwraps === undefined ? delta : call.unwraps.add(delta));
  }

  /** The whole input: what of it is not out yet, and the end. */
  whole(id: string, input: string): Frame[] {
    const call = this.#open.get(id);
    if (call === undefined) return [];
    const isCustom = call.named.kind === 'custom';
    const text = call.unwraps !== undefined ? customText(input) : isCustom || input !== '' ? input : '{}';
    const rest = text.startsWith(call.said) ? text.slice(call.said.length) : '';
    return [...this.#say(call, rest), ...this.#end(call, text, 'completed')];
  }

  /** Ends those that never came to their end. */
  cut(): Frame[] {
    return [...this.#open.values()].flatMap((call) => this.#end(call, call.said, 'incomplete'));
  }

  #say(call: Call, text: string): Frame[] {
    if (text === '') return [];
    call.said += text;
    return [
      this.#events.event(
        `response.${eventOf(call)}.delta`,
        `${call.place.at},"delta":${JSON.stringify(text)}`,
      ),
    ];
  }

  #end(call: Call, text: string, status: string): Frame[] {
    this.#open.delete(call.id);
    const field = call.named.kind === 'custom' ? 'input' : 'arguments';
    return [
      this.#events.event(
        `response.${eventOf(call)}.done`,
        `${call.place.at},"${field}":${JSON.stringify(text)}`,
      ),
      this.#events.done(call.place, itemText(call, status, text)),
    ];
  }
}

const eventOf = ({ named }: Call): string =>
  named.kind === 'custom' ? 'custom_tool_call_input' : 'function_call_arguments';

const itemText = ({ place, id, named }: Call, status: string, input: string): string =>
  JSON.stringify({
    id: place.id,
    type: named.kind === 'custom' ? 'custom_tool_call' : 'function_call',
    status,
    call_id: id,
    name: named.name,
    ...(named.namespace === undefined ? {} : { namespace: named.namespace }),
    ...(named.kind === 'custom' ? { input } : { arguments: input }),
  });
