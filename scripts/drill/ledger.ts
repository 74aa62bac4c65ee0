// What Postgres holds when all is over, read without any of the gateway's own queries.
import pg from 'pg';

/** One entry of the audit. */
export type LedgerEntry = {
  readonly writer: string;
  readonly seq: number;
  readonly hash: string;
  readonly text: string;
  readonly kind: string;
  readonly exchange: string | null;
  readonly body: Readonly<Record<string, unknown>>;
};

const AT_ONCE = 20_000;

/** Every entry, chain by chain in order. */
export const readLedger = async (url: string): Promise<LedgerEntry[]> => {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const entries: LedgerEntry[] = [];
  try {
    await client.query('begin transaction isolation level repeatable read read only');
    await client.query(
      'declare entries no scroll cursor for select writer, seq, hash, text from audit_entries order by writer, seq',
    );
    for (;;) {
      const { rows } = await client.query<{ writer: string; seq: string; hash: string; text: string }>(
        `fetch ${AT_ONCE} from entries`,
      );
      for (const { writer, seq, hash, text } of rows) {
        const said = JSON.parse(text) as Pick<LedgerEntry, 'kind' | 'exchange' | 'body'>; // what record.ts writes
        entries.push({
          writer,
          seq: Number(seq),
          hash,
          text,
          kind: said.kind,
          exchange: said.exchange,
          body: said.body,
        });
      }
      if (rows.length === 0) return entries;
    }
  } finally {
    await client.end();
  }
};
