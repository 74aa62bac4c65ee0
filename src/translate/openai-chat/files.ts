// A neutral file as a part of a chat completion's message: an image, a sound, a document or a text.
import type { Json } from '../../json/value.ts';
import type { UserPart } from '../neutral.ts';
import { cannotCarry } from '../notes.ts';

type FilePart = Extract<UserPart, { type: 'file' }>;

const SOUNDS: Readonly<Record<string, string>> = {
  'audio/wav': 'wav',
  'audio/x-wav': 'wav',
  'audio/mpeg': 'mp3',
  'audio/mp3': 'mp3',
};

/** The part, or the text that a text file is; throws `unsupported_parameter` for what chat completions cannot hold. */
export const fileSaid = ({ mediaType, data, filename, providerOptions }: Omit<FilePart, 'type'>): Json => {
  if (data.type === 'text') return data.text;
  if (data.type === 'reference') {
    const id = data.reference.openai;
    if (id === undefined) throw cannotCarry('messages', 'The file is stored at another provider.');
    return { type: 'file', file: { file_id: id } };
  }
  if (mediaType === 'image' || mediaType.startsWith('image/')) {
    const detail = providerOptions?.openai?.imageDetail;
    const url =
      data.type === 'url'
        ? data.url.href
        : inline(mediaType === 'image/*' || mediaType === 'image' ? 'image/jpeg' : mediaType, data.data);
    return { type: 'image_url', image_url: { url, ...(typeof detail === 'string' ? { detail } : {}) } };
  }
  if (data.type === 'url') throw cannotCarry('messages', 'A file at an address cannot be sent on.');
  const format = SOUNDS[mediaType];
  if (format !== undefined)
    return { type: 'input_audio', input_audio: { data: base64Of(data.data), format } };
  if (mediaType.startsWith('text/')) return textOf(data.data);
  return {
    type: 'file',
    file: { filename: filename ?? 'document', file_data: inline(mediaType, data.data) },
  };
};

const inline = (mediaType: string, data: Uint8Array | string): string =>
  `data:${mediaType};base64,${base64Of(data)}`;

const base64Of = (data: Uint8Array | string): string => {
  if (typeof data === 'string') return data;
  let binary = '';
  for (const byte of data) binary += String.fromCharCode(byte);
  return btoa(binary);
};

const textOf = (data: Uint8Array | string): string => {
  const bytes = typeof data === 'string' ? Uint8Array.from(atob(data), (char) => char.charCodeAt(0)) : data;
  return new TextDecoder().decode(bytes);
};
