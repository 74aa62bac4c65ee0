// The listing of OpenAI's API: GET /v1/models, and /v1/models/NAME for one. Anthropic keeps its own at the same place.
import { anthropicModels } from './anthropic-models.ts';
import type { ListDialect, Listed } from './dialect.ts';
import { listedAs, nameIn } from './listed.ts';
import { OPENAI_ID_HEADER, openaiRefusal } from './openai-error.ts';

const shown = ({ name, createdAtMs }: Listed) => ({
  id: name,
  object: 'model',
  created: Math.floor(createdAtMs / 1000),
  owned_by: 'gatehouse',
});

export const openaiModels: ListDialect = {
  kind: 'list',
  name: 'openai-models',
  routes: [
    { method: 'GET', path: '/v1/models', endpoint: 'models' },
    { method: 'GET', path: '/v1/models/:name{.+}', endpoint: 'models' },
  ],
  spokenAs: (header) => (header('anthropic-version') === undefined ? undefined : anthropicModels),
  idHeader: OPENAI_ID_HEADER,
  refusal: openaiRefusal,
  list: (models, { path }) => {
    const name = nameIn(path);
    return JSON.stringify(
      name === undefined ? { object: 'list', data: models.map(shown) } : shown(listedAs(models, name)),
    );
  },
};
