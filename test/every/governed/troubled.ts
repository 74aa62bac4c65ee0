// Upstreams that say no, fail or are cut: told in the client's shape, recorded as what it was, and never as a clean ending.
import { expect } from 'vitest';
import type { Frames, Heard } from '../../kit/spoken/heard.ts';

import type { Scripted } from '../../kit/upstream.ts';
import { mustBreak } from './answered.ts';
import type { Cell } from './columns.ts';
import type { CallRow } from './rows.ts';
import { TEXT } from './spelled.ts';
import type { Mode, Speaking } from './ways.ts';
import { alike, ask, modesOf, plainBody, speaking, streamedAs } from './ways.ts';

type Told = { readonly status: number; readonly code: string };

/** A reply of the backend's, and what is made of it. */
type Case = {
  readonly name: string;
  readonly only?: Mode;
  reply(row: Speaking, trouble: Heard['trouble'], mode: Mode): Scripted;
  told(trouble: Heard['trouble']): Told;
  /** Where it may as well be left out of the reply. */
  mayPass?(row: Speaking): boolean;
};

const says = (status: number, told: Told): Pick<Case, 'reply' | 'told'> => ({
  reply: (_, trouble) => ({ status, body: trouble.error(status, TEXT) }),
  told: () => told,
});

/** A stream but for its end. */
const begun = ({ target }: Pick<Speaking, 'target'>): Frames => target.plainFrames().slice(0, -1);

/** Deeper than anything that walks through it can go. */
const DEPTH = 50_000;
/** An error that a stream begins with is told with a status of its own, as if it had come so. */
const byStatus = (status: number): Told =>
  status >= 500 ? { status, code: 'upstream_failed' } : { status, code: 'upstream_refused' };

const CASES: readonly Case[] = [
  { name: 'upstream says 400', ...says(400, { status: 400, code: 'upstream_refused' }) },
  { name: 'upstream says 429', ...says(429, { status: 429, code: 'upstream_refused' }) },
  { name: 'upstream denies us', ...says(401, { status: 502, code: 'upstream_denied' }) },
  { name: 'upstream fails', ...says(500, { status: 500, code: 'upstream_failed' }) },
  {
    name: 'error first',
    only: 's',
    reply: ({ target }, { frame }) => streamedAs(target, [frame?.text(TEXT) ?? '']),
    told: ({ frame }) => byStatus(frame?.status ?? 0),
  },
  {
    name: 'error midway',
    only: 's',
    reply: (row, { frame }) => streamedAs(row.target, [...begun(row), frame?.text(TEXT) ?? '']),
    told: () => ({ status: 200, code: 'upstream_failed' }),
  },
  {
    name: 'reply nests too deep',
    reply: ({ target }, _, mode) =>
      mode === 'w'
        ? { body: target.deepWhole(DEPTH) }
        : streamedAs(target, [...begun({ target }), target.deepFrame(DEPTH)]),
    told: () => ({ status: 502, code: 'upstream_protocol' }),
    // A package goes by what it knows, and passes over the rest.
    mayPass: ({ way }) => way === 'foreign',
  },
  {
    name: 'cut before the head',
    reply: () => ({ cut: true }),
    told: () => ({ status: 502, code: 'upstream_cut' }),
  },
  {
    name: 'cut midway',
    reply: (row, _, mode) =>
      mode === 'w'
        ? { truncated: row.target.plainWhole(), missing: 5 }
        : streamedAs(row.target, begun(row), { cutAfter: begun(row).length }),
    told: () => ({ status: 502, code: 'upstream_cut' }),
  },
];

const cell = (tried: Case): ((row: CallRow) => Cell) =>
  speaking((row) => {
    if (row.way === 'counted') return { notHere: 'no backend is asked' };
    const { trouble } = row.target;
    if (tried.only === 's' && !modesOf(row).includes('s')) return { notHere: 'it never streams' };
    const told = tried.told(trouble);
    return {
      run: (world) =>
        alike(
          row,
          async (mode) => {
            const reply = tried.reply(row, trouble, mode);
            const got = await ask(world, row, { key: 'hidden', body: plainBody(row), mode, reply });
            if (tried.mayPass?.(row) === true && got.sealed.ending === 'complete')
              return { ...got, mark: 'd' as const };
            expect(got.sealed).toMatchObject({ ending: 'failed', code: told.code });
            const { reply: given } = got;
            // After an error of the upstream's own nothing more is to come.
            mustBreak(row, {
              mode,
              reply: given,
              status: told.status,
              isReset: tried.told(trouble).status !== 200,
            });
            return got;
          },
          tried.only === undefined ? modesOf(row) : [tried.only],
        ),
    };
  });

/** Every kind of trouble. */
export const troubled: readonly { readonly name: string; call(row: CallRow): Cell }[] = CASES.map(
  (tried) => ({
    name: tried.name,
    call: cell(tried),
  }),
);
