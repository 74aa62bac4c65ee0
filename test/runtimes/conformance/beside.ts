// Many at once, and what stands beside the calls: the listing, operations and the admin face.
import { expect } from 'vitest';
import type { Check, Target } from './target.ts';
import { admin, ask, hello, refused, sealed, user } from './target.ts';

const get = async (target: Target, path: string): Promise<{ status: number; body: unknown }> => {
  const reply = await fetch(target.url + path);
  return { status: reply.status, body: await reply.json() };
};

const names = (text: string): string[] => JSON.parse(text).data.map(({ id }: { id: string }) => id);

/** One of many: its own words must come back, and its own record must be sealed. */
const one = async (target: Target, index: number): Promise<void> => {
  const words = `request number ${index}`;
  const stream = index % 2 === 0;
  const reply = await ask(target, { body: { ...hello, messages: [user(words)], stream } });
  expect([reply.status, reply.complete]).toEqual([200, true]);
  const said = stream
    ? [...reply.text.matchAll(/"content":"([^"]*)"/g)].map(([, part]) => part).join('')
    : JSON.parse(reply.text).choices[0].message.content;
  expect(said).toBe(`You said: ${words}`);
  await sealed(target, reply, { ending: 'complete', status: 200, stream });
};

export const beside: readonly Check[] = [
  {
    name: 'fifty requests at once, whole and streamed, each get their own answer and their own record',
    run: async (target) => {
      await Promise.all(Array.from({ length: 50 }, (_, index) => one(target, index)));
    },
  },
  {
    name: 'the listing shows the models a key may use and its data may reach, and no other',
    run: async (target) => {
      const wanted = { path: '/v1/models', method: 'GET' } as const;
      const plain = await ask(target, wanted);
      expect(names(plain.text)).toEqual(['lost', 'secret', 'small', 'spare']);
      await sealed(target, plain, { ending: 'complete', status: 200, endpoint: 'models' });
      expect(names((await ask(target, { ...wanted, key: 'narrow' })).text)).toEqual(['small']);
      expect(names((await ask(target, { ...wanted, key: 'open' })).text)).toContain('cloudy');
      const headers = { authorization: '' };
      await refused(target, { ...wanted, headers }, 401, 'invalid_api_key', 'missing_key');
    },
  },
  {
    name: 'it is well, and ready when its database is',
    run: async (target) => {
      expect(await get(target, '/healthz')).toEqual({ status: 200, body: { status: 'ok' } });
      expect(await get(target, '/readyz')).toMatchObject({
        status: 200,
        body: { status: 'ready', database: 'ok', audit: { refuses: null } },
      });
    },
  },
  {
    name: 'the admin face needs the operator token',
    run: async (target) => {
      expect((await get(target, '/admin/v1/teams')).status).toBe(401);
      const wrong = await fetch(`${target.url}/admin/v1/teams`, {
        headers: { authorization: 'Bearer guess' },
      });
      expect([wrong.status, wrong.headers.get('www-authenticate')]).toEqual([401, 'Bearer']);
      await wrong.body?.cancel();
      const teams = await admin(target, '/teams');
      expect(teams).toMatchObject({ status: 200, body: { items: [{ name: 'crew' }], next_cursor: null } });
    },
  },
  {
    name: 'a change over the admin API is made once, and is on record',
    run: async (target) => {
      const made = await admin(target, '/keys', { name: 'made-here', use_case: 'narrow' });
      expect(made.status).toBe(201);
      const { body } = await admin(target, '/changes?limit=1');
      expect(body).toMatchObject({ items: [{ action: 'key.created' }] });
      const key = String(made.body.key);
      const reply = await ask(target, { headers: { authorization: `Bearer ${key}` } });
      await sealed(target, reply, { ending: 'complete', use_case: 'narrow' });
    },
  },
];
