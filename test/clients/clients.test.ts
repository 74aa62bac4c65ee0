// Every client works unchanged: each library, with nothing changed but its base URL and key, on each backend it reaches, put through
// every row. The scripted models go on only if everything was carried both ways.
import { afterAll, beforeAll, describe, it } from 'vitest';
import { agentClients } from './agents.ts';
import { aiClients } from './ai-sdk.ts';
import { anthropicClients } from './anthropic.ts';
import type { Gate } from './gate.ts';
import { startGate } from './gate.ts';
import { langchainClients } from './langchain.ts';
import { ollamaClients } from './ollama.ts';
import { openaiChatClients } from './openai.ts';
import { openaiResponsesClients } from './openai-responses.ts';
import { ROWS } from './rows.ts';
import { BACKENDS, reaches } from './setup.ts';

const CLIENTS = [
  ...openaiChatClients,
  ...openaiResponsesClients,
  ...anthropicClients,
  ...ollamaClients,
  ...aiClients,
  ...langchainClients,
  ...agentClients,
];

let gate: Gate;
beforeAll(async () => {
  gate = await startGate();
});
afterAll(() => gate.stop());

describe.each(CLIENTS)('$name', (client) => {
  const backends = BACKENDS.filter((backend) => reaches(client.talk, backend));
  describe.each(backends)('on a backend that speaks %s', (backend) => {
    const rows = ROWS.filter(({ skill }) => skill === undefined || client.skills.includes(skill));
    it.each(rows)('$name', ({ run }) => run({ gate, client, backend }));
  });
});
