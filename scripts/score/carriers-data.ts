// Machines writing: tables, records, logs and code that hold values under the names of their columns and members.
import type { Kind } from './corpus-data.ts';
import { filled } from './fillers.ts';
import type { Random } from './random.ts';
import { chance, number, pick, some, whole } from './random.ts';
import { mapValues, marked, neutral, widthOf } from './text.ts';
import type { Make } from './value.ts';

/** A column: its name, and what its cells hold. */
export type Column = { readonly name: string; readonly cell: Make; readonly text: boolean };

const NAMES = [
  'Laura Bennett',
  'Tom Okafor',
  'Sabine Hofmann',
  'Jürgen Krause',
  'Lucía Fernández',
  'Marek Lis',
  'Ayşe Yıldız',
];

/** Columns that hold nothing to be found. */
const PLAIN: readonly Column[] = [
  { name: 'id', cell: (random) => String(whole(random, 1, 99_999)), text: false },
  { name: 'order_no', cell: (random) => number(random, 9), text: false },
  { name: 'order_id', cell: (random) => filled(random, '{O}'), text: true },
  { name: 'created_at', cell: (random) => filled(random, '{iso}'), text: true },
  { name: 'updated_at', cell: (random) => filled(random, '{epochms}'), text: false },
  { name: 'amount', cell: (random) => filled(random, '{int:9999}.{d:2}'), text: false },
  { name: 'status', cell: (random) => pick(random, ['open', 'paid', 'shipped', 'cancelled']), text: true },
  { name: 'version', cell: (random) => filled(random, '{R}'), text: true },
  { name: 'name', cell: (random) => pick(random, NAMES), text: true },
  { name: 'trace_id', cell: (random) => filled(random, '{hex:32}'), text: true },
  { name: 'uuid', cell: (random) => filled(random, '{uuid}'), text: true },
  { name: 'tracking', cell: (random) => filled(random, '{K}'), text: true },
  { name: 'sku', cell: (random) => filled(random, '{sku}'), text: true },
  { name: 'score', cell: (random) => `0.${number(random, 4)}`, text: false },
];

export const columnOf = (random: Random, kind: Kind, make: Make): Column => ({
  name: pick(random, kind.keys),
  cell: (source) => marked(kind.id, make(source)),
  text: true,
});

type Table = { readonly columns: readonly Column[]; readonly rows: readonly (readonly string[])[] };

const tableOf = (random: Random, found: readonly Column[], most: number): Table => {
  const names = new Set<string>();
  const all = some(random, [...found, ...some(random, PLAIN, whole(random, 2, 5))], 99).filter(({ name }) => {
    if (names.has(name)) return false;
    names.add(name);
    return true;
  });
  const columns = [...all.filter(({ name }) => name === 'id'), ...all.filter(({ name }) => name !== 'id')];
  const rows = Array.from({ length: whole(random, 1, most) }, () => columns.map(({ cell }) => cell(random)));
  return { columns, rows };
};

type Carrier = (random: Random, found: readonly Column[]) => string;

const LONG = 40;

const csv: Carrier = (random, found) => {
  const { columns, rows } = tableOf(random, found, chance(random, 0.2) ? LONG : 8);
  const sign = pick(random, [',', ',', ';']);
  const quoted = chance(random, 0.3);
  const cell = (value: string): string =>
    quoted || value.includes(sign) || value.includes('\n') ? `"${value}"` : value;
  return [columns.map(({ name }) => name), ...rows].map((row) => row.map(cell).join(sign)).join('\n');
};

const tsv: Carrier = (random, found) => {
  const { columns, rows } = tableOf(random, found, 12);
  return [columns.map(({ name }) => name), ...rows].map((row) => row.join('\t')).join('\n');
};

const grid = (
  table: Table,
): {
  readonly head: readonly string[];
  readonly body: readonly (readonly string[])[];
  readonly widths: readonly number[];
} => {
  const head = table.columns.map(({ name }) => name);
  const widths = head.map((name, i) =>
    Math.max(name.length, ...table.rows.map((row) => widthOf(row[i] ?? ''))),
  );
  const padded = (row: readonly string[]): readonly string[] =>
    row.map((cell, i) => cell + ' '.repeat(Math.max(0, (widths[i] ?? 0) - widthOf(cell))));
  return { head: padded(head), body: table.rows.map(padded), widths };
};

const psql: Carrier = (random, found) => {
  const table = tableOf(random, found, chance(random, 0.2) ? LONG : 6);
  const { head, body, widths } = grid(table);
  const lines = [head, ...body].map((row) => ` ${row.join(' | ')} `);
  const rule = widths.map((width) => '-'.repeat(width + 2)).join('+');
  const ask = chance(random, 0.5)
    ? `app=> select * from ${pick(random, ['customers', 'orders', 'users'])} limit ${body.length};\n`
    : '';
  return `${ask}${lines[0]}\n${rule}\n${lines.slice(1).join('\n')}\n(${body.length} rows)`;
};

const mysql: Carrier = (random, found) => {
  const { head, body, widths } = grid(tableOf(random, found, 8));
  const rule = `+${widths.map((width) => '-'.repeat(width + 2)).join('+')}+`;
  const line = (row: readonly string[]): string => `| ${row.join(' | ')} |`;
  return [rule, line(head), rule, ...body.map(line), rule, `${body.length} rows in set (0.00 sec)`].join(
    '\n',
  );
};

const markdown: Carrier = (random, found) => {
  const { columns, rows } = tableOf(random, found, 5);
  return [columns.map(({ name }) => name), columns.map(() => '---'), ...rows]
    .map((row) => `| ${row.join(' | ')} |`)
    .join('\n');
};

const expanded: Carrier = (random, found) => {
  const { columns, rows } = tableOf(random, found, 2);
  return rows
    .map(
      (row, i) =>
        `-[ RECORD ${i + 1} ]------\n${row.map((cell, at) => `${(columns[at]?.name ?? '').padEnd(16)}| ${cell}`).join('\n')}`,
    )
    .join('\n');
};

/** A value in the text of a JSON string. */
const escaped = (value: string): string =>
  value.replace(/\\/g, '\\\\').replace(/"/g, '\\"').replace(/\n/g, '\\n');

const json: Carrier = (random, found) => {
  const { columns, rows } = tableOf(random, found, 4);
  const indent = pick(random, ['', '  ']);
  const gap = indent === '' ? '' : '\n';
  const records = rows.map((row) => {
    const members = row.map(
      (cell, i) =>
        `${indent}${indent}"${columns[i]?.name}":${indent === '' ? '' : ' '}${columns[i]?.text === true ? `"${escaped(cell)}"` : cell}`,
    );
    return `${indent}{${gap}${members.join(`,${gap}`)}${gap}${indent}}`;
  });
  const list = `[${gap}${records.join(`,${gap}`)}${gap}]`;
  return chance(random, 0.4) ? `{"total": ${rows.length}, "items": ${list}}` : list;
};

const nested: Carrier = (random, found) => {
  const { columns, rows } = tableOf(random, found, 2);
  return rows
    .map(
      (row) =>
        `{"event":"customer.updated","ts":${filled(random, '{epochms}')},"data":{"customer":{${row.map((cell, i) => `"${columns[i]?.name}":"${escaped(cell)}"`).join(',')}}}}`,
    )
    .join('\n');
};

const yaml: Carrier = (random, found) => {
  const { columns, rows } = tableOf(random, found, 3);
  return `customers:\n${rows.map((row) => `  - ${row.map((cell, i) => `${columns[i]?.name}: ${/^[\d+]/.test(cell) ? `"${cell}"` : cell}`).join('\n    ')}`).join('\n')}`;
};

const xml: Carrier = (random, found) => {
  const { columns, rows } = tableOf(random, found, 3);
  const body = rows.map(
    (row) =>
      `  <Customer>\n${row.map((cell, i) => `    <${columns[i]?.name}>${cell}</${columns[i]?.name}>`).join('\n')}\n  </Customer>`,
  );
  return `<?xml version="1.0" encoding="UTF-8"?>\n<Customers>\n${body.join('\n')}\n</Customers>`;
};

const attributes: Carrier = (random, found) => {
  const { columns, rows } = tableOf(random, found, 2);
  return rows
    .map((row) => `<record ${row.map((cell, i) => `${columns[i]?.name}="${cell}"`).join(' ')}/>`)
    .join('\n');
};

const insert: Carrier = (random, found) => {
  const { columns, rows } = tableOf(random, found, 3);
  const values = rows.map(
    (row) => `(${row.map((cell, i) => (columns[i]?.text === true ? `'${cell}'` : cell)).join(', ')})`,
  );
  return `INSERT INTO customers (${columns.map(({ name }) => name).join(', ')}) VALUES\n${values.join(',\n')};`;
};

const select: Carrier = (random, found) =>
  found
    .map(
      ({ name, cell }) =>
        `SELECT * FROM customers WHERE ${name} = '${cell(random)}' AND created_at > '${filled(random, '{iso}')}';`,
    )
    .join('\n');

const log: Carrier = (random, found) => {
  const line = ({ name, cell }: Column): string =>
    pick(random, [
      () =>
        `${filled(random, '{stamp}')} INFO  [http-nio-{d:4}-exec-3] c.a.s.CustomerService - lookup ${name}=${cell(random)} took {int:900}ms`,
      () =>
        `${filled(random, '{iso}')} level=info msg="profile saved" ${name}=${cell(random)} req_id=${filled(random, '{uuid}')}`,
      () =>
        `[${filled(random, '{D} {clock}')}] production.WARNING: validation failed {"${name}":"${escaped(cell(random))}","attempt":2}`,
      () =>
        `${filled(random, '{epoch}')} worker[${number(random, 5)}]: duplicate ${name} '${cell(random)}' (order ${filled(random, '{O}')})`,
      () => `${filled(random, '{iso}')} DEBUG pid=${number(random, 5)} ${name}: ${cell(random)}`,
    ])();
  const noise = (): string =>
    filled(
      random,
      '{stamp} INFO  [main] o.s.b.Application - Started in {int:20}.{d:3} seconds (JVM {R}, pid {n:5})',
    );
  return filled(random, [noise(), ...found.map(line), noise()].join('\n'));
};

const camel = (name: string): string =>
  name.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());

const code: Carrier = (random, found) => {
  const write = pick(random, [
    (name: string, value: string) => `    ${name} = "${value}"`,
    (name: string, value: string) => `  const ${camel(name)} = '${value}';`,
    (name: string, value: string) => `        String ${camel(name)} = "${value}";`,
    (name: string, value: string) => `\t${camel(name)} := "${value}"`,
    (name: string, value: string) => `  assert_equal "${value}", customer.${name}`,
    (name: string, value: string) => `    customer["${name}"] = "${value}"  # fixture`,
    (name: string, value: string) => `    ${camel(name)}: '${value}',`,
    (name: string, value: string) => `  "${name}" => "${value}",`,
  ]);
  const head = pick(random, [
    'def test_customer():',
    'export const fixture = {',
    '// taken from production',
    'func TestCustomer(t *testing.T) {',
  ]);
  return `${head}\n${found.map(({ name, cell }) => write(name, escapedCode(cell(random)))).join('\n')}\n`;
};

const escapedCode = (cell: string): string => mapValues(cell, (value) => value.replace(/\n/g, '\\n'));

const query: Carrier = (random, found) =>
  `${pick(random, ['curl -s "https://api.nordwind.io/v2/customers', 'GET /v2/customers', 'https://portal.nordwind.io/search'])}?${found
    .map(
      ({ name, cell }) =>
        `${name}=${mapValues(cell(random), (value) => value.replaceAll(' ', chance(random, 0.2) ? '+' : '%20'))}`,
    )
    .join('&')}&page=${whole(random, 1, 9)}`;

const hl7: Carrier = (random, found) => {
  const stamp = filled(random, '{compact}');
  const rows = found.map(({ name, cell }, i) => `OBX|${i + 1}|ST|${name}||${cell(random)}||||||F`);
  return `MSH|^~\\&|ADT1|GOOD HEALTH|LAB|GOOD HEALTH|${stamp}||ADT^A01|MSG${number(random, 5)}|P|2.3\r\nPID|1||${neutral(number(random, 7))}^^^GH^MR||DOE^JANE||${neutral('19800214')}|F\r\n${rows.join('\r\n')}`;
};

const fhir: Carrier = (random, found) => {
  const ids = found.map(
    ({ name, cell }) => `{"system": "urn:id:${name}", "value": "${escaped(cell(random))}"}`,
  );
  return `{"resourceType": "Patient", "id": "${filled(random, '{uuid}')}", "identifier": [${ids.join(', ')}], "meta": {"versionId": "${whole(random, 1, 9)}", "lastUpdated": "${filled(random, '{iso}')}"}}`;
};

const env: Carrier = (random, found) =>
  [
    `APP_VERSION=${filled(random, '{R}')}`,
    ...found.map(
      ({ name, cell }) => `TEST_${name.replace(/([a-z])([A-Z])/g, '$1_$2').toUpperCase()}=${cell(random)}`,
    ),
    'LOG_LEVEL=info',
  ].join('\n');

export const DATA_CARRIERS: Readonly<Record<string, Carrier>> = {
  csv,
  tsv,
  psql,
  mysql,
  markdown,
  expanded,
  json,
  nested,
  yaml,
  xml,
  attributes,
  insert,
  select,
  log,
  code,
  query,
  hl7,
  fhir,
  env,
};
