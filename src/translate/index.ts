// The racks of translation: clients' dialects that can be read into the neutral form, dialects of targets it can be written in, and
// pairs that need no neutral form.
import type { CallDialectName } from '../dialects/dialect.ts';
import { anthropicMessagesEgress } from './anthropic-messages/egress.ts';
import { anthropicMessagesIngress } from './anthropic-messages/ingress.ts';
import type { Direct } from './direct.ts';
import type { Egress } from './egress.ts';
import { embeddingDirects } from './embeddings/directs.ts';
import type { Ingress } from './ingress.ts';
import { ollamaChatIngress } from './ollama-chat/ingress.ts';
import { ollamaGenerateIngress } from './ollama-generate/ingress.ts';
import { openaiChatEgress } from './openai-chat/egress.ts';
import { openaiChatIngress } from './openai-chat/ingress.ts';
import { openaiCompletionsIngress } from './openai-completions/ingress.ts';
import { openaiResponsesIngress } from './openai-responses/ingress.ts';

const INGRESSES: readonly Ingress[] = [
  openaiChatIngress,
  openaiResponsesIngress,
  anthropicMessagesIngress,
  ollamaChatIngress,
  ollamaGenerateIngress,
  openaiCompletionsIngress,
];

/** Best first: the dialect that carries more comes before one that carries less. */
const EGRESSES: readonly Egress[] = [openaiChatEgress, anthropicMessagesEgress];

const DIRECTS: readonly Direct[] = embeddingDirects;

/** How a client's dialect is read; undefined: it is not translated. */
export const ingressOf = (dialect: CallDialectName): Ingress | undefined =>
  INGRESSES.find((each) => each.dialect === dialect);

/** How one of these dialects, another than the client's, is written. */
export const egressAmong = (
  dialects: readonly CallDialectName[],
  client: CallDialectName,
): Egress | undefined => EGRESSES.find(({ dialect }) => dialect !== client && dialects.includes(dialect));

/** A pair from a client's dialect to one of these. */
export const directAmong = (
  dialects: readonly CallDialectName[],
  client: CallDialectName,
): Direct | undefined => DIRECTS.find(({ from, to }) => from === client && dialects.includes(to));
