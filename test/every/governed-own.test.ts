// Whatever reaches a model that is asked in its provider's own form (Gemini, Converse) is governed alike, in whichever dialect it came.
import { COLUMNS, LEGEND } from './governed/columns.ts';
import { OWN } from './governed/rows.ts';
import { holds } from './governed/table.ts';

holds({ title: "In a provider's own form", legend: LEGEND, rows: OWN, columns: COLUMNS });
