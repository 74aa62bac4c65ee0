// The words for what one frame of a streamed reply costs, and what was promised of it.
import { columns } from './columns.ts';
import type { Target } from './report.ts';

/** One way of a frame: CPU in microseconds, and as a multiple of the bare pass-through's in the same turn. */
export type FramesRow = { readonly name: string; readonly us: number; readonly toBare: number };

/** What was found; inspection with all packs is on in every way but the bare one. */
export type FramesFound = { readonly frames: number; readonly rows: readonly FramesRow[] };

/** What the others are compared with. */
export const BARE = 'bare pass-through';

const PASSED_US = 10;
const TRANSLATED_US = 25;

/** What a frame may cost, and what it does, the dearest of each kind. */
export const framesTargets = ({ rows }: FramesFound): Target[] => {
  const others = rows.filter(({ name }) => name !== BARE);
  const target = (name: string, limit: number, some: readonly FramesRow[]): Target => {
    const figure = some.length === 0 ? null : Math.max(...some.map(({ us }) => us));
    return { name, limit, figure, met: figure === null ? null : figure <= limit };
  };
  const passes = ({ name }: FramesRow): boolean => name.endsWith('passed through');
  return [
    target('a frame passed through and inspected, us', PASSED_US, others.filter(passes)),
    target(
      'a frame translated and inspected, us',
      TRANSLATED_US,
      others.filter((row) => !passes(row)),
    ),
  ];
};

/** The table. */
export const framesLines = ({ rows }: FramesFound): string[] => [
  '',
  ...columns([
    ['one frame, inspected, no socket', 'us/frame', 'x bare'],
    ...rows.map(({ name, us, toBare }) => [name, us.toFixed(1), toBare.toFixed(1)]),
  ]),
];
