// A value in each place of a request: it goes on hidden, or nothing goes on.
import { expect } from 'vitest';
import type { Asked, Json } from '../../kit/spoken/spoken.ts';
import type { Cell, Mark } from './columns.ts';
import type { CallRow } from './rows.ts';
import { HIDDEN, spelledIn, TEXT } from './spelled.ts';
import type { Speaking } from './ways.ts';
import { alike, ask, isHere, placesOf, plainBody, speaking, together } from './ways.ts';
import type { Got, World } from './world.ts';

/** Why a translation refuses what its backend has no word for. */
const CANNOT = new Set(['unsupported_parameter', 'bad_request']);

/** What a client is told of a translation, note by note. */
const notesOf = ({ reply }: Got): readonly string[] =>
  String(reply.headers['x-gatehouse-warnings'] ?? '')
    .split(', ')
    .filter((note) => note !== '');

/** Redacted: what goes on says that something was there; or it is left out and told, or refused, where it cannot be carried. */
const markOf = (row: Speaking, body: Json, got: Got, usual: Got): Mark | undefined => {
  const { reply, seen, sealed } = got;
  expect(sealed.findings).toContainEqual(
    expect.objectContaining({ direction: 'request', type: 'email', action: 'redact' }),
  );
  if (row.way !== 'through' && reply.status === 400) {
    expect(CANNOT, String(sealed.code)).toContain(sealed.code);
    expect(seen).toBeUndefined();
    return 'r';
  }
  if (row.way === 'counted') {
    expect([reply.status, seen?.path]).toEqual([200, undefined]);
    return undefined;
  }
  expect([reply.status, sealed.ending], reply.text).toEqual([200, 'complete']);
  // A dialect may say it back, and to nobody else.
  const said = spelledIn(seen?.body.toString() ?? '') + spelledIn(reply.text);
  if (said.includes(HIDDEN)) return undefined;
  expect(row.way, 'what passes through keeps its place').not.toBe('through');
  const told = notesOf(got).filter((note) => !notesOf(usual).includes(note));
  expect(told.length, `what is left out is told: ${JSON.stringify(body)}`).toBeGreaterThan(0);
  return 'd';
};

const hidden = (world: World, row: Speaking, body: Json): Promise<ReadonlySet<Mark>> =>
  alike(row, async (mode) => {
    const usual = await ask(world, row, { key: 'hidden', body: plainBody(row), mode });
    const got = await ask(world, row, { key: 'hidden', body, mode });
    const mark = markOf(row, body, got, usual);
    return { sealed: got.sealed, ...(mark === undefined ? {} : { mark }) };
  });

/** Nothing leaves. `action`: what was to be done about the value. */
const refused = (world: World, row: Speaking, body: Json, key: string, action: string) =>
  alike(row, async (mode) => {
    const { reply, seen, sealed } = await ask(world, row, { key, body, mode });
    expect([reply.status, seen?.path]).toEqual([400, undefined]);
    expect(sealed).toMatchObject({ ending: 'refused', code: 'prompt_blocked' });
    expect(sealed.findings).toContainEqual(
      expect.objectContaining({ direction: 'request', type: 'email', action }),
    );
    return { sealed };
  });

/** The cells of a place of requests. */
export const asked = (place: Asked): ((row: CallRow) => Cell) =>
  speaking((row) => {
    const asking = placesOf(row.client)?.asks[place];
    if (!isHere(asking)) return asking;
    return {
      run: (world) =>
        together(
          asking(TEXT).flatMap((body) => [
            () => refused(world, row, body, 'blocked', 'block'),
            // The name of a field cannot be rewritten.
            () =>
              place === 'keys' ? refused(world, row, body, 'hidden', 'redact') : hidden(world, row, body),
          ]),
        ),
    };
  });
