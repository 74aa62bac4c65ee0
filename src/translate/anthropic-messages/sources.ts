// Images and documents of a request as files of the neutral form. What only the provider's own store holds is refused.
import { bad } from '../../dialects/outline.ts';
import type { Json, JsonObject } from '../../json/value.ts';
import { Refusal } from '../../refusal.ts';
import { flagOf, given, listOf, objectOf, textOf, wordOf } from '../fields.ts';
import { base64In, webUrlIn } from '../media.ts';
import type { UserPart } from '../neutral.ts';
import type { Notes } from '../notes.ts';
import { cannotCarry } from '../notes.ts';

/** A file as a user says it; those in results of tools are the same but for their place. */
type FilePart = Extract<UserPart, { type: 'file' }>;
type Data = Pick<FilePart, 'data' | 'mediaType'>;

const IMAGES = ['image/jpeg', 'image/png', 'image/gif', 'image/webp'] as const;
/** Blocks of one document's own content. */
const CONTENT_BLOCKS = 1_000;

/** An `image` block. */
export const imageOf = (block: JsonObject, path: string): Data => {
  const at = `${path}.source`;
  const source = objectOf(block.source, at);
  switch (typeOf(source, at)) {
    case 'base64':
      return {
        data: { type: 'data', data: base64In(textOf(source.data, `${at}.data`), `${at}.data`) },
        mediaType: must(wordOf(source.media_type, `${at}.media_type`, IMAGES), `${at}.media_type`),
      };
    case 'url':
      return { data: urlOf(source, at), mediaType: 'image/*' };
    default:
      throw bad(`${at}.type`, 'It must be one of: base64, url, file.');
  }
};

/** A `document` block. Its title is the file's name. */
export const documentOf = (
  block: JsonObject,
  path: string,
  notes: Notes,
): Data & Pick<FilePart, 'filename' | 'providerOptions'> => {
  const title = given(block.title);
  const about = given(block.context);
  const citations = given(block.citations);
  if (citations !== undefined) {
    const { enabled } = objectOf(citations, `${path}.citations`);
    if (flagOf(enabled, `${path}.citations.enabled`) === true) notes.dropped(`${path}.citations`);
  }
  return {
    ...contentOf(objectOf(block.source, `${path}.source`), `${path}.source`),
    ...(title === undefined ? {} : { filename: textOf(title, `${path}.title`) }),
    ...(about === undefined
      ? {}
      : { providerOptions: { anthropic: { context: textOf(about, `${path}.context`) } } }),
  };
};

const contentOf = (source: JsonObject, path: string): Data => {
  switch (typeOf(source, path)) {
    case 'base64':
      must(wordOf(source.media_type, `${path}.media_type`, ['application/pdf']), `${path}.media_type`);
      return {
        data: { type: 'data', data: base64In(textOf(source.data, `${path}.data`), `${path}.data`) },
        mediaType: 'application/pdf',
      };
    case 'url':
      return { data: urlOf(source, path), mediaType: 'application/pdf' };
    case 'text':
      must(wordOf(source.media_type, `${path}.media_type`, ['text/plain']), `${path}.media_type`);
      return textFile(textOf(source.data, `${path}.data`));
    case 'content':
      return textFile(ownContent(source.content, `${path}.content`));
    default:
      throw bad(`${path}.type`, 'It must be one of: base64, url, text, content, file.');
  }
};

const textFile = (text: string): Data => ({ data: { type: 'text', text }, mediaType: 'text/plain' });

const ownContent = (content: Json | undefined, path: string): string => {
  if (typeof content === 'string') return content;
  return listOf(content, path, CONTENT_BLOCKS)
    .map((value, index) => {
      const at = `${path}[${index}]`;
      const block = objectOf(value, at);
      if (block.type === 'image') throw cannotCarry(at, 'Send the image as a block of the message.');
      if (block.type !== 'text') throw bad(`${at}.type`, 'It must be one of: text, image.');
      return textOf(block.text, `${at}.text`);
    })
    .join('\n');
};

const typeOf = (source: JsonObject, path: string): string => {
  const type = textOf(source.type, `${path}.type`);
  if (type === 'file') throw new Refusal('stored_state_refused', { param: `${path}.file_id` });
  return type;
};

const urlOf = (source: JsonObject, path: string): { readonly type: 'url'; readonly url: URL } => ({
  type: 'url',
  url: webUrlIn(textOf(source.url, `${path}.url`), `${path}.url`),
});

const must = <T>(value: T | undefined, path: string): T => {
  if (value === undefined) throw bad(path, 'It is missing.');
  return value;
};
