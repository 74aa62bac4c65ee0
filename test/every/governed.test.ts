// Whatever is asked of the proxy in a dialect that its backend speaks, and whatever it answers by itself, is governed alike: who asks,
// what for, what is in the request and in the reply, whatever becomes of the backend and of the client.
import { COLUMNS, LEGEND } from './governed/columns.ts';
import { PLAIN, THROUGH } from './governed/rows.ts';
import { holds } from './governed/table.ts';

holds({ title: 'Passed through', legend: LEGEND, rows: [...THROUGH, ...PLAIN], columns: COLUMNS });
