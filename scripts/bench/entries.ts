// Entries as a gateway writes them, in number and length of fields.
import type { Entry } from '../../src/audit/record.ts';
import { hashes } from '../../test/kit/ledger.ts';

const intent = (exchange: string, at: string) => ({
  exchange,
  opened_at: at,
  method: 'POST',
  path: '/v1/chat/completions',
  dialect: 'openai-chat',
  endpoint: 'chat',
  address: '10.20.30.40',
  client: 'OpenAI/Python 2.8.0',
  team: 'hr',
  use_case: 'hr-assistant',
  use_case_version: 3,
  key: 'key_01JD000000000000000000000A',
  policy: 'default',
  policy_version: 4,
  data_class: 'sensitive',
  model: 'small',
  stream: true,
  prompt_sha256: hashes.hex(exchange),
});

const outcome = (exchange: string, at: string) => ({
  ...intent(exchange, at),
  sealed_at: at,
  ending: 'complete',
  status: 200,
  code: null,
  note: null,
  backend: 'lan',
  zone: 'on_prem',
  model_used: 'llama3.2:latest',
  route: [{ backend: 'lan', model: 'llama3.2:latest', passed_over: null }],
  usage: { input_tokens: 512, output_tokens: 128 },
  cost_micros: 0,
  findings: [{ type: 'email', count: 1, action: 'redact', place: 'messages.0.content' }],
  coverage: [{ part: 'request', inspected_by: ['patterns'] }],
  sent_sha256: hashes.hex(at),
  reply_sha256: hashes.hex(`${at}r`),
  delivered_sha256: hashes.hex(`${at}d`),
  first_byte_ms: 120,
  total_ms: 940,
});

/** A record's two entries: as it opens, and as it is sealed. */
export const entryOf = (kind: 'open' | 'seal', exchange: string, atMs: number): Entry => {
  const at = new Date(atMs).toISOString();
  return { kind, exchange, atMs, body: kind === 'open' ? intent(exchange, at) : outcome(exchange, at) };
};
