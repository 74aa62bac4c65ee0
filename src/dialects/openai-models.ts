// The listing of OpenAI's API: GET /v1/models.
import type { ListDialect } from './dialect.ts';
import { openaiRefusal } from './openai-error.ts';

export const openaiModels: ListDialect = {
  kind: 'list',
  name: 'openai-models',
  routes: [{ method: 'GET', path: '/v1/models', endpoint: 'models' }],
  refusal: openaiRefusal,
  list: (models) =>
    JSON.stringify({
      object: 'list',
      data: models.map(({ name, createdAtMs }) => ({
        id: name,
        object: 'model',
        created: Math.floor(createdAtMs / 1000),
        owned_by: 'gatehouse',
      })),
    }),
};
