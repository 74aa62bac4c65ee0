// A backend's dialects as its file declares them: kept, shown and exported, applied once.
import { afterEach, expect, it } from 'vitest';
import { parse } from 'yaml';
import type { Bench } from '../kit/setup.ts';
import { benchOn } from '../kit/setup.ts';

let bench: Bench | undefined;
afterEach(() => bench?.stop());

it("a backend's own dialects are stored and exported as declared, and taken back when they are left out", async () => {
  bench = await benchOn();
  const backend = { name: 'lan', provider: 'compatible', zone: 'on_prem', url: 'http://lan' };
  const declared = { backends: [{ ...backend, dialects: ['openai-chat', 'anthropic-messages'] }] };
  expect((await bench.apply(JSON.stringify(declared))).changes).toHaveLength(1);
  expect((await bench.apply(JSON.stringify(declared))).changes).toEqual([]);
  const exported = parse(await bench.export());
  expect(exported.backends).toEqual(declared.backends);
  expect((await bench.apply(JSON.stringify({ backends: [backend] }))).changes).toHaveLength(1);
  expect(parse(await bench.export()).backends).toEqual([backend]);
  const wrong = JSON.stringify({ backends: [{ ...backend, dialects: ['openai'] }] });
  expect((await bench.faults(wrong)).join()).toContain('"openai" is not one of openai-chat, ');
});
