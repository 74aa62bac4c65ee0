// What is said in the items of OpenAI's responses, as neutral parts: texts, images and files.
import { bad } from '../../dialects/outline.ts';
import type { Json, JsonObject } from '../../json/value.ts';
import { given, listOf, maybe, nameOf, objectOf, textOf, wordOf } from '../fields.ts';
import type { Medium } from '../media.ts';
import { base64In, dataUrlIn, webUrlIn } from '../media.ts';
import type { AssistantPart, ToolOutput, UserPart } from '../neutral.ts';
import { cannotCarry } from '../notes.ts';

/** More than any API takes in one item. */
const PARTS = 10_000;

type FilePart = Extract<UserPart, { type: 'file' }>;

/** All words for a text: clients send back what was said to them, under whichever word. */
const TEXTS = new Set<Json | undefined>([
  'input_text',
  'output_text',
  'text',
  'summary_text',
  'reasoning_text',
]);

/** The parts of a user's `content`, or of a tool's output. */
export const saidParts = (content: Json | undefined, param: string): UserPart[] =>
  partsOf(content, param, (part, where): UserPart => {
    if (TEXTS.has(part.type)) return { type: 'text', text: textOf(part.text, `${where}.text`) };
    if (part.type === 'input_image') return imageOf(part, where);
    if (part.type === 'input_file') return fileOf(part, where);
    if (part.type === 'input_audio') return soundOf(part, where);
    throw bad(`${where}.type`, 'It must be one of: input_text, input_image, input_file.');
  });

/** What an assistant said, its refusals among it. */
export const assistantParts = (content: Json | undefined, param: string): AssistantPart[] =>
  partsOf(content, param, (part, where): AssistantPart => {
    if (TEXTS.has(part.type)) return { type: 'text', text: textOf(part.text, `${where}.text`) };
    if (part.type !== 'refusal') throw bad(`${where}.type`, 'It must be one of: output_text, refusal.');
    const text = textOf(part.refusal, `${where}.refusal`);
    return { type: 'text', text, providerOptions: { openai: { refusal: true } } };
  });

/** A `content` that may have nothing but texts. */
export const onlyText = (content: Json | undefined, param: string): string =>
  partsOf(content, param, (part, where) => {
    if (!TEXTS.has(part.type)) throw bad(`${where}.type`, 'It must be input_text.');
    return { type: 'text', text: textOf(part.text, `${where}.text`) };
  })
    .map(({ text }) => text)
    .join('\n');

/** What a tool gave back. */
export const outputOf = (output: Json | undefined, param: string): ToolOutput =>
  typeof output === 'string'
    ? { type: 'text', value: output }
    : { type: 'content', value: saidParts(output, param) };

type Text = { readonly type: 'text'; readonly text: string };

const partsOf = <P>(
  content: Json | undefined,
  param: string,
  read: (part: JsonObject, where: string) => P,
): (P | Text)[] => {
  if (typeof content === 'string') return content === '' ? [] : [{ type: 'text', text: content }];
  return listOf(content, param, PARTS).map((each, index) => {
    const where = `${param}[${index}]`;
    return read(objectOf(each, where), where);
  });
};

/** What only the provider that keeps it could read. */
const mustNotBeKept = (part: JsonObject, param: string): void => {
  if (given(part.file_id) !== undefined) throw cannotCarry(`${param}.file_id`);
};

const imageOf = (part: JsonObject, param: string): FilePart => {
  mustNotBeKept(part, param);
  const where = `${param}.image_url`;
  const url = textOf(part.image_url, where);
  const detail = wordOf(part.detail, `${param}.detail`, ['auto', 'low', 'high', 'original']);
  const medium = dataUrlIn(url, where);
  if (medium !== undefined && !medium.mediaType.startsWith('image/'))
    throw bad(where, 'It must be an image.');
  return {
    type: 'file',
    ...(medium === undefined
      ? { mediaType: 'image/*', data: { type: 'url', url: webUrlIn(url, where) } }
      : inline(medium)),
    ...(detail === undefined ? {} : { providerOptions: { openai: { imageDetail: detail } } }),
  };
};

const inline = ({ mediaType, data }: Medium): Pick<FilePart, 'mediaType' | 'data'> => ({
  mediaType,
  data: { type: 'data', data },
});

const SOUNDS = { wav: 'audio/wav', mp3: 'audio/mpeg' } as const;

const soundOf = (part: JsonObject, param: string): FilePart => {
  const said = objectOf(part.input_audio, `${param}.input_audio`);
  const format = wordOf(said.format, `${param}.input_audio.format`, ['wav', 'mp3']);
  if (format === undefined) throw bad(`${param}.input_audio.format`, 'It must be wav or mp3.');
  const where = `${param}.input_audio.data`;
  return {
    type: 'file',
    ...inline({ mediaType: SOUNDS[format], data: base64In(textOf(said.data, where), where) }),
  };
};

const fileOf = (part: JsonObject, param: string): FilePart => {
  mustNotBeKept(part, param);
  const name = given(part.filename) === undefined ? undefined : nameOf(part.filename, `${param}.filename`);
  if (given(part.file_url) !== undefined) {
    const url = webUrlIn(textOf(part.file_url, `${param}.file_url`), `${param}.file_url`);
    const mediaType = typeByName(url.pathname) ?? 'application/pdf';
    return { type: 'file', mediaType, data: { type: 'url', url }, ...maybe('filename', name) };
  }
  const where = `${param}.file_data`;
  const text = textOf(part.file_data, where);
  const medium = dataUrlIn(text, where) ?? bareFile(base64In(text, where), name, where);
  return { type: 'file', ...inline(medium), ...maybe('filename', name) };
};

/** A file whose type only its name or its first bytes tell. */
const bareFile = (data: string, name: string | undefined, param: string): Medium => {
  const mediaType = data.startsWith('JVBERi0') ? 'application/pdf' : typeByName(name ?? '');
  if (mediaType === undefined) throw bad(param, 'It must be a data URL with its media type.');
  return { mediaType, data };
};

const TYPES: Readonly<Record<string, string>> = {
  pdf: 'application/pdf',
  txt: 'text/plain',
  md: 'text/markdown',
  csv: 'text/csv',
  html: 'text/html',
  json: 'application/json',
  xml: 'application/xml',
};

const typeByName = (name: string): string | undefined => {
  const ending = /\.([a-z]{2,4})$/i.exec(name)?.[1]?.toLowerCase();
  return ending !== undefined && Object.hasOwn(TYPES, ending) ? TYPES[ending] : undefined;
};
