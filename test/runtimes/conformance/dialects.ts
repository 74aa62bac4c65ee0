// Every dialect, passed through and (for some) said otherwise: whole, streamed, broken off, cut, and left by its client.
import { expect } from 'vitest';
import { wayTo } from '../../../src/translate/way.ts';
import { SPOKEN } from '../../kit/spoken/index.ts';
import { PLACES } from '../../kit/spoken/places/index.ts';
import type { Json, Spoken } from '../../kit/spoken/spoken.ts';
import { isNotHere } from '../../kit/spoken/spoken.ts';
import type { Scripted } from '../../kit/upstream.ts';
import { leave, leaver, upcoming } from './leaving.ts';
import type { Check, Target, Wanted } from './target.ts';
import { keyOf, letGo, recordOfAgent, sealed, TRANSLATED, through } from './target.ts';

/** A client's dialect, its backend's, and the name of a model there. */
type Way = {
  readonly name: string;
  readonly client: Spoken;
  readonly backend: Spoken;
  readonly model: string;
};

const passed: readonly Way[] = SPOKEN.map((spoken) => ({
  name: spoken.dialect,
  client: spoken,
  backend: spoken,
  model: 'every/m',
}));

const translated: readonly Way[] = TRANSLATED.flatMap((dialect) => {
  const url = 'http://127.0.0.1';
  const only = {
    name: 'any',
    provider: 'compatible',
    url,
    zone: 'on_prem',
    secret: null,
    dialects: [dialect],
  } as const;
  const backend = SPOKEN.find((spoken) => spoken.dialect === dialect);
  return SPOKEN.flatMap((client) =>
    backend !== undefined && wayTo({ backend: only, model: 'm' }, client.dialect)?.kind === 'translated'
      ? [{ name: `${client.dialect} said as ${dialect}`, client, backend, model: `only-${dialect}/m` }]
      : [],
  );
});

const SAID = 'Good day';

/** The backend's reply that says SAID, whole and in frames. */
const contentOf = ({ backend }: Way): { whole: string; frames: readonly string[] } => {
  const content = PLACES[backend.dialect]?.answers.content;
  return content === undefined || isNotHere(content)
    ? { whole: backend.whole(SAID), frames: [] }
    : { whole: content.whole(SAID), frames: content.stream?.(['Good ', 'day']) ?? [] };
};

const streamed = ({ backend }: Way, sse: readonly string[], more: object = {}): Scripted => ({
  sse,
  headers: { 'content-type': backend.streamType },
  ...more,
});

const bodyFor = ({ client, model }: Way, fields: Json): Json => ({ ...client.body('x', fields), model });

const asking = (way: Way, fields: Json): Wanted => ({
  key: 'wide',
  path: way.client.path,
  headers: way.client.headers,
  body: bodyFor(way, fields),
});

const whole = (way: Way): Check => ({
  name: `${way.name}: a whole reply`,
  run: async (target) => {
    target.upstream.next({ body: contentOf(way).whole });
    const { reply, seen } = await through(target, asking(way, way.client.unstreamed));
    expect([reply.status, reply.complete, seen.path]).toEqual([200, true, way.backend.upstreamPath]);
    if (way.client.dialect === way.backend.dialect) expect(reply.text).toBe(contentOf(way).whole);
    else expect(reply.text).toContain(SAID);
    await sealed(target, reply, { ending: 'complete', status: 200, dialect: way.client.dialect });
  },
});

const stream = (way: Way): Check => ({
  name: `${way.name}: a stream to its end`,
  run: async (target) => {
    target.upstream.next(streamed(way, contentOf(way).frames));
    const { reply } = await through(target, asking(way, way.client.streamed));
    expect([reply.status, reply.complete, way.client.ends(reply.text)], reply.text).toEqual([
      200,
      true,
      true,
    ]);
    if (way.client.dialect === way.backend.dialect) expect(reply.text).toBe(contentOf(way).frames.join(''));
    else expect(way.client.saidIn(reply.text)).toContain(SAID);
    await sealed(target, reply, { ending: 'complete', status: 200, stream: true });
  },
});

/** A stream of which the end is missing; `code` is what the record says of it. */
const unended = async (target: Target, way: Way, reply: Scripted, code: string): Promise<void> => {
  target.upstream.next(reply);
  const got = await through(target, asking(way, way.client.streamed));
  const error = way.client.errorIn(got.reply.text);
  expect([got.reply.status, way.client.ends(got.reply.text)], got.reply.text).toEqual([200, false]);
  way.client.mustBeError(error ?? '', 502);
  await sealed(target, got.reply, { ending: 'failed', code });
};

const broken = (way: Way): Check => ({
  name: `${way.name}: a stream that its backend breaks off with an error`,
  run: async (target) => {
    const error = PLACES[way.backend.dialect]?.trouble.frame?.text('No more.') ?? '';
    const frames = contentOf(way).frames.slice(0, -1);
    await unended(target, way, streamed(way, [...frames, error]), 'upstream_failed');
  },
});

const cut = (way: Way): Check => ({
  name: `${way.name}: a stream that is cut`,
  run: async (target) => {
    const frames = contentOf(way).frames.slice(0, -1);
    await unended(target, way, streamed(way, frames, { cutAfter: frames.length }), 'upstream_cut');
  },
});

const left = (way: Way): Check => ({
  name: `${way.name}: a stream that its client leaves`,
  run: async (target) => {
    const arrived = upcoming(target);
    target.upstream.next(streamed(way, contentOf(way).frames.slice(0, -1), { hang: true }));
    const body = JSON.stringify(bodyFor(way, way.client.streamed));
    const at = { path: way.client.path, key: keyOf('wide') };
    const client = leaver(target, body, Buffer.byteLength(body), at);
    await client.sees('HTTP/1.1 200');
    leave(target, client);
    await letGo(await arrived());
    expect(await recordOfAgent(target, client.agent)).toMatchObject({ ending: 'abandoned', status: 200 });
  },
});

/** Every guarantee in every dialect. */
export const dialects: readonly Check[] = [...passed, ...translated].flatMap((way) =>
  way.client.stream === null || way.backend.stream === null
    ? [whole(way)]
    : [whole(way), stream(way), broken(way), cut(way), left(way)],
);
