// The example that people start from can be applied as it is, on the packs that come with the program.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { startGateway } from '../kit/gateway.ts';

it('gatehouse.example.yaml is a configuration that can be taken, and taken again', async () => {
  const text = readFileSync(join(import.meta.dirname, '../../gatehouse.example.yaml'), 'utf8');
  const gateway = await startGateway({ setup: text });
  expect(await gateway.post('/apply', { text })).toMatchObject({
    status: 200,
    body: { changes: [], notes: [] },
  });
  await gateway.stop();
});
