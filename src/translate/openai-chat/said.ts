// A neutral prompt as the messages of a chat completion.
import type { Json, JsonObject } from '../../json/value.ts';
import type { AssistantPart, Message, Messages, ToolOutput, UserPart } from '../neutral.ts';
import type { Notes } from '../notes.ts';
import { fileSaid } from './files.ts';
import type { Flavour } from './flavour.ts';

type Of<R extends Message['role']> = Extract<Message, { role: R }>;

/** The messages. Images of tools' results follow the results as a user's, for no server takes them inside. */
export const messagesOf = (prompt: Messages, flavour: Flavour, notes: Notes): readonly JsonObject[] => {
  const messages: JsonObject[] = [];
  const shown: Json[] = [];
  const show = (): void => {
    if (shown.length > 0) messages.push({ role: 'user', content: shown.splice(0) });
  };
  for (const [i, message] of prompt.entries()) {
    if (message.role !== 'tool') show();
    switch (message.role) {
      case 'system':
        messages.push({ role: 'system', content: message.content });
        break;
      case 'user':
        messages.push({ role: 'user', content: userSaid(message.content, `messages[${i}]`) });
        break;
      case 'assistant':
        messages.push(assistantSaid(message, flavour, notes));
        break;
      case 'tool':
        messages.push(...resultsSaid(message, shown, `messages[${i}]`));
    }
  }
  show();
  return messages;
};

const userSaid = (parts: readonly UserPart[], param: string): Json => {
  const [first] = parts;
  if (first === undefined) return '';
  if (parts.length === 1 && first.type === 'text') return first.text;
  return parts.map((part, i) =>
    part.type === 'text' ? { type: 'text', text: part.text } : fileSaid(part, `${param}.content[${i}]`),
  );
};

const textsIn = (parts: readonly AssistantPart[], type: 'text' | 'reasoning'): string =>
  parts
    .filter((part) => part.type === type)
    .map((part) => ('text' in part ? part.text : ''))
    .join('');

const assistantSaid = ({ content }: Of<'assistant'>, flavour: Flavour, notes: Notes): JsonObject => {
  const text = textsIn(content, 'text');
  const thoughts = textsIn(content, 'reasoning');
  const calls = content
    .filter((part) => part.type === 'tool-call')
    .filter(({ providerExecuted }) => providerExecuted !== true);
  if (content.some(({ type }) => type === 'file')) notes.dropped('messages[].content');
  return {
    role: 'assistant',
    content: text === '' && calls.length > 0 ? null : text,
    ...(thoughts !== '' && flavour.keepsReasoning ? { reasoning_content: thoughts } : {}),
    ...(calls.length === 0
      ? {}
      : {
          tool_calls: calls.map(({ toolCallId, toolName, input }) => ({
            id: toolCallId,
            type: 'function',
            function: { name: toolName, arguments: JSON.stringify(input ?? {}) },
          })),
        }),
  };
};

const resultsSaid = ({ content }: Of<'tool'>, shown: Json[], param: string): readonly JsonObject[] =>
  content
    .filter((part) => part.type === 'tool-result')
    .map(({ toolCallId, output }) => ({
      role: 'tool',
      tool_call_id: toolCallId,
      content: outputSaid(output, shown, param),
    }));

const outputSaid = (output: ToolOutput, shown: Json[], param: string): string => {
  switch (output.type) {
    case 'text':
    case 'error-text':
      return output.value;
    case 'json':
    case 'error-json':
      return JSON.stringify(output.value);
    case 'execution-denied':
      return output.reason ?? 'The call was denied.';
    case 'content':
      return contentSaid(output.value, shown, param);
  }
};

const contentSaid = (
  parts: Extract<ToolOutput, { type: 'content' }>['value'],
  shown: Json[],
  param: string,
): string => {
  const texts: string[] = [];
  for (const part of parts) {
    if (part.type === 'text') texts.push(part.text);
    if (part.type !== 'file') continue;
    shown.push(fileSaid(part, param));
    texts.push('[shown below]');
  }
  return texts.join('\n');
};
