// What the model says, as items of a response: texts that follow each other are parts of one message, refusals in a part of their own.
import type { Frame } from '../../exchange.ts';
import type { Part } from '../neutral.ts';
import type { Events, Place } from './events.ts';

type Citation = NonNullable<Extract<Part, { type: 'text-end' }>['citations']>[number];
type Source = Extract<Part, { type: 'source' }>;

/** One part of a message. */
type Text = {
  readonly index: number;
  readonly refusal: boolean;
  text: string;
  readonly annotations: string[];
  ended: boolean;
};

type Message = { readonly place: Place; readonly parts: Text[] };

/** The messages of one response. One stays open after its texts ended, for more of them and for their sources. */
export class Messages {
  readonly #events: Events;
  #message: Message | undefined;
  readonly #texts = new Map<string, Text>();
  #closed = 0;
  /** Whether the model has refused in so many words. */
  refused = false;

  constructor(events: Events) {
    this.#events = events;
  }

  start(id: string, refusal: boolean): Frame[] {
    const frames: Frame[] = [];
    if (this.#message === undefined) {
      const place = this.#events.place('msg');
      this.#message = { place, parts: [] };
      this.#closed = 0;
      frames.push(this.#events.begun(place, itemText(place.id, 'in_progress', [])));
    } else frames.push(...this.#endParts(false));
    const { place, parts } = this.#message;
    const text: Text = { index: parts.length, refusal, text: '', annotations: [], ended: false };
    parts.push(text);
    this.#texts.set(id, text);
    if (refusal) this.refused = true;
    frames.push(
      this.#events.event(
        'response.content_part.added',
        `${place.at},"content_index":${text.index},"part":${partText(text)}`,
      ),
    );
    return frames;
  }

  delta(id: string, delta: string): Frame[] {
    const known = this.#texts.get(id);
    // Some models send pieces of what they never began.
    const frames = known === undefined ? this.start(id, false) : [];
    const text = this.#texts.get(id);
    if (text === undefined || this.#message === undefined || delta === '') return frames;
    text.text += delta;
    const at = `${this.#message.place.at},"content_index":${text.index},"delta":${JSON.stringify(delta)}`;
    frames.push(
      text.refusal
        ? this.#events.event('response.refusal.delta', at)
        : this.#events.event('response.output_text.delta', `${at},"logprobs":[]`),
    );
    return frames;
  }

  end(id: string, citations: readonly Citation[] = []): Frame[] {
    const text = this.#texts.get(id);
    if (text === undefined) return [];
    const frames = citations.flatMap((each) => this.#cite(text, each.source, each));
    text.ended = true;
    this.#texts.delete(id);
    return frames;
  }

  /** A source of what was said last. */
  source(source: Source): Frame[] {
    const text = this.#message?.parts.findLast(({ refusal }) => !refusal);
    return text === undefined || (this.#message?.parts.indexOf(text) ?? 0) < this.#closed
      ? []
      : this.#cite(text, source, {});
  }

  /** Ends the message, if its texts have ended; `all`: whether they have or not. */
  close(all: 'all' | 'ended', status: 'completed' | 'incomplete'): Frame[] {
    const message = this.#message;
    if (message === undefined || (all === 'ended' && message.parts.some(({ ended }) => !ended))) return [];
    const frames = this.#endParts(true);
    this.#message = undefined;
    this.#texts.clear();
    frames.push(
      this.#events.done(message.place, itemText(message.place.id, status, message.parts.map(partText))),
    );
    return frames;
  }

  #endParts(all: boolean): Frame[] {
    const frames: Frame[] = [];
    const { place, parts } = this.#message ?? { place: undefined, parts: [] };
    for (
      let part = parts[this.#closed];
      place !== undefined && part !== undefined;
      part = parts[this.#closed]
    ) {
      if (!part.ended && !all) break;
      this.#closed++;
      const at = `${place.at},"content_index":${part.index}`;
      const text = JSON.stringify(part.text);
      frames.push(
        part.refusal
          ? this.#events.event('response.refusal.done', `${at},"refusal":${text}`)
          : this.#events.event('response.output_text.done', `${at},"text":${text},"logprobs":[]`),
        this.#events.event('response.content_part.done', `${at},"part":${partText(part)}`),
      );
    }
    return frames;
  }

  /** Only what has an address can be told. Where in the text it belongs, not every provider says. */
  #cite(text: Text, source: Source, where: Pick<Citation, 'startIndex' | 'endIndex'>): Frame[] {
    if (source.sourceType !== 'url' || text.refusal || this.#message === undefined) return [];
    const annotation = JSON.stringify({
      type: 'url_citation',
      url: source.url,
      title: source.title ?? source.url,
      start_index: where.startIndex ?? text.text.length,
      end_index: where.endIndex ?? text.text.length,
    });
    const index = text.annotations.push(annotation) - 1;
    return [
      this.#events.event(
        'response.output_text.annotation.added',
        `${this.#message.place.at},"content_index":${text.index},"annotation_index":${index},"annotation":${annotation}`,
      ),
    ];
  }
}

const partText = ({ refusal, text, annotations }: Text): string =>
  refusal
    ? `{"type":"refusal","refusal":${JSON.stringify(text)}}`
    : `{"type":"output_text","annotations":[${annotations.join(',')}],"logprobs":[],"text":${JSON.stringify(text)}}`;

const itemText = (id: string, status: string, parts: readonly string[]): string =>
  `{"id":"${id}","type":"message","status":"${status}","role":"assistant","content":[${parts.join(',')}]}`;
