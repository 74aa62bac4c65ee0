// What is said in a chat completion's messages, as neutral parts: texts, images, files and sounds.
import { bad } from '../../dialects/outline.ts';
import type { Json, JsonObject } from '../../json/value.ts';
import { at } from '../../json/value.ts';
import { given, listOf, maybe, nameOf, objectOf, textOf, wordOf } from '../fields.ts';
import type { Medium } from '../media.ts';
import { base64In, dataUrlIn, webUrlIn } from '../media.ts';
import type { ProviderOptions, UserPart } from '../neutral.ts';
import { cannotCarry } from '../notes.ts';
import { cacheOf } from './cache.ts';

/** More than any API takes in one message. */
const PARTS = 10_000;

type FilePart = Extract<UserPart, { type: 'file' }>;

/** The parts of a user's `content`. */
export const userParts = (content: Json | undefined, param: string): UserPart[] => {
  if (typeof content === 'string') return [{ type: 'text', text: content }];
  const parts = listOf(content, param, PARTS);
  if (parts.length === 0) throw bad(param, 'It must not be empty.');
  return parts.map((each, i) => partOf(each, `${param}[${i}]`));
};

/** The texts of a `content` that may have nothing else; each with its options. */
export const textParts = (
  content: Json | undefined,
  param: string,
): { readonly type: 'text'; readonly text: string; readonly providerOptions?: ProviderOptions }[] =>
  typeof content === 'string'
    ? [{ type: 'text', text: content }]
    : listOf(content, param, PARTS).map((each, i) => {
        const where = `${param}[${i}]`;
        const part = objectOf(each, where);
        if (part.type !== 'text') throw bad(`${where}.type`, 'It must be text.');
        return textPart(part, where);
      });

const textPart = (part: JsonObject, param: string) => ({
  type: 'text' as const,
  text: textOf(part.text, `${param}.text`),
  ...cacheOf(part.cache_control, `${param}.cache_control`),
});

const partOf = (value: Json, param: string): UserPart => {
  const part = objectOf(value, param);
  switch (part.type) {
    case 'text':
      return textPart(part, param);
    case 'image_url':
      return imageOf(part, param);
    case 'input_audio':
      return soundOf(part, param);
    case 'file':
      return fileOf(part, param);
    default:
      throw bad(`${param}.type`, 'It must be one of: text, image_url, input_audio, file.');
  }
};

const imageOf = (part: JsonObject, param: string): FilePart => {
  const where = `${param}.image_url`;
  // Older clients write the address alone.
  const said = typeof part.image_url === 'string' ? { url: part.image_url } : objectOf(part.image_url, where);
  const url = textOf(at(said, 'url'), `${where}.url`);
  const detail = wordOf(at(said, 'detail'), `${where}.detail`, ['auto', 'low', 'high', 'original']);
  const { providerOptions } = cacheOf(part.cache_control, `${param}.cache_control`);
  const options = {
    ...providerOptions,
    ...(detail === undefined ? {} : { openai: { imageDetail: detail } }),
  };
  const inline = dataUrlIn(url, `${where}.url`);
  const { mediaType, data }: Pick<FilePart, 'mediaType' | 'data'> =
    inline === undefined
      ? { mediaType: 'image/*', data: { type: 'url', url: webUrlIn(url, `${where}.url`) } }
      : dataOf(inline);
  return {
    type: 'file',
    mediaType,
    data,
    ...(Object.keys(options).length === 0 ? {} : { providerOptions: options }),
  };
};

const SOUNDS = { wav: 'audio/wav', mp3: 'audio/mpeg' } as const;

const soundOf = (part: JsonObject, param: string): FilePart => {
  const where = `${param}.input_audio`;
  const said = objectOf(part.input_audio, where);
  const format = wordOf(said.format, `${where}.format`, ['wav', 'mp3']);
  if (format === undefined) throw bad(`${where}.format`, 'It must be wav or mp3.');
  const data = base64In(textOf(said.data, `${where}.data`), `${where}.data`);
  return { type: 'file', mediaType: SOUNDS[format], data: { type: 'data', data } };
};

const fileOf = (part: JsonObject, param: string): FilePart => {
  const where = `${param}.file`;
  const said = objectOf(part.file, where);
  // Only the provider that keeps the file could read it.
  if (given(said.file_id) !== undefined) throw cannotCarry(`${where}.file_id`);
  const inline = dataUrlIn(textOf(said.file_data, `${where}.file_data`), `${where}.file_data`);
  if (inline === undefined) throw bad(`${where}.file_data`, 'It must be a data URL.');
  const filename =
    given(said.filename) === undefined ? undefined : nameOf(said.filename, `${where}.filename`);
  return {
    type: 'file',
    ...dataOf(inline),
    ...maybe('filename', filename),
    ...cacheOf(part.cache_control, `${param}.cache_control`),
  };
};

const dataOf = ({ mediaType, data }: Medium): Pick<FilePart, 'mediaType' | 'data'> => ({
  mediaType,
  data: { type: 'data', data },
});
