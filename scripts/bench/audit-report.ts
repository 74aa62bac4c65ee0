// The words for what the audit costs.
import type { AuditFound, AuditRow, Spread } from './audit.ts';
import { columns } from './columns.ts';

const one = (value: number, digits: number): string => value.toFixed(digits);
/** A median with where the middle half of the rounds lies. */
const spread = ({ median, low, high }: Spread, digits: number): string =>
  `${one(median, digits)} (${one(low, digits)}..${one(high, digits)})`;

const rowLines = (row: AuditRow): string[] => {
  const { on, off, added, ratio } = row;
  const line = (name: string, { perSecond, p50, p99, cpuUs, postgresUs, drainMs }: AuditRow['on']) => [
    name,
    spread(perSecond, 0),
    spread(p50, 2),
    spread(p99, 2),
    spread(cpuUs, 0),
    spread(postgresUs, 0),
    spread(drainMs, 0),
  ];
  const connections = `${row.connections} connection${row.connections === 1 ? '' : 's'}`;
  return [
    '',
    ...columns([
      [
        `audit, ${connections}, ${row.rounds} rounds`,
        'requests/s',
        'p50 ms',
        'p99 ms',
        'us/request',
        'postgres us',
        'drain ms',
      ],
      line('on', on),
      line('off', off),
      [
        'on to off',
        `x ${spread(ratio.perSecond, 3)}`,
        `+ ${spread(added.p50, 2)}`,
        `+ ${spread(added.p99, 2)}`,
        `x ${spread(ratio.cpuUs, 2)}`,
        '',
        '',
      ],
    ]),
    ...(row.faults === 0 ? [] : [`${row.faults} faults: ${row.fault.slice(0, 120)}`]),
  ];
};

/** The audit's tables. */
export const auditLines = ({ rows, spool, verify }: AuditFound): string[] => [
  ...rows.flatMap(rowLines),
  'In brackets: the middle half of the rounds. Off: a spool that keeps nothing; digests and entries are made all the same.',
  'Load, upstream, gateway and Postgres share the cores of this machine.',
  '',
  ...columns([
    ['file spool', 'entries/s', 'p50 ms', 'us/entry'],
    ...spool.rows.map(({ atOnce, perSecond, p50, cpuUs }) => [
      `${atOnce} at once`,
      one(perSecond, 0),
      one(p50, 2),
      one(cpuUs, 1),
    ]),
  ]),
  `The disk itself takes ${one(spool.syncMs, 2)} ms for one line.`,
  '',
  `audit verify: ${spread(verify.perSecond, 0)} records/s on one core, of ${verify.records} records`,
];
