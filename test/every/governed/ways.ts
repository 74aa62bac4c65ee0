// What the cells of calls lean on: a call whole and streamed, with the same verdict, and replies of the backend's dialect.
import { expect } from 'vitest';
import type { Frames, Heard } from '../../kit/spoken/heard.ts';
import { PLACES } from '../../kit/spoken/places/index.ts';
import type { Json, NotHere, Places, Spoken } from '../../kit/spoken/spoken.ts';
import { isNotHere } from '../../kit/spoken/spoken.ts';
import type { Script, Scripted } from '../../kit/upstream.ts';
import type { Cell, Mark } from './columns.ts';
import type { CallRow } from './rows.ts';
import type { Got, Sealed, World } from './world.ts';
import { headersFor } from './world.ts';

/** A row whose dialects the tests speak. */
export type Speaking = CallRow & { readonly client: Spoken; readonly target: Heard };

/** A cell for rows whose dialects the tests speak; empty for any other. */
export const speaking =
  (make: (row: Speaking) => Cell) =>
  (row: CallRow): Cell => {
    const { client, target } = row;
    return client === undefined || target === undefined ? undefined : make({ ...row, client, target });
  };

/** What the client's dialect says of its places; undefined: nothing, which leaves a cell empty. */
export const placesOf = ({ dialect }: Spoken): Places | undefined => PLACES[dialect];

/** A place, or why there is none. */
export const isHere = <T>(place: T | NotHere | undefined): place is T =>
  place !== undefined && !isNotHere(place);

/** Whether a call is to be streamed; what cannot be is asked whole alone. */
export type Mode = 'w' | 's';
export const modesOf = ({ client, target, way }: Speaking): readonly Mode[] =>
  client.stream === null || (way !== 'counted' && !target.streams) ? ['w'] : ['w', 's'];

/** The model on whose way the row is, and what makes it stream. */
export const bodyFor = ({ client, model }: Speaking, body: Json, mode: Mode): Json => ({
  ...body,
  ...(mode === 's' ? client.streamed : client.unstreamed),
  model,
});

/** A reply of the backend's that says nothing special, to as many texts as are asked about. */
export const plainReply = ({ target }: Speaking, mode: Mode): Script => {
  const { vectors } = target;
  if (vectors !== undefined) return ({ json }) => ({ body: vectors(textsIn(json)) });
  return mode === 'w' ? { body: target.plainWhole() } : streamedAs(target, target.plainFrames());
};

const textsIn = (body: unknown): number => {
  const input = typeof body === 'object' && body !== null && 'input' in body ? body.input : undefined;
  return Array.isArray(input) ? input.length : 1;
};

/** A request that says next to nothing, in one text. */
export const plainBody = ({ client }: Speaking): Json => {
  const text = placesOf(client)?.asks.text;
  return (isHere(text) ? text('x')[0] : undefined) ?? client.body('x');
};

export const streamedAs = (target: Heard, sse: Frames, more: object = {}): Scripted => ({
  sse,
  headers: { 'content-type': target.streamType },
  ...more,
});

export type Asking = {
  readonly key: string;
  readonly body: Json;
  readonly mode: Mode;
  readonly reply?: Script;
};

/** The request of a row. */
export const sentBy = (world: World, row: Speaking, { key, body, mode, reply }: Asking) => ({
  path: row.client.path,
  headers: headersFor(row.client, world.keys[key]),
  body: bodyFor(row, body, mode),
  ...(row.way === 'counted' ? {} : { reply: reply ?? plainReply(row, mode) }),
});

/** Asks; a refusal must be one in the client's dialect. */
export const ask = async (world: World, row: Speaking, asking: Asking): Promise<Got> => {
  const got = await world.ask(sentBy(world, row, asking));
  // A stream that broke had its status by then.
  if (got.reply.status !== 200 || got.sealed.ending === 'complete')
    expect(got.sealed.status).toBe(got.reply.status);
  if (got.reply.status >= 400) row.client.mustBeError(got.reply.text, got.reply.status);
  return got;
};

/** What is the same of an exchange whether it was streamed or not. */
export const verdictOf = ({ ending, code, findings }: Sealed) => ({
  ending,
  code,
  findings: [
    ...new Set(findings.map(({ direction, type, action }) => `${direction} ${type} ${action}`)),
  ].sort(),
});

/** Shows the same in every mode; the verdicts must be the same too. */
export const alike = async (
  row: Speaking,
  show: (mode: Mode) => Promise<{ readonly sealed: Sealed; readonly mark?: Mark }>,
  modes: readonly Mode[] = modesOf(row),
): Promise<ReadonlySet<Mark>> => {
  const marks = new Set<Mark>();
  let first: ReturnType<typeof verdictOf> | undefined;
  for (const mode of modes) {
    const { sealed, mark } = await show(mode);
    marks.add(mark ?? mode);
    const verdict = verdictOf(sealed);
    first ??= verdict;
    expect(verdict, 'whole and streamed').toEqual(first);
  }
  return marks;
};

/** All marks of several sights. */
export const together = async (
  sights: readonly (() => Promise<ReadonlySet<Mark>>)[],
): Promise<ReadonlySet<Mark>> => {
  const marks = new Set<Mark>();
  for (const sight of sights) for (const mark of await sight()) marks.add(mark);
  return marks;
};
