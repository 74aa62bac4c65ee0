// Files of a question as images and documents of Anthropic's API.

import { base64Of, bytesOfBase64 } from '../../bytes.ts';
import type { JsonObject } from '../../json/value.ts';
import { imageTypeOf } from '../media.ts';
import type { UserPart } from '../neutral.ts';
import { cannotCarry } from '../notes.ts';
import type { Server } from './claude.ts';

type File = Pick<Extract<UserPart, { type: 'file' }>, 'data' | 'mediaType' | 'filename' | 'providerOptions'>;

const IMAGES = new Set(['image/jpeg', 'image/png', 'image/gif', 'image/webp']);
/** Texts that the API takes as plain ones. */
const TEXTS = /^(?:text\/[\w.+-]+|application\/(?:json|xml|yaml|x-yaml|javascript))$/;

/** An `image` or a `document` block; throws `unsupported_parameter` for media the API does not take. */
export const fileBlock = (file: File, { urls }: Server): JsonObject => {
  if (file.data.type === 'url' && !urls)
    throw cannotCarry('messages', 'A file must be sent with the request.');
  const type = file.mediaType.toLowerCase().split(';', 1)[0]?.trim() ?? '';
  if (type === 'image' || type.startsWith('image/'))
    return { type: 'image', source: imageSource(file, type) };
  const { context, title = file.filename } = file.providerOptions?.anthropic ?? {};
  return {
    type: 'document',
    source: documentSource(file, type),
    ...(typeof title === 'string' ? { title } : {}),
    ...(typeof context === 'string' ? { context } : {}),
  };
};

const imageSource = ({ data }: File, type: string): JsonObject => {
  if (data.type === 'url') return { type: 'url', url: data.originalUrl ?? data.url.href };
  if (data.type !== 'data') throw cannotCarry('messages', 'An image is bytes or an address.');
  const base64 = encoded(data.data);
  // The API looks at the bytes too, and refuses what is called something else.
  const media_type = imageTypeOf(base64) ?? type;
  if (!IMAGES.has(media_type))
    throw cannotCarry('messages', 'Images are of the types jpeg, png, gif and webp.');
  return { type: 'base64', media_type, data: base64 };
};

const documentSource = ({ data }: File, type: string): JsonObject => {
  if (data.type === 'text') return { type: 'text', media_type: 'text/plain', data: data.text };
  if (data.type === 'reference') throw cannotCarry('messages', 'A file must be sent with the request.');
  if (type === 'application/pdf')
    return data.type === 'url'
      ? { type: 'url', url: data.originalUrl ?? data.url.href }
      : { type: 'base64', media_type: type, data: encoded(data.data) };
  if (data.type === 'data' && TEXTS.test(type))
    return { type: 'text', media_type: 'text/plain', data: textIn(data.data) };
  throw cannotCarry('messages', 'Files are images, PDFs and texts.');
};

const encoded = (data: Uint8Array | string): string => (typeof data === 'string' ? data : base64Of(data));

const textIn = (data: Uint8Array | string): string => {
  try {
    const bytes = typeof data === 'string' ? bytesOfBase64(data) : data;
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw cannotCarry('messages', 'A text must be UTF-8 in base64.');
  }
};
