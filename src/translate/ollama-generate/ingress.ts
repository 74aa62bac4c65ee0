// Clients of Ollama's completion: POST /api/generate as a question, and the reply as lines or as one. What of it goes past a
// conversation (templates, raw prompts, a context of tokens, a gap to fill) no other dialect has.
import type { Json, JsonObject } from '../../json/value.ts';
import { isArray } from '../../json/value.ts';
import { given, textOf } from '../fields.ts';
import type { Ingress } from '../ingress.ts';
import type { Messages } from '../neutral.ts';
import { cannotCarry } from '../notes.ts';
import { imagesOf, READ, settingsOf } from '../ollama/settings.ts';
import type { Shape } from '../ollama/writer.ts';
import { OllamaWriter } from '../ollama/writer.ts';

const PAST_A_CONVERSATION = ['template', 'raw', 'context', 'suffix'] as const;

const OWN = new Set([...READ, ...PAST_A_CONVERSATION, 'prompt', 'system', 'images']);

export const ollamaGenerateIngress: Ingress = {
  dialect: 'ollama-generate',
  understand: (body, notes) => {
    for (const name of PAST_A_CONVERSATION) if (!isNothing(body[name])) throw cannotCarry(name);
    const settings = settingsOf(body, OWN, notes);
    return {
      question: { prompt: promptOf(body), ...settings },
      writer: (head) => new OllamaWriter(head, generateShape),
    };
  },
};

const generateShape: Shape = ({ text, thinking }) =>
  `"response":${text}${thinking === undefined ? '' : `,"thinking":${thinking}`}`;

const isNothing = (value: Json | undefined): boolean =>
  value === undefined ||
  value === null ||
  value === '' ||
  value === false ||
  (isArray(value) && value.length === 0);

const promptOf = (body: JsonObject): Messages => {
  const system = given(body.system) === undefined ? '' : textOf(body.system, 'system');
  const text = given(body.prompt) === undefined ? '' : textOf(body.prompt, 'prompt');
  const images = imagesOf(body.images, 'images');
  // It would load a model into memory, or let it go.
  if (text === '' && images.length === 0) throw cannotCarry('prompt', 'There must be some.');
  return [
    ...(system === '' ? [] : [{ role: 'system' as const, content: system }]),
    { role: 'user', content: [...(text === '' ? [] : [{ type: 'text' as const, text }]), ...images] },
  ];
};
