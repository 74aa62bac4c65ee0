// Targets that speak chat completions: OpenAI, Azure, and nearly every server of open models.
import type { Egress } from '../egress.ts';
import { answerIn } from './answer.ts';
import { chatBody } from './body.ts';
import { flavourOf } from './flavour.ts';
import { ChatReader } from './reader.ts';

export const openaiChatEgress: Egress = {
  dialect: 'openai-chat',
  body: (question, { model, stream, caps }, notes) =>
    chatBody(question, { model, stream, flavour: flavourOf(caps, model) }, notes),
  reader: () => new ChatReader(),
  answer: answerIn,
};
