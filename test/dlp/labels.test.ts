// A keyword speaks for the value it names, not for the one beside it: in records, tables, forms and prose.
import { expect, test } from 'vitest';
import { compilePacks } from '../../src/dlp/compile.ts';
import { detect } from '../../src/dlp/detect.ts';
import { packSchema, THRESHOLD } from '../../src/dlp/pattern.ts';
import { LOOK, Scanner } from '../../src/dlp/scan.ts';

const rules = compilePacks([
  packSchema.parse({
    pack: 'trial',
    title: 'Trial',
    version: 1,
    patterns: [
      {
        id: 'passport',
        title: 'Passport',
        category: 'pii',
        regex: '\\d{9}',
        keywords: ['passport', 'passport no', 'паспорт'],
        context: 'required',
        boundary: 'number',
        hits: ['x'],
      },
    ],
  }),
]);
const scanner = new Scanner(rules);
const wanted = new Uint8Array(rules.rules.length).fill(LOOK);
const found = (text: string): readonly string[] =>
  detect(scanner, text, false, wanted)
    .matches.filter(({ confidence }) => confidence >= THRESHOLD)
    .map(({ start, end }) => text.slice(start, end));

test('a value is found by its own name', () => {
  for (const text of [
    '{"order_no":"987654321","passport_no":"123456789"}',
    '{"passport":{"country":"DE","number":"123456789"}}',
    'passport:\n  germany: 123456789',
    '<order_id>987654321</order_id><passport>123456789</passport>',
    'order=987654321&passport=123456789&page=2',
    'Passport no.: 123456789\nRef: 987654321',
    'Order: 987654321\nPassport: 123456789',
    'id,passport,order\n7,123456789,987654321',
    'id,name,passport\n7,"Berg, Anna",123456789',
    ' id | order_no  | passport\n----+-----------+-----------\n 7  | 987654321 | 123456789\n',
    'Agent: Your passport?\nCustomer: 123456789',
    'Anna: send me your passport no\nTom: 123456789',
    'my passport, as asked: 123456789',
    'ticket 123456789 (passport)',
  ])
    expect(found(text), text).toEqual(['123456789']);
});

test('what another value is named says nothing of this one', () => {
  for (const text of [
    '{"passport_no":"X1","order_no":987654321}',
    '{"order_no":987654321,"passport_no":"X1"}',
    '<passport>X1</passport><order_id>987654321</order_id>',
    'order="987654321" passport="X1"',
    'id\tpassport\torder\n7\tX1\t987654321',
    'I sent my passport. Order 987654321 has not arrived.',
    'passport: X1, invoice no. 987654321',
    'Passport: X1\n987654321 worker started',
    'passport requested, tracking 9400 987654321 12',
  ])
    expect(found(text), text).toEqual([]);
});
