// What of a body no pattern can read: images, sound, files, encrypted blocks. It is named in the record, and a policy may refuse it.
import type { TextAt } from '../dialects/lens.ts';
import type { Json, Name, Path } from '../json/value.ts';
import { at } from '../json/value.ts';

const DATA_URL = /^data:([\w.+-]+\/[\w.+-]+)?(?:;[\w=.+-]+)*(;base64)?,/i;
/** Media types whose bytes are text. */
const TEXTUAL =
  /^(?:text\/|application\/(?:json|xml|yaml|x-yaml|javascript|x-sh|sql|[\w.-]+\+(?:json|xml)))/i;
/** Fields that hold bytes in base64, by their own name and their parent's, or by their own alone. */
const BYTES = new Set(['input_audio.data', 'source.data', 'audio.data', 'image.data']);
const BYTES_ALONE = new Set(['file_data', 'partial_image_b64', 'b64_json']);
/** Lists of nothing but bytes: Ollama's. */
const LISTS_OF_BYTES = new Set(['images']);
/** Fields that hold what only the provider can open. */
const SEALED = new Set(['encrypted_content', 'signature', 'thought_signature', 'redacted_thinking']);
/** A field that names bytes holds text when it is this short, or is no base64. */
const BYTES_CHARS = 64;

/** What cannot be read there; `isText`: what says where it is can be. */
export type Unread = { readonly kind: string; readonly isText: boolean };

/** What a text is, or leads to, when that is nothing that can be read; undefined: it is text. */
export const uninspectable = (body: Json, { path, text, key }: TextAt): Unread | undefined => {
  if (key) return undefined;
  if (text.startsWith('data:')) {
    const url = DATA_URL.exec(text);
    if (url !== null) return TEXTUAL.test(url[1] ?? 'text/plain') ? undefined : { kind: FILE, isText: false };
  }
  if (leadsAway(path, text)) return { kind: 'an image or a file that is elsewhere', isText: true };
  if (text.length < BYTES_CHARS || !isBase64(text)) return undefined;
  const [parent, name] = [path.at(-2), path.at(-1)];
  if (typeof name === 'string' && (SEALED.has(name) || isSealedIn(body, path)))
    return { kind: 'an encrypted block', isText: false };
  if (!holdsBytes(body, path, parent, name)) return undefined;
  const type = typeOf(body, path.slice(0, -1));
  return type !== undefined && TEXTUAL.test(type) ? undefined : { kind: FILE, isText: false };
};

const FILE = 'an image or another file';
/** Fields that name what a model fetches or its provider keeps. */
const ELSEWHERE = new Set(['image_url', 'file_url', 'file_id', 'video_url', 'audio_url']);

const leadsAway = (path: Path, text: string): boolean => {
  const [parent, name] = [path.at(-2), path.at(-1)];
  if (text === '' || typeof name !== 'string') return false;
  return ELSEWHERE.has(name) || (name === 'url' && (parent === 'source' || ELSEWHERE.has(String(parent))));
};

const holdsBytes = (body: Json, path: Path, parent: Name | undefined, name: Name | undefined): boolean =>
  typeof name === 'number'
    ? typeof parent === 'string' && LISTS_OF_BYTES.has(parent)
    : name !== undefined &&
      (BYTES.has(`${parent}.${name}`) ||
        BYTES_ALONE.has(name) ||
        (name === 'result' && kindAround(body, path) === 'image_generation_call'));

/** Anthropic's hidden thinking stands in a field that holds other things elsewhere. */
const isSealedIn = (body: Json, path: Path): boolean =>
  path.at(-1) === 'data' && kindAround(body, path) === 'redacted_thinking';

const around = (body: Json, path: Path): Json | undefined => {
  let here: Json | undefined = body;
  for (const name of path) here = at(here, name);
  return here;
};

/** The `type` of the object that a value stands in. */
const kindAround = (body: Json, path: Path): Json | undefined => at(around(body, path.slice(0, -1)), 'type');

/** The media type that stands beside bytes, if any does. */
const typeOf = (body: Json, path: Path): string | undefined => {
  const here = around(body, path);
  const type = at(here, 'media_type') ?? at(here, 'mime_type');
  return typeof type === 'string' ? type : undefined;
};

/** Groups of four, in lines or not; words with spaces between them are none. */
const isBase64 = (text: string): boolean => /^[\w+/-]+(?:\r?\n[\w+/-]+)*={0,2}\s*$/.test(text);
