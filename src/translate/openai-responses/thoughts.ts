// What the model thinks, as items of a response: its text is a summary's, and what proves it rides sealed, for those who asked for that.
import type { Frame } from '../../exchange.ts';
import type { ProviderOptions } from '../neutral.ts';
import { joinedProofs, proofsIn, seal } from './envelope.ts';
import type { Events, Place } from './events.ts';

type Thought = { readonly place: Place; text: string; proofs: ProviderOptions | undefined };

/** The reasonings of one response. */
export class Thoughts {
  readonly #events: Events;
  readonly #seals: boolean;
  readonly #open = new Map<string, Thought>();

  constructor(events: Events, seals: boolean) {
    this.#events = events;
    this.#seals = seals;
  }

  start(id: string, metadata: ProviderOptions | undefined): Frame[] {
    // One that never came to its end, if there is another of the same name.
    const frames = this.end(id, undefined);
    const place = this.#events.place('rs');
    this.#open.set(id, { place, text: '', proofs: proofsIn(metadata) });
    return [...frames, this.#events.begun(place, `{"id":"${place.id}","type":"reasoning","summary":[]}`)];
  }

  delta(id: string, delta: string, metadata: ProviderOptions | undefined): Frame[] {
    const frames = this.#open.has(id) ? [] : this.start(id, undefined);
    const thought = this.#open.get(id);
    if (thought === undefined) return frames;
    thought.proofs = joinedProofs(thought.proofs, proofsIn(metadata));
    if (delta === '') return frames;
    const at = `${thought.place.at},"summary_index":0`;
    if (thought.text === '')
      frames.push(
        this.#events.event('response.reasoning_summary_part.added', `${at},"part":${summaryText('')}`),
      );
    thought.text += delta;
    frames.push(
      this.#events.event('response.reasoning_summary_text.delta', `${at},"delta":${JSON.stringify(delta)}`),
    );
    return frames;
  }

  end(id: string, metadata: ProviderOptions | undefined): Frame[] {
    const thought = this.#open.get(id);
    if (thought === undefined) return [];
    this.#open.delete(id);
    const { place, text } = thought;
    const proofs = joinedProofs(thought.proofs, proofsIn(metadata));
    const sealed =
      this.#seals && proofs !== undefined
        ? `,"encrypted_content":"${seal({ of: 'reasoning', text, proofs })}"`
        : '';
    const summary = text === '' ? '' : summaryText(text);
    const item = `{"id":"${place.id}","type":"reasoning","summary":[${summary}]${sealed}}`;
    const at = `${place.at},"summary_index":0`;
    const told =
      text === ''
        ? []
        : [
            this.#events.event(
              'response.reasoning_summary_text.done',
              `${at},"text":${JSON.stringify(text)}`,
            ),
            this.#events.event('response.reasoning_summary_part.done', `${at},"part":${summary}`),
          ];
    return [...told, this.#events.done(place, item)];
  }

  /** Ends those that never came to their end. */
  close(): Frame[] {
    return [...this.#open.keys()].flatMap((id) => this.end(id, undefined));
  }
}

const summaryText = (text: string): string => `{"type":"summary_text","text":${JSON.stringify(text)}}`;
