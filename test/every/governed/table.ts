// A table of rows and columns: a test a cell, a fault an empty one, and all of it printed.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Cell, Column, Mark } from './columns.ts';
import type { Row } from './rows.ts';
import type { World } from './world.ts';
import { startWorld } from './world.ts';

/** The marks in the order in which they are shown. */
const MARKS: readonly Mark[] = ['w', 's', 'd', 'r', 'g', 'p'];

/** What is held against what. */
export type Table = {
  readonly title: string;
  /** What its marks say. */
  readonly legend: string;
  readonly rows: readonly Row[];
  readonly columns: readonly Column[];
};

const cellOf = (row: Row, column: Column): Cell =>
  row.kind === 'call' ? column.call(row) : column.plain(row);

/** What stands for a cell that was not run. */
const unrun = (cell: Cell): string => {
  if (cell === undefined) return '?';
  if ('notHere' in cell) return '-';
  return 'notBuilt' in cell ? '~' : '.';
};

/** The table as text: the rows by their numbers, a line a column. */
const printed = (
  { title, legend, rows, columns }: Table,
  shown: (row: Row, column: Column) => string,
): string => {
  const head = rows.map((_, at) => String(at + 1));
  const body = columns.map((column) => ({ name: column.name, cells: rows.map((row) => shown(row, column)) }));
  const wide = Math.max(...columns.map(({ name }) => name.length));
  const widths = head.map((number, at) =>
    Math.max(number.length, ...body.map(({ cells }) => cells[at]?.length ?? 0)),
  );
  const line = (name: string, cells: readonly string[]): string =>
    `${name.padEnd(wide)}  ${cells.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join(' ')}`.trimEnd();
  return [
    title,
    ...rows.map(({ name }, at) => `${String(at + 1).padStart(3)} ${name}`),
    line('', head),
    ...body.map(({ name, cells }) => line(name, cells)),
    `${legend}; - no such place; ~ not built; ! failed; . not run; ? empty`,
  ].join('\n');
};

/** Holds every row against every column, and prints what it showed. */
export const holds = (table: Table): void => {
  const results = new Map<string, string>();
  const placeOf = (row: Row, column: Column): string => `${row.name}\n${column.name}`;
  let world: World;
  beforeAll(async () => {
    world = await startWorld();
  });
  afterAll(async () => {
    await world.stop();
    console.log(
      printed(table, (row, column) => results.get(placeOf(row, column)) ?? unrun(cellOf(row, column))),
    );
  });

  describe.each(table.rows)('$name', (row) => {
    const cells = table.columns.map((column) => ({ name: column.name, column, cell: cellOf(row, column) }));

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
