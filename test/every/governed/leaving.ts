// Clients that leave: the backend is let go, and the record says that they left.
import { expect } from 'vitest';
import { stall } from '../../kit/upstream.ts';
import type { Cell } from './columns.ts';
import type { CallRow } from './rows.ts';
import { TEXT } from './spelled.ts';
import { alike, modesOf, sentBy, speaking, streamedAs } from './ways.ts';

const SILENCE_MS = 60_000;

const nobody = { notHere: 'no backend is asked' };

const beforeHead = speaking((row) => {
  if (row.way === 'counted') return nobody;
  return {
    run: (world) =>
      alike(row, async (mode) => {
        const asking = { key: 'hidden', body: row.client.body(TEXT), mode, reply: stall(SILENCE_MS) };
        const sealed = await world.leave(sentBy(world, row, asking), false);
        expect(sealed).toMatchObject({ ending: 'abandoned', status: 499, code: 'client_gone' });
        return { sealed };
      }),
  };
});

const midway = speaking((row) => {
  if (row.way === 'counted') return nobody;
  if (!modesOf(row).includes('s')) return { notHere: 'it never streams' };
  return {
    run: (world) =>
      alike(
        row,
        async (mode) => {
          const frames = row.target.plainFrames().slice(0, -1);
          const reply = streamedAs(row.target, frames, { hang: true });
          const asking = { key: 'hidden', body: row.client.body(TEXT), mode, reply };
          const sealed = await world.leave(sentBy(world, row, asking), true);
          expect(sealed).toMatchObject({ ending: 'abandoned', status: 200, code: 'client_gone' });
          return { sealed };
        },
        ['s'],
      ),
  };
});

export const leaves: readonly { readonly name: string; call(row: CallRow): Cell }[] = [
  { name: 'client leaves early', call: beforeHead },
  { name: 'client leaves midway', call: midway },
];
