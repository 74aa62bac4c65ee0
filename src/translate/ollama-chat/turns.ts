// The messages of Ollama's chat as a neutral prompt. It has no ids of calls: a result belongs to the first call of its tool that has
// none yet.
import { bad } from '../../dialects/outline.ts';
import type { Json, JsonObject } from '../../json/value.ts';
import { given, listOf, maybe, nameOf, objectOf, textOf } from '../fields.ts';
import type { AssistantPart, Message, Messages, ToolPart } from '../neutral.ts';
import type { Notes } from '../notes.ts';
import { imagesOf } from '../ollama/settings.ts';
import { unseal, unsealThoughts } from '../openai-responses/envelope.ts';

/** Longer than any list of real calls. */
const CALLS = 1_000;

/** Keys of a message that are read here. */
const READ: ReadonlySet<string> = new Set([
  ...['role', 'content', 'images', 'thinking', 'tool_calls', 'tool_name', 'tool_call_id', 'name'],
]);

/** Reads `messages`, whose outline was read. */
export const turnsOf = (messages: Json | undefined, notes: Notes): Messages => {
  const turns = new Turns();
  listOf(messages, 'messages', Number.POSITIVE_INFINITY).forEach((each, index) => {
    const turn = objectOf(each, `messages[${index}]`);
    notes.others(turn, READ, 'messages[]');
    turns.add(turn, `messages[${index}]`);
  });
  turns.end('messages');
  return turns.said;
};

type Open = { readonly id: string; readonly name: string };

/** Collects turns one by one, and pairs calls with their results. */
class Turns {
  readonly said: Message[] = [];
  readonly #ids = new Set<string>();
  /** Calls without a result yet. */
  #open: Open[] = [];
  #results: ToolPart[] | undefined;

  add(turn: JsonObject, param: string): void {
    const { role } = turn;
    if (role === 'tool') {
      this.#addResult(turn, param);
      return;
    }
    this.end(param);
    const text = contentOf(turn, param);
    if (role === 'assistant') this.#assistant(turn, text, param);
    else if (role === 'user') {
      const images = imagesOf(turn.images, `${param}.images`);
      const content = [
        ...(text === '' && images.length > 0 ? [] : [{ type: 'text' as const, text }]),
        ...images,
      ];
      this.said.push({ role, content });
    } else if (role === 'system') {
      if (text !== '') this.said.push({ role, content: text });
    } else throw bad(`${param}.role`, 'It must be one of: system, user, assistant, tool.');
  }

  /** Throws unless every call has its result. */
  end(param: string): void {
    this.#results = undefined;
    if (this.#open.length > 0)
      throw bad(param, 'A message with "tool_calls" must be followed by a result of each.');
  }

  #assistant(turn: JsonObject, text: string, param: string): void {
    const where = `${param}.tool_calls`;
    const calls = given(turn.tool_calls) === undefined ? [] : listOf(turn.tool_calls, where, CALLS);
    const made = calls.map((each, index) =>
      this.#call(objectOf(each, `${where}[${index}]`), `${where}[${index}]`),
    );
    const content = [
      ...thoughtsOf(turn, calls[0], param),
      ...(text === '' ? [] : [{ type: 'text' as const, text }]),
      ...made,
    ];
    if (content.length > 0) this.said.push({ role: 'assistant', content });
  }

  #call(call: JsonObject, param: string): AssistantPart {
    const said = objectOf(call.function, `${param}.function`);
    const name = nameOf(said.name, `${param}.function.name`);
    const input =
      given(said.arguments) === undefined ? {} : objectOf(said.arguments, `${param}.function.arguments`);
    const id =
      given(call.id) === undefined || call.id === '' ? this.#newId() : nameOf(call.id, `${param}.id`);
    if (this.#ids.has(id)) throw bad(`${param}.id`, 'Another call has the same id.');
    this.#ids.add(id);
    this.#open.push({ id, name });
    const proof = given(call.thought_signature);
    const sealed = typeof proof === 'string' ? unseal(proof, '') : undefined;
    return {
      type: 'tool-call',
      toolCallId: id,
      toolName: name,
      input,
      ...maybe('providerOptions', sealed?.of === 'call' ? sealed.proofs : undefined),
    };
  }

  #newId(): string {
    let id = `call_${this.#ids.size}`;
    while (this.#ids.has(id)) id += '_';
    return id;
  }

  #addResult(turn: JsonObject, param: string): void {
    const call = this.#answered(turn, param);
    this.#open = this.#open.filter((each) => each !== call);
    const text = contentOf(turn, param);
    const images = imagesOf(turn.images, `${param}.images`);
    const result: ToolPart = {
      type: 'tool-result',
      toolCallId: call.id,
      toolName: call.name,
      output:
        images.length === 0
          ? { type: 'text', value: text }
          : { type: 'content', value: [{ type: 'text', text }, ...images] },
    };
    if (this.#results === undefined) {
      this.#results = [];
      this.said.push({ role: 'tool', content: this.#results });
    }
    this.#results.push(result);
  }

  #answered(turn: JsonObject, param: string): Open {
    const id = given(turn.tool_call_id);
    const name = given(turn.tool_name) ?? given(turn.name);
    const found =
      this.#open.find((each) => each.id === id) ??
      this.#open.find((each) => each.name === name) ??
      this.#open[0];
    if (found === undefined)
      throw bad(param, 'A tool message must answer a call of the assistant message before it.');
    return found;
  }
}

const contentOf = (turn: JsonObject, param: string): string =>
  given(turn.content) === undefined ? '' : textOf(turn.content, `${param}.content`);

/** The thinking, taken apart again where a call beside it has what proves its pieces. */
const thoughtsOf = (turn: JsonObject, call: Json | undefined, param: string): AssistantPart[] => {
  const text = given(turn.thinking) === undefined ? '' : textOf(turn.thinking, `${param}.thinking`);
  const proof = call === undefined ? undefined : given(objectOf(call, param).signature);
  const thoughts = typeof proof === 'string' ? unsealThoughts(proof, text) : undefined;
  if (thoughts === undefined) return text === '' ? [] : [{ type: 'reasoning', text }];
  return thoughts.map((thought) => ({
    type: 'reasoning',
    text: thought.text,
    ...maybe('providerOptions', thought.proofs),
  }));
};
