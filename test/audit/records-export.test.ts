// Records for spreadsheets: every one that is asked for, once, and none of it a formula.
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Started } from '../kit/gateway.ts';
import { ADMIN_TOKEN, setupFor, startGateway } from '../kit/gateway.ts';
import type { Upstream } from '../kit/upstream.ts';
import { startUpstream } from '../kit/upstream.ts';

let upstream: Upstream;
let gateway: Started;
const exchanges: string[] = [];
const EVIL = '=HYPERLINK("http://thief.example")';
beforeAll(async () => {
  upstream = await startUpstream();
  gateway = await startGateway({ setup: setupFor(upstream.url) });
  for (const agent of ['plain', EVIL, '@sum, "quoted"', '+1', '-1']) {
    const reply = await fetch(`${gateway.url}/v1/chat/completions`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${gateway.keys.plain}`,
        'content-type': 'application/json',
        'user-agent': agent,
      },
      body: JSON.stringify({ model: 'small', messages: [{ role: 'user', content: 'Hello' }] }),
    });
    await reply.text();
    exchanges.push(reply.headers.get('x-gatehouse-exchange') ?? '');
  }
  await gateway.record(exchanges.at(-1) ?? '');
});
afterAll(async () => {
  await gateway.stop();
  await upstream.stop();
});

const exported = async (query: string) => {
  const reply = await fetch(`${gateway.url}/admin/v1/records/export?${query}`, {
    headers: { authorization: `Bearer ${ADMIN_TOKEN}` },
  });
  expect(reply.status).toBe(200);
  return { type: reply.headers.get('content-type'), text: await reply.text() };
};

it('CSV has a line a record, newest first, and no cell that a spreadsheet would run', async () => {
  const { type, text } = await exported('format=csv&ending=complete');
  expect(type).toContain('text/csv');
  const [head, ...rows] = text.trimEnd().split('\r\n');
  expect(head?.startsWith('exchange,opened_at,')).toBe(true);
  expect(rows.map((row) => row.slice(0, 29))).toEqual(exchanges.toReversed());
  expect(text).toContain(`"'=HYPERLINK(""http://thief.example"")"`);
  expect(text).toContain(`"'@sum, ""quoted"""`);
  for (const cell of text.split(/[,\r\n]+/)) expect(cell).not.toMatch(/^"?[=+@\t]/);
});

it('NDJSON holds the records as the list shows them, and filters hold', async () => {
  const { type, text } = await exported('team=crew');
  expect(type).toContain('ndjson');
  const records = text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(records.map(({ exchange }) => exchange)).toEqual(exchanges.toReversed());
  const list = (await gateway.admin('/records?team=crew')) as { items: unknown[] }; // a page of records
  expect(records).toEqual(list.items);
  expect((await exported('team=nobody')).text).toBe('');
});
