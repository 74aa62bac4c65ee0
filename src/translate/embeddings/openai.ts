// Embeddings in the words of OpenAI: a request of one or more texts, and its reply. Vectors may be wanted as the base64 of their numbers.
import { base64Of, bytesOfBase64 } from '../../bytes.ts';
import { count } from '../../dialects/outline.ts';
import type { Json, JsonObject } from '../../json/value.ts';
import { at, isArray, isObject } from '../../json/value.ts';
import { UpstreamFault } from '../../ports.ts';
import { given, integerOf, wordOf } from '../fields.ts';
import { cannotCarry } from '../notes.ts';

/** Numbers of one text. */
export type Vector = readonly number[];
/** Vectors in the order of their texts; `tokens`: what the texts were counted as. */
export type Embedded = { readonly vectors: readonly Vector[]; readonly tokens: number | undefined };

/** No model has more dimensions. */
const DIMENSIONS = [1, 1_000_000] as const;

/** What is asked for of the vectors. */
export const dimensionsOf = (body: JsonObject): number | undefined =>
  integerOf(body.dimensions, 'dimensions', DIMENSIONS);

/** The texts of `input`; throws `unsupported_parameter` for tokens, which only the model they were made for can read. */
export const textsOf = (input: Json | undefined): readonly string[] => {
  const texts = typeof input === 'string' ? [input] : isArray(input) ? input : [];
  if (texts.length === 0 || !texts.every((each) => typeof each === 'string'))
    throw cannotCarry('input', 'It must be a text or a list of texts.');
  return texts;
};

/** How vectors are wanted. */
export const formatOf = (asked: JsonObject): 'float' | 'base64' =>
  wordOf(asked.encoding_format, 'encoding_format', ['float', 'base64']) ?? 'float';

/** A whole reply. */
export const openaiReply = (
  { vectors, tokens }: Embedded,
  model: Json | undefined,
  asked: JsonObject,
): string => {
  const format = formatOf(asked);
  const prompt_tokens = tokens ?? 0;
  return JSON.stringify({
    object: 'list',
    data: vectors.map((vector, index) => ({
      object: 'embedding',
      index,
      embedding: format === 'base64' ? base64OfVector(vector) : vector,
    })),
    model: typeof model === 'string' ? model : asked.model,
    usage: { prompt_tokens, total_tokens: prompt_tokens },
  });
};

/** Reads a reply to `texts` texts; throws an UpstreamFault (`protocol`). */
export const openaiEmbedded = (reply: Json, texts: number): Embedded => {
  const data = at(reply, 'data');
  if (!isArray(data) || data.length !== texts) throw unreadable();
  const vectors = Array.from<Vector | undefined>({ length: texts });
  data.forEach((each, index) => {
    const place = count(at(each, 'index')) ?? index;
    if (!isObject(each) || place >= texts || vectors[place] !== undefined) throw unreadable();
    vectors[place] = vectorOf(each.embedding);
  });
  const tokens = count(at(at(reply, 'usage'), 'prompt_tokens'));
  return { vectors: vectors.map(mustBeThere), tokens };
};

const mustBeThere = (vector: Vector | undefined): Vector => {
  if (vector === undefined) throw unreadable();
  return vector;
};

/** A list of numbers, or the base64 of them; throws an UpstreamFault (`protocol`). */
export const vectorOf = (value: Json | undefined): Vector => {
  const numbers = typeof value === 'string' ? numbersIn(value) : value;
  if (!isArray(numbers) || !numbers.every((each) => typeof each === 'number')) throw unreadable();
  return numbers;
};

const FLOAT_BYTES = 4;

const numbersIn = (text: string): Vector => {
  try {
    const { buffer, byteLength } = bytesOfBase64(text);
    if (byteLength % FLOAT_BYTES !== 0) throw unreadable();
    const view = new DataView(buffer);
    return Array.from({ length: byteLength / FLOAT_BYTES }, (_, index) =>
      view.getFloat32(index * FLOAT_BYTES, true),
    );
  } catch {
    throw unreadable();
  }
};

/** Four bytes a number, the least first, as the API has them. */
const base64OfVector = (vector: Vector): string => {
  const view = new DataView(new ArrayBuffer(vector.length * FLOAT_BYTES));
  vector.forEach((number, index) => {
    view.setFloat32(index * FLOAT_BYTES, number, true);
  });
  return base64Of(new Uint8Array(view.buffer));
};

/** A reply that is none of embeddings. */
export const unreadable = (): UpstreamFault =>
  new UpstreamFault('protocol', true, 'the reply has no embeddings of what was asked');

/** Keys that ask for something and are not read. */
export const others = (body: JsonObject, read: ReadonlySet<string>): readonly string[] =>
  Object.entries(body)
    .filter(([key, value]) => !read.has(key) && given(value) !== undefined && value !== false)
    .map(([key]) => key.slice(0, 100));
