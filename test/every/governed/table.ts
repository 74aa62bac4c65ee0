// The table: a test a cell, a fault an empty one, and all of it printed.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Cell, Column } from './columns.ts';
import { COLUMNS } from './columns.ts';
import type { Row } from './rows.ts';
import type { World } from './world.ts';
import { startWorld } from './world.ts';

const MARKS = ['w', 's', 'd', 'r'] as const;
const LEGEND =
  'w whole and s streamed, governed alike; d left out and r refused, for the backend has no word for it; - no such place; ~ not built; ! failed; . not run; ? empty';

const cellOf = (row: Row, column: Column): Cell =>
  row.kind === 'call' ? column.call(row) : column.plain(row);

const notShown = (cell: Cell): string => {
  if (cell === undefined) return '?';
  if ('notHere' in cell) return '-';
  return 'notBuilt' in cell ? '~' : '.';
};

/** The lines of a table: one a column, with a place for each row. */
const lines = (rows: readonly Row[], shown: (row: Row, column: Column) => string): string[] => {
  const head = rows.map((_, at) => String(at + 1));
  const body = COLUMNS.map((column) => ({
    name: column.name,
    cells: rows.map((row) => shown(row, column)),
  }));
  const wide = Math.max(...COLUMNS.map(({ name }) => name.length));
  const width = rows.map((_, at) =>
    Math.max(head[at]?.length ?? 0, ...body.map(({ cells }) => cells[at]?.length ?? 0)),
  );
  const line = (name: string, cells: readonly string[]): string =>
    `${name.padEnd(wide)}  ${cells.map((cell, at) => cell.padEnd(width[at] ?? 0)).join(' ')}`.trimEnd();
  return [
    ...rows.map(({ name }, at) => `${String(at + 1).padStart(3)} ${name}`),
    line('', head),
    ...body.map(({ name, cells }) => line(name, cells)),
    LEGEND,
  ];
};

/** Holds every row against every column. */
export const governed = (title: string, rows: readonly Row[]): void => {
  const results = new Map<string, string>();
  const placeOf = (row: Row, column: Column): string => `${row.name}\n${column.name}`;
  let world: World;
  beforeAll(async () => {
    world = await startWorld();
  });
  afterAll(async () => {
    await world.stop();
    const shown = (row: Row, column: Column): string =>
      results.get(placeOf(row, column)) ?? notShown(cellOf(row, column));
    console.log([title, ...lines(rows, shown)].join('\n'));
  });

  describe.each(rows)('$name', (row) => {
    const cells = COLUMNS.map((column) => ({ name: column.name, column, cell: cellOf(row, column) }));

    it('has something to say in every cell, or why there is nothing', () => {
      const empty = cells.filter(({ cell }) => cell === undefined).map(({ name }) => name);
      expect(empty).toEqual([]);
    });

    const run = cells.flatMap(({ name, column, cell }) =>
      cell !== undefined && 'run' in cell ? [{ name, column, cell }] : [],
    );
    it.each(run)('$name', async ({ column, cell }) => {
      const place = placeOf(row, column);
      results.set(place, '!');
      const marks = await cell.run(world);
      results.set(place, MARKS.filter((mark) => marks.has(mark)).join(''));
    });
  });
};
