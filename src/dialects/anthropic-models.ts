// The listing of Anthropic's API, at the same paths as OpenAI's: who sends `anthropic-version` asks for this one. It is one page.
import { ANTHROPIC_ID_HEADER, anthropicRefusal } from './anthropic-error.ts';
import type { ListDialect, Listed } from './dialect.ts';
import { listedAs, nameIn } from './listed.ts';

const shown = ({ name, createdAtMs }: Listed) => ({
  type: 'model',
  id: name,
  display_name: name,
  created_at: new Date(createdAtMs).toISOString(),
});

export const anthropicModels: ListDialect = {
  kind: 'list',
  name: 'anthropic-models',
  // Those of OpenAI's.
  routes: [],
  idHeader: ANTHROPIC_ID_HEADER,
  refusal: anthropicRefusal,
  list: (models, { path }) => {
    const name = nameIn(path);
    if (name !== undefined) return JSON.stringify(shown(listedAs(models, name)));
    const data = models.map(shown);
    return JSON.stringify({
      data,
      has_more: false,
      first_id: data[0]?.id ?? null,
      last_id: data.at(-1)?.id ?? null,
    });
  },
};
