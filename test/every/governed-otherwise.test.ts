// Whatever reaches its backend in another dialect is governed alike: what is hidden of a request is not in its translation, and what
// is hidden of a reply is not in what the client reads of it.
import { COLUMNS, LEGEND } from './governed/columns.ts';
import { OTHERWISE } from './governed/rows.ts';
import { holds } from './governed/table.ts';

holds({ title: 'Said otherwise', legend: LEGEND, rows: OTHERWISE, columns: COLUMNS });
