// What of a body no pattern can read: images, sound, files, encrypted blocks. It is named in the record, and a policy may refuse it.
import type { TextAt } from '../dialects/lens.ts';
import type { Json } from '../json/value.ts';
import { at } from '../json/value.ts';

const DATA_URL = /^data:([\w.+-]+\/[\w.+-]+)?(?:;[\w=.+-]+)*(;base64)?,/i;
/** Media types whose bytes are text. */
const TEXTUAL =
  /^(?:text\/|application\/(?:json|xml|yaml|x-yaml|javascript|x-sh|sql|[\w.-]+\+(?:json|xml)))/i;
/** Fields that hold bytes in base64, by their own name, or by their parent's. */
const BYTES = new Set(['input_audio.data', 'file.file_data', 'source.data', 'audio.data', 'image.data']);
/** Fields that hold what only the provider can open. */
const SEALED = new Set(['encrypted_content', 'signature', 'thought_signature', 'redacted_thinking']);
/** A field that names bytes holds text when it is this short, or is no base64. */
const BYTES_CHARS = 64;

/** What a text is, when it is nothing that can be read; undefined: it is text. */
export const uninspectable = (body: Json, { path, text, key }: TextAt): string | undefined => {
  if (key) return undefined;
  if (text.startsWith('data:')) {
    const url = DATA_URL.exec(text);
    if (url !== null) return TEXTUAL.test(url[1] ?? 'text/plain') ? undefined : 'an image or another file';
  }
  if (text.length < BYTES_CHARS || !isBase64(text)) return undefined;
  const [parent, name] = [path.at(-2), path.at(-1)];
  if (typeof name === 'string' && SEALED.has(name)) return 'an encrypted block';
  if (!BYTES.has(`${parent}.${name}`)) return undefined;
  const type = typeOf(body, path.slice(0, -1));
  return type !== undefined && TEXTUAL.test(type) ? undefined : 'an image or another file';
};

/** The media type that stands beside bytes, if any does. */
const typeOf = (body: Json, path: readonly (string | number)[]): string | undefined => {
  let here: Json | undefined = body;
  for (const name of path) here = at(here, name);
  const type = at(here, 'media_type') ?? at(here, 'mime_type');
  return typeof type === 'string' ? type : undefined;
};

const isBase64 = (text: string): boolean => /^[\w+/=\s-]+$/.test(text);
