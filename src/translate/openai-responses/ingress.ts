// Clients of OpenAI's responses: POST /v1/responses as a question, and the reply as events or as a whole response.

import type { JsonObject } from '../../json/value.ts';
import { given, listOf, objectOf, textOf } from '../fields.ts';
import type { Ingress } from '../ingress.ts';
import type { Messages } from '../neutral.ts';
import type { Notes } from '../notes.ts';
import { Items } from './items.ts';
import { optionsOf, sealsIn, settingsOf } from './settings.ts';
import { Tools } from './tools.ts';
import { ResponsesWriter } from './writer.ts';

export const openaiResponsesIngress: Ingress = {
  dialect: 'openai-responses',
  understand: (body, notes) => {
    const settings = settingsOf(body, notes);
    const options = optionsOf(body);
    const seals = sealsIn(body);
    const tools = new Tools(notes);
    if (given(body.tools) !== undefined) tools.add(body.tools ?? null, 'tools', false);
    const prompt = promptOf(body, tools, notes);
    return {
      question: {
        prompt,
        ...settings,
        ...tools.chosen(body.tool_choice),
        ...(Object.keys(options).length === 0 ? {} : { providerOptions: options }),
      },
      writer: (head) => new ResponsesWriter(head, { body, names: tools.names, seals }),
    };
  },
};

/** The instructions and the items after them, which may bring tools along. */
const promptOf = (body: JsonObject, tools: Tools, notes: Notes): Messages => {
  const items = new Items(tools, notes);
  const instructions =
    given(body.instructions) === undefined ? '' : textOf(body.instructions, 'instructions');
  if (typeof body.input === 'string') items.add({ role: 'user', content: body.input }, 'input');
  else
    listOf(body.input, 'input', Number.POSITIVE_INFINITY).forEach((item, index) => {
      items.add(objectOf(item, `input[${index}]`), `input[${index}]`);
    });
  const said = items.end();
  return instructions === '' ? said : [{ role: 'system', content: instructions }, ...said];
};
