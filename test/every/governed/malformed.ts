// What is wrong with a request, and who says so.
import { expect } from 'vitest';
import type { Bad, Fault } from '../../kit/spoken/bad/index.ts';
import { BAD, FAULTS } from '../../kit/spoken/bad/index.ts';
import type { Json } from '../../kit/spoken/spoken.ts';
import type { Cell, Column, Mark } from './columns.ts';
import type { PlainRow } from './rows.ts';
import type { Speaking } from './ways.ts';
import { bodyFor, isHere, speaking } from './ways.ts';
import type { Sent, World } from './world.ts';
import { headersFor } from './world.ts';

/** What the marks say. */
export const WHO = 'g the gateway says no, p the provider, to whom it is left';

/** How the gateway says no to what is no request of a dialect. */
const SAYS_NO = ['bad_request', 'ambiguous_body', 'unsupported_parameter', 'stored_state_refused'];

/** The first word of a path. */
const wordOf = (param: string): string => param.split(/[.[]/)[0] ?? '';

/** The request as it is sent; what makes it stream, or not, may be what is wrong with it. */
const sentFor = (world: World, row: Speaking, bad: Bad): Omit<Sent, 'body'> & { readonly body: Json } => ({
  path: row.client.path,
  headers: headersFor(row.client, world.keys.hidden),
  body: { ...row.client.unstreamed, ...bad.body, model: row.model },
});

const ours = async (world: World, row: Speaking, bad: Bad): Promise<Mark> => {
  const { reply, seen, sealed } = await world.ask(sentFor(world, row, bad));
  expect([reply.status, seen?.path], `${bad.name}: ${reply.text.slice(0, 500)}`).toEqual([400, undefined]);
  row.client.mustBeError(reply.text, 400);
  expect(sealed).toMatchObject({ ending: 'refused', status: 400 });
  expect(SAYS_NO, bad.name).toContain(sealed.code);
  const param = paramIn(reply.text);
  // Of what is translated no outline was read, so a field around it may be named.
  const named = row.way === 'through' ? bad.param : wordOf(bad.param);
  if (param !== undefined) expect(param, `${bad.name}: ${reply.text}`).toContain(named);
  return 'g';
};

/** The parameter that an error names; undefined: the dialect has no place for it. */
const paramIn = (text: string): string | undefined => {
  const { error } = JSON.parse(text);
  return typeof error === 'string' ? undefined : String(error.param ?? error.details?.param);
};

const theirs = async (world: World, row: Speaking, bad: Bad): Promise<Mark> => {
  const no = row.target.trouble.error(400, 'Not so.');
  const sent = sentFor(world, row, bad);
  const { reply, seen, sealed } = await world.ask({ ...sent, reply: { status: 400, body: no } });
  expect([reply.status, reply.text], bad.name).toEqual([400, no]);
  // As it came, but for the model's name.
  expect(seen?.body.toString()).toBe(JSON.stringify({ ...sent.body, model: 'upstream-small' }));
  expect(sealed).toMatchObject({ ending: 'failed', status: 400, code: 'upstream_refused' });
  return 'p';
};

const none = (): Cell => ({ notHere: 'it takes no such thing' });

const of = (fault: Fault): Column => ({
  name: fault,
  call: speaking((row) => {
    const all = BAD[row.client.dialect]?.[fault];
    if (!isHere(all)) return all;
    return {
      run: async (world) => {
        const marks = new Set<Mark>();
        for (const bad of all)
          marks.add(await (row.way === 'through' && bad.by === 'provider' ? theirs : ours)(world, row, bad));
        return marks;
      },
    };
  }),
  plain: none,
});

/** Bodies that are none in any dialect, made of the text of one that is. */
const BODIES: readonly {
  readonly name: string;
  readonly code: string;
  of(text: string): string | Uint8Array;
}[] = [
  {
    name: 'deep nesting',
    code: 'bad_json',
    of: (text) => text.replace('{', `{"deep":${'['.repeat(100)}${']'.repeat(100)},`),
  },
  {
    name: 'broken UTF-8',
    code: 'bad_json',
    of: (text) => Buffer.from(text.replace('{', '{"odd":"\u00e9",'), 'latin1'),
  },
  { name: 'keys twice', code: 'ambiguous_body', of: (text) => text.replace('{', '{"model":"other",') },
  {
    name: 'keys twice, deep down',
    code: 'ambiguous_body',
    of: (text) => text.replace('{', '{"deep":[{"a":1,"a":2}],'),
  },
  {
    name: 'keys in odd letters',
    code: 'ambiguous_body',
    of: (text) => text.replace('{', '{"Model":"other",'),
  },
  { name: 'no JSON', code: 'bad_json', of: (text) => text.slice(0, -1) },
  { name: 'no object', code: 'bad_json', of: (text) => `[${text}]` },
  { name: 'nothing', code: 'bad_json', of: () => '' },
];

const refused = async (world: World, sent: Sent, code: string) => {
  const headers = { ...sent.headers, 'content-type': 'application/json' };
  const got = await world.ask({ ...sent, headers });
  expect([got.reply.status, got.seen?.path], got.reply.text).toEqual([400, undefined]);
  expect(got.sealed).toMatchObject({ ending: 'refused', status: 400, code });
  return got.reply.text;
};

const bodied: readonly Column[] = BODIES.map(({ name, code, of: broken }) => ({
  name,
  call: speaking((row: Speaking) => ({
    run: async (world) => {
      const body = broken(JSON.stringify(bodyFor(row, row.client.body('x'), 'w')));
      const headers = headersFor(row.client, world.keys.hidden);
      const text = await refused(world, { path: row.client.path, headers, body }, code);
      row.client.mustBeError(text, 400);
      return new Set<Mark>(['g']);
    },
  })),
  plain: ({ listing }: PlainRow): Cell => {
    if (listing === undefined) return undefined;
    const asked = listing.one?.('any');
    if (asked?.body === undefined) return { notHere: 'it takes no body' };
    return {
      run: async (world) => {
        const headers = headersFor(
          { keyHeader: 'authorization', headers: listing.headers },
          world.keys.hidden,
        );
        const text = await refused(
          world,
          { ...asked, headers, body: broken(JSON.stringify(asked.body)) },
          code,
        );
        listing.mustBeError(text, 400);
        return new Set<Mark>(['g']);
      },
    };
  },
}));

/** A column for each thing that can be wrong. */
export const MALFORMED: readonly Column[] = [...FAULTS.map(of), ...bodied];
