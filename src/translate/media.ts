// Images and files as requests carry them: base64 that is some, data URLs, addresses on the web, and what an image is by its first bytes.
import { bad } from '../dialects/outline.ts';

/** Bytes with their media type, the bytes in base64. */
export type Medium = { readonly mediaType: string; readonly data: string };

/** Base64 of the standard alphabet, without line breaks; throws `bad_request` for what is none. */
export const base64In = (text: string, param: string): string => {
  const packed = /\s/.test(text) ? text.replace(/[\r\n\t ]+/g, '') : text;
  if (packed === '' || packed.length % 4 !== 0 || !/^[A-Za-z0-9+/]+={0,2}$/.test(packed))
    throw bad(param, 'It must be base64.');
  return packed;
};

const DATA_URL = /^data:([\w.+-]+\/[\w.+-]+)((?:;[\w.+-]+=[^;,]*)*);base64,/i;

/** What a data URL holds; undefined: it is no such URL. Throws `bad_request` for one that is broken. */
export const dataUrlIn = (url: string, param: string): Medium | undefined => {
  if (!/^data:/i.test(url)) return undefined;
  const head = DATA_URL.exec(url.slice(0, HEAD_CHARS));
  if (head?.[1] === undefined) throw bad(param, 'A data URL must have a media type and be base64.');
  return { mediaType: head[1].toLowerCase(), data: base64In(url.slice(head[0].length), param) };
};

/** Longer than any media type with its parameters. */
const HEAD_CHARS = 256;
/** Longer than any address that servers take. */
const URL_CHARS = 8_192;

/** An address on the web; throws `bad_request`. */
export const webUrlIn = (text: string, param: string): URL => {
  const url = text.length <= URL_CHARS && URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || (url.protocol !== 'https:' && url.protocol !== 'http:'))
    throw bad(param, 'It must be an http or https URL.');
  return url;
};

/** First bytes of images, in base64, as far as they are the same in all of a kind. */
const IMAGES: readonly (readonly [begins: string, mediaType: string])[] = [
  ['iVBORw0KGgo', 'image/png'],
  ['/9j/', 'image/jpeg'],
  ['R0lGOD', 'image/gif'],
  ['UklGR', 'image/webp'],
  ['Qk', 'image/bmp'],
  ['SUkqA', 'image/tiff'],
  ['TU0AK', 'image/tiff'],
];

/** The media type of an image in base64; undefined: it is none of those that models see. */
export const imageTypeOf = (base64: string): string | undefined =>
  IMAGES.find(([begins]) => base64.startsWith(begins))?.[1];
