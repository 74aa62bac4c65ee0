// One model of Ollama's API: POST /api/show. Its template and its weights are the backend's, so they are left out.
import type { JsonDocument } from '../json/document.ts';
import type { Asked, ListDialect } from './dialect.ts';
import { listedAs } from './listed.ts';
import { ollamaRefusal } from './ollama-error.ts';
import { modelIn, mustBeClear } from './outline.ts';

const GOVERNED_KEYS = new Set(['model', 'name']);

/** `name` is what `model` was called before. */
const read = (document: JsonDocument): Asked => {
  const { value } = document;
  mustBeClear(value, GOVERNED_KEYS);
  return { model: modelIn(value.model ?? value.name), stream: false, usage: false };
};

export const ollamaShow: ListDialect = {
  kind: 'list',
  name: 'ollama-show',
  routes: [{ method: 'POST', path: '/api/show', endpoint: 'models' }],
  refusal: ollamaRefusal,
  read,
  list: (models, { model }) => {
    const { createdAtMs } = listedAs(models, model);
    return JSON.stringify({
      modelfile: '',
      parameters: '',
      template: '',
      details: {
        parent_model: '',
        format: '',
        family: '',
        families: [],
        parameter_size: '',
        quantization_level: '',
      },
      model_info: {},
      capabilities: ['completion'],
      modified_at: new Date(createdAtMs).toISOString(),
    });
  },
};
