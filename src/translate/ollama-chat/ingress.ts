// Clients of Ollama's chat: POST /api/chat as a question, and the reply as lines or as one.
import { bad } from '../../dialects/outline.ts';
import type { Json, JsonObject } from '../../json/value.ts';
import { given, listOf, maybe, nameOf, objectOf, textOf } from '../fields.ts';
import type { Ingress } from '../ingress.ts';
import type { FunctionTool } from '../neutral.ts';
import { cannotCarry } from '../notes.ts';
import { READ, settingsOf } from '../ollama/settings.ts';
import type { Shape } from '../ollama/writer.ts';
import { OllamaWriter } from '../ollama/writer.ts';
import { turnsOf } from './turns.ts';

/** More than any API takes. */
const TOOLS = 2_000;

const OWN = new Set([...READ, 'messages', 'tools']);

export const ollamaChatIngress: Ingress = {
  dialect: 'ollama-chat',
  understand: (body, notes) => {
    const settings = settingsOf(body, OWN, notes);
    const tools = toolsOf(body.tools);
    const messages = given(body.messages) ?? [];
    // It would load a model into memory, or let it go.
    if (Array.isArray(messages) && messages.length === 0)
      throw cannotCarry('messages', 'There must be some.');
    const prompt = turnsOf(messages, notes);
    if (prompt.length === 0) throw bad('messages', 'They must say something.');
    return {
      question: { prompt, ...settings, ...(tools.length === 0 ? {} : { tools }) },
      writer: (head) => new OllamaWriter(head, chatShape),
    };
  },
};

const chatShape: Shape = ({ text, thinking, calls }) =>
  `"message":{"role":"assistant","content":${text}${thinking === undefined ? '' : `,"thinking":${thinking}`}${calls === undefined ? '' : `,"tool_calls":${calls}`}}`;

const toolsOf = (value: Json | undefined): FunctionTool[] => {
  const tools =
    given(value) === undefined
      ? []
      : listOf(value, 'tools', TOOLS).map((each, index) =>
          toolOf(objectOf(each, `tools[${index}]`), `tools[${index}]`),
        );
  const names = new Set<string>();
  tools.forEach(({ name }, index) => {
    if (names.has(name)) throw bad(`tools[${index}].function.name`, 'Another tool has this name.');
    names.add(name);
  });
  return tools;
};

const toolOf = (tool: JsonObject, param: string): FunctionTool => {
  if ((given(tool.type) ?? 'function') !== 'function') throw bad(`${param}.type`, 'It must be function.');
  const where = `${param}.function`;
  const { name, description, parameters } = objectOf(tool.function, where);
  return {
    type: 'function',
    name: nameOf(name, `${where}.name`),
    ...maybe(
      'description',
      given(description) === undefined ? undefined : textOf(description, `${where}.description`),
    ),
    inputSchema:
      given(parameters) === undefined
        ? { type: 'object', properties: {} }
        : objectOf(parameters, `${where}.parameters`),
  };
};
