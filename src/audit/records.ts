// What can be asked of the records, and how two entries are shown as one. Pure.
import * as z from 'zod';

const text = z.string().min(1).max(256).optional();

/** Filters of a list of records; all that are given must hold. Times are ISO 8601. */
export const recordFilters = z.object({
  from: z.iso.datetime({ offset: true }).optional().describe('Opened at or after'),
  to: z.iso.datetime({ offset: true }).optional().describe('Opened before'),
  team: text,
  use_case: text,
  key: text,
  model: text,
  backend: text,
  ending: z.enum(['complete', 'refused', 'failed', 'abandoned']).optional(),
  finding: text.describe('The type of a finding'),
});

export type RecordFilters = z.infer<typeof recordFilters>;

/** One record: what was opened, overlaid with what was sealed. */
export type RecordItem = Record<string, unknown> & { readonly exchange: string };

type Body = Readonly<Record<string, unknown>>;

/** The two entries of an exchange as one record. Without a seal its ending is not known. */
export const joined = (exchange: string, opened: Body | undefined, sealed: Body | undefined): RecordItem => ({
  sealed_at: null,
  ending: null,
  status: null,
  ...opened,
  ...sealed,
  exchange,
});

/** A cell that a spreadsheet would take for a formula is told apart from one (OWASP, CSV injection). */
const FORMULA = /^[=+\-@\t\r]/;

const cell = (value: unknown): string => {
  const plain =
    value === null || value === undefined
      ? ''
      : typeof value === 'object'
        ? JSON.stringify(value)
        : String(value);
  const guarded = typeof value === 'string' && FORMULA.test(plain) ? `'${plain}` : plain;
  return /[",\n\r]/.test(guarded) ? `"${guarded.replaceAll('"', '""')}"` : guarded;
};

/** The columns of a CSV export, in order. */
export const CSV_COLUMNS = [
  'exchange',
  'opened_at',
  'sealed_at',
  'ending',
  'status',
  'code',
  'team',
  'use_case',
  'use_case_version',
  'key',
  'model',
  'model_used',
  'backend',
  'zone',
  'policy',
  'policy_version',
  'findings',
  'usage',
  'cost_micros',
  'cost_reason',
  'price_version',
  'address',
  'client',
  'prompt_sha256',
  'sent_sha256',
  'reply_sha256',
  'delivered_sha256',
  'total_ms',
] as const;

/** One line of CSV (RFC 4180), with its line end. */
export const csvLine = (values: readonly unknown[]): string => `${values.map(cell).join(',')}\r\n`;

/** A record as a line of CSV. */
export const csvRecord = (record: RecordItem): string => csvLine(CSV_COLUMNS.map((column) => record[column]));
