// What a gateway guarantees wherever it runs. Each runtime's test holds its gateway against every line of this list.
import { afterAll, beforeAll, it } from 'vitest';
import { freePort } from '../kit/process.ts';
import type { Upstream } from '../kit/upstream.ts';
import { startUpstream } from '../kit/upstream.ts';
import { answers } from './conformance/answers.ts';
import { beside } from './conformance/beside.ts';
import { clouds } from './conformance/clouds.ts';
import { dialects } from './conformance/dialects.ts';
import { leaving } from './conformance/leaving.ts';
import { refusals } from './conformance/refusals.ts';
import type { Check, Traits } from './conformance/target.ts';
import { setupText } from './conformance/target.ts';
import { trouble } from './conformance/trouble.ts';

export type { Traits } from './conformance/target.ts';
export { ADMIN_TOKEN, admin, SETTINGS } from './conformance/target.ts';

/** Every guarantee. */
export const checks: readonly Check[] = [
  ...answers,
  ...refusals,
  ...trouble,
  ...leaving,
  ...dialects,
  ...clouds,
  ...beside,
];

/** A gateway of some runtime, on a fresh database with the given configuration. */
export type Running = { readonly url: string; stop(): Promise<unknown> };

/** Starts a runtime once and holds it against every guarantee. */
export const conforms = (start: (setup: string) => Promise<Running>, traits: Traits): void => {
  let upstream: Upstream;
  let running: Running | undefined;
  beforeAll(async () => {
    upstream = await startUpstream();
    running = await start(setupText(upstream.url, await freePort()));
  });
  afterAll(async () => {
    await running?.stop();
    await upstream.stop();
  });
  it.each(checks)('$name', async ({ run }) => {
    if (running === undefined) throw new Error('nothing runs');
    await run({ url: running.url, upstream, ...traits });
  });
};
