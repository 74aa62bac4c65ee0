// The listing of Ollama's API: GET /api/tags. What a file on its disk would say of a model, the gateway does not know.
import type { ListDialect, Listed } from './dialect.ts';
import { ollamaRefusal } from './ollama-error.ts';

const shown = ({ name, createdAtMs }: Listed) => ({
  name,
  model: name,
  modified_at: new Date(createdAtMs).toISOString(),
  size: 0,
  digest: '',
  details: {
    parent_model: '',
    format: '',
    family: '',
    families: [],
    parameter_size: '',
    quantization_level: '',
  },
});

export const ollamaTags: ListDialect = {
  kind: 'list',
  name: 'ollama-tags',
  routes: [{ method: 'GET', path: '/api/tags', endpoint: 'models' }],
  refusal: ollamaRefusal,
  list: (models) => JSON.stringify({ models: models.map(shown) }),
};
