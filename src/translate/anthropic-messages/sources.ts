// Images and documents of a request as files of the neutral form. What only the provider's own store holds is refused.
import { bad } from '../../dialects/outline.ts';
import type { JsonObject } from '../../json/value.ts';
import { Refusal } from '../../refusal.ts';
import type { UserPart } from '../neutral.ts';
import type { Notes } from '../notes.ts';
import { cannotCarry } from '../notes.ts';
import { among, field, flagIn, mustObject, mustText, objectIn, objectsIn, textIn } from './fields.ts';

/** A file as a user says it; those in results of tools are the same but for their place. */
export type FilePart = Extract<UserPart, { type: 'file' }>;

const IMAGES = ['image/jpeg', 'image/png', 'image/gif', 'image/webp'] as const;
const BASE64 = /^[A-Za-z0-9+/]*={0,2}$/;
/** Blocks of one document's own content. */
const CONTENT_BLOCKS = 1_000;

/** An `image` block. */
export const imageOf = (block: JsonObject, path: string): Pick<FilePart, 'data' | 'mediaType'> => {
  const given = field(block, 'source', path);
  const source = mustObject(given);
  switch (typeOf(source, given.path)) {
    case 'base64':
      return {
        data: { type: 'data', data: base64In(source, given.path) },
        mediaType: among(field(source, 'media_type', given.path), IMAGES),
      };
    case 'url':
      return { data: { type: 'url', url: urlIn(source, given.path) }, mediaType: 'image/*' };
    default:
      throw bad(`${given.path}.type`, 'It must be one of base64, url, file.');
  }
};

/** A `document` block. Its title is the file's name. */
export const documentOf = (
  block: JsonObject,
  path: string,
  notes: Notes,
): Pick<FilePart, 'data' | 'mediaType' | 'filename' | 'providerOptions'> => {
  const [title, about] = [textIn(field(block, 'title', path)), textIn(field(block, 'context', path))];
  const citations = objectIn(field(block, 'citations', path));
  if (citations !== undefined && flagIn(field(citations, 'enabled', `${path}.citations`)) === true)
    notes.dropped(`${path}.citations`);
  return {
    ...contentOf(mustObject(field(block, 'source', path)), `${path}.source`),
    ...(title === undefined ? {} : { filename: title }),
    ...(about === undefined ? {} : { providerOptions: { anthropic: { context: about } } }),
  };
};

const contentOf = (source: JsonObject, path: string): Pick<FilePart, 'data' | 'mediaType'> => {
  switch (typeOf(source, path)) {
    case 'base64':
      among(field(source, 'media_type', path), ['application/pdf']);
      return { data: { type: 'data', data: base64In(source, path) }, mediaType: 'application/pdf' };
    case 'url':
      return { data: { type: 'url', url: urlIn(source, path) }, mediaType: 'application/pdf' };
    case 'text':
      among(field(source, 'media_type', path), ['text/plain']);
      return textFile(mustText(field(source, 'data', path)));
    case 'content':
      return textFile(ownContent(source, path));
    default:
      throw bad(`${path}.type`, 'It must be one of base64, url, text, content, file.');
  }
};

const textFile = (text: string): Pick<FilePart, 'data' | 'mediaType'> => ({
  data: { type: 'text', text },
  mediaType: 'text/plain',
});

const ownContent = (source: JsonObject, path: string): string => {
  const content = field(source, 'content', path);
  if (typeof content.value === 'string') return content.value;
  return objectsIn(content, CONTENT_BLOCKS)
    .map(([block, at]) => {
      const type = among(field(block, 'type', at), ['text', 'image']);
      if (type === 'image') throw cannotCarry(at, 'Send the image as a block of the message.');
      return mustText(field(block, 'text', at));
    })
    .join('\n');
};

const typeOf = (source: JsonObject, path: string): string => {
  const type = mustText(field(source, 'type', path));
  if (type === 'file') throw new Refusal('stored_state_refused', { param: `${path}.file_id` });
  return type;
};

const base64In = (source: JsonObject, path: string): string => {
  const given = field(source, 'data', path);
  const data = mustText(given);
  if (data === '' || data.length % 4 === 1 || !BASE64.test(data)) throw bad(given.path, 'It must be base64.');
  return data;
};

const urlIn = (source: JsonObject, path: string): URL => {
  const given = field(source, 'url', path);
  const text = mustText(given);
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || (url.protocol !== 'https:' && url.protocol !== 'http:'))
    throw bad(given.path, 'It must be an address that begins with https.');
  return url;
};
