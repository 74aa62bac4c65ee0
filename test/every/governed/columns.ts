// The columns of the table: each with what holds in it for a row, or why nothing does.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ANSWERED, ASKED } from '../../kit/spoken/spoken.ts';
import { answered, answeredInErrors } from './answered.ts';
import { asked } from './asked.ts';
import { leaves } from './leaving.ts';
import type { CallRow, PlainRow } from './rows.ts';
import { known, plainly, scoped } from './scoped.ts';
import { troubled } from './troubled.ts';
import type { World } from './world.ts';

/**
 * What a cell showed: `w` whole and `s` streamed, as it should be; `d` left out and told, `r` refused, where it cannot be carried. Of
 * what no server takes: `g` the gateway says no, `p` the provider does.
 */
export type Mark = 'w' | 's' | 'd' | 'r' | 'g' | 'p';

/** A cell: what is to be shown in it, why it has no place, or nothing at all, which is a fault. */
export type Cell =
  | { readonly run: (world: World) => Promise<ReadonlySet<Mark>> }
  | { readonly notHere: string }
  | { readonly notBuilt: string }
  | undefined;

export type Column = {
  readonly name: string;
  call(row: CallRow): Cell;
  /** For what is no call. */
  plain(row: PlainRow): Cell;
};

const SRC = join(import.meta.dirname, '../../../src');

/** Not built yet; what would be governed by it stands under `folder` as soon as it is. */
const toCome = (name: string, folder: string): Column => {
  const cell = existsSync(join(SRC, folder)) ? undefined : { notBuilt: `src/${folder} is not built` };
  return { name, call: () => cell, plain: () => cell };
};

const silent = { notHere: 'it holds no text of a model, and nothing leaves' };
const calls = (name: string, call: Column['call']): Column => ({ name, call, plain: () => silent });

/** What their marks say. */
export const LEGEND =
  'w whole, s streamed: governed alike; d left out and told, r refused: the backend has no word for it';

export const COLUMNS: readonly Column[] = [
  ...known,
  ...scoped,
  ...ASKED.map((place) => ({
    name: `asked: ${place}`,
    call: asked(place),
    plain: plainly(place),
  })),
  toCome('budget refused', 'budgets'),
  ...ANSWERED.map((place) => calls(`answered: ${place}`, answered(place))),
  ...answeredInErrors.map(({ name, call }) => calls(name, call)),
  ...troubled.map(({ name, call }) => calls(name, call)),
  ...leaves.map(({ name, call }) => calls(name, call)),
];
