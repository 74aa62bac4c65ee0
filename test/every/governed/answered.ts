// A value in each place of a reply: it is given hidden, or no more of the reply is given.
import { expect } from 'vitest';
import type { HeardAnswering } from '../../kit/spoken/heard.ts';
import type { Answered } from '../../kit/spoken/spoken.ts';
import type { Scripted } from '../../kit/upstream.ts';
import type { Cell, Mark } from './columns.ts';
import type { CallRow } from './rows.ts';
import { HIDDEN, spelledIn, TEXT } from './spelled.ts';
import type { Mode, Speaking } from './ways.ts';
import { alike, ask, isHere, plainBody, speaking, streamedAs, together } from './ways.ts';
import type { Got, World } from './world.ts';

const nobody = { notHere: 'no backend is asked' };

/** The backend's reply, in one piece or in as many as it can be cut into. */
const replyOf = (
  { target }: Speaking,
  answering: HeardAnswering,
  mode: Mode,
  pieces: readonly string[],
): Scripted =>
  mode === 'w' ? { body: answering.whole(TEXT) } : streamedAs(target, answering.stream?.(pieces) ?? []);

/** A translation may have no word for it: then it is not given at all. */
const isGiven = (row: Speaking, { reply }: Got): boolean => {
  const given = spelledIn(reply.text).includes(HIDDEN);
  if (row.way === 'through') expect(given, reply.text).toBe(true);
  return given;
};

const hidden = (world: World, row: Speaking, answering: HeardAnswering, pieces: readonly string[]) =>
  alike(row, async (mode): Promise<{ sealed: Got['sealed']; mark?: Mark }> => {
    const reply = replyOf(row, answering, mode, pieces);
    const got = await ask(world, row, { key: 'hidden', body: plainBody(row), mode, reply });
    expect([got.reply.status, got.reply.complete, got.sealed.ending], got.reply.text).toEqual([
      200,
      true,
      'complete',
    ]);
    if (mode === 's') expect(row.client.ends(got.reply.text)).toBe(true);
    if (!isGiven(row, got)) return { sealed: got.sealed, mark: 'd' };
    expect(got.sealed.findings).toContainEqual(
      expect.objectContaining({ direction: 'response', type: 'email', action: 'redact' }),
    );
    return { sealed: got.sealed };
  });

const blocked = (world: World, row: Speaking, answering: HeardAnswering, pieces: readonly string[]) =>
  alike(row, async (mode): Promise<{ sealed: Got['sealed']; mark?: Mark }> => {
    const reply = replyOf(row, answering, mode, pieces);
    const sent = { key: 'blocked', body: plainBody(row), mode, reply };
    const { reply: given, sealed } = await ask(world, row, sent);
    if (row.way !== 'through' && sealed.ending === 'complete') return { sealed, mark: 'd' };
    expect(sealed).toMatchObject({ ending: 'refused', code: 'reply_blocked' });
    expect(sealed.findings).toContainEqual(
      expect.objectContaining({ direction: 'response', type: 'email', action: 'block' }),
    );
    mustBreak(row, { mode, reply: given, status: 403, isReset: true });
    return { sealed };
  });

/** A whole reply has the status; a stream that had begun breaks off with the error, and does not end. `isReset`: nor does its transfer. */
export const mustBreak = (
  { client }: Speaking,
  { mode, reply, status, isReset }: { mode: Mode; reply: Got['reply']; status: number; isReset: boolean },
): void => {
  if (mode === 'w' || reply.status !== 200) {
    expect(reply.status).toBe(status);
    return;
  }
  expect([client.ends(reply.text), isReset && reply.complete], reply.text).toEqual([false, false]);
  const error = client.errorIn(reply.text);
  expect(error, reply.text).toBeDefined();
  client.mustBeError(error ?? '', status);
};

/** The cells of a place of replies. */
export const answered = (place: Answered): ((row: CallRow) => Cell) =>
  speaking((row) => {
    if (row.way === 'counted') return nobody;
    const answering = row.target.answers[place];
    if (!isHere(answering)) return answering;
    return {
      run: (world) =>
        together(
          [[TEXT], [...TEXT]].flatMap((pieces) => [
            () => hidden(world, row, answering, pieces),
            () => blocked(world, row, answering, pieces),
          ]),
        ),
    };
  });

/** An upstream's no may quote the prompt, or another's. */
const inError = speaking((row) => {
  if (row.way === 'counted') return nobody;
  const { trouble } = row.target;
  const reply = { status: 400, body: trouble.error(400, TEXT) };
  return {
    run: (world) =>
      together([
        () =>
          alike(row, async (mode) => {
            const got = await ask(world, row, { key: 'hidden', body: plainBody(row), mode, reply });
            expect([got.reply.status, got.reply.text]).toEqual([400, expect.stringContaining(HIDDEN)]);
            expect(got.sealed).toMatchObject({ ending: 'failed', code: 'upstream_refused' });
            return got;
          }),
        () =>
          alike(row, async (mode) => {
            const got = await ask(world, row, { key: 'blocked', body: plainBody(row), mode, reply });
            expect([got.reply.status, got.sealed.code]).toEqual([403, 'reply_blocked']);
            return got;
          }),
      ]),
  };
});

export const answeredInErrors: readonly { readonly name: string; call(row: CallRow): Cell }[] = [
  { name: "answered: upstream's no", call: inError },
];
