// Files of a question as images and documents of Anthropic's API.
import type { JsonObject } from '../../json/value.ts';
import type { UserPart } from '../neutral.ts';
import { cannotCarry } from '../notes.ts';

type File = Pick<Extract<UserPart, { type: 'file' }>, 'data' | 'mediaType' | 'filename' | 'providerOptions'>;

const IMAGES = new Set(['image/jpeg', 'image/png', 'image/gif', 'image/webp']);
/** The first characters of an image in base64, for media types that do not say which it is. */
const BEGINNINGS = [
  ['/9j/', 'image/jpeg'],
  ['iVBORw', 'image/png'],
  ['R0lGOD', 'image/gif'],
  ['UklGR', 'image/webp'],
] as const;
/** Texts that the API takes as plain ones. */
const TEXTS = /^(?:text\/[\w.+-]+|application\/(?:json|xml|yaml|x-yaml|javascript))$/;

/** An `image` or a `document` block; throws `unsupported_parameter` for media the API does not take. */
export const fileBlock = (file: File): JsonObject => {
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
  const base64 = base64Of(data.data);
  const media = IMAGES.has(type) ? type : BEGINNINGS.find(([start]) => base64.startsWith(start))?.[1];
  const media_type = type === 'image/jpg' ? 'image/jpeg' : media;
  if (media_type === undefined)
    throw cannotCarry('messages', 'Images are of the types jpeg, png, gif and webp.');
  return { type: 'base64', media_type, data: base64 };
};

const documentSource = ({ data }: File, type: string): JsonObject => {
  if (data.type === 'text') return { type: 'text', media_type: 'text/plain', data: data.text };
  if (data.type === 'reference') throw cannotCarry('messages', 'A file must be sent with the request.');
  if (type === 'application/pdf')
    return data.type === 'url'
      ? { type: 'url', url: data.originalUrl ?? data.url.href }
      : { type: 'base64', media_type: type, data: base64Of(data.data) };
  if (data.type === 'data' && TEXTS.test(type))
    return { type: 'text', media_type: 'text/plain', data: textIn(data.data) };
  throw cannotCarry('messages', 'Files are images, PDFs and texts.');
};

/** As many bytes as an argument list takes without trouble. */
const SLICE_BYTES = 8_192;

const base64Of = (data: Uint8Array | string): string => {
  if (typeof data === 'string') return data;
  let binary = '';
  for (let from = 0; from < data.length; from += SLICE_BYTES)
    binary += String.fromCharCode(...data.subarray(from, from + SLICE_BYTES));
  return btoa(binary);
};

const textIn = (data: Uint8Array | string): string => {
  const bytes = typeof data === 'string' ? bytesIn(data) : data;
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw cannotCarry('messages', 'A text must be UTF-8.');
  }
};

const bytesIn = (base64: string): Uint8Array => {
  try {
    return Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
  } catch {
    throw cannotCarry('messages', 'A file must be base64.');
  }
};
