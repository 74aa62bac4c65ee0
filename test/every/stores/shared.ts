// What the checks of the stores share.
import { CompiledQuery, sql } from 'kysely';
import type { Head, Link } from '../../../src/audit/chain.ts';
import { GENESIS, headOf, nextLink } from '../../../src/audit/chain.ts';
import type { Entry } from '../../../src/audit/record.ts';
import type { Author } from '../../../src/changes/table.ts';
import { hashes } from '../../../src/runtimes/hashes.ts';
import type { Statement, Store } from '../../../src/stores/store.ts';

/** When everything in these tests happened. */
export const AT = '2026-01-02T03:04:05.678Z';

export const raw = (text: string, ...parameters: unknown[]): Statement => CompiledQuery.raw(text, parameters);

/** What `work` failed with. */
export const failure = async (work: Promise<unknown>): Promise<Error> => {
  const end = await work.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (!(end instanceof Error)) throw new Error('it did not fail');
  return end;
};

/** The SQLSTATE that `work` failed with. */
export const stateOf = async (work: Promise<unknown>): Promise<unknown> => {
  const error = await failure(work);
  return 'code' in error ? error.code : undefined;
};

/** Rows of plain SQL. */
export const rowsOf = async (store: Store, text: string): Promise<readonly unknown[]> =>
  (await sql.raw(text).execute(store.db)).rows;

let changes = 0;
/** Somebody who changes the configuration. */
export const author = (): Author => ({
  actor: 'tester',
  at: AT,
  atMs: Date.parse(AT),
  ids: () => `chg_${++changes}`,
  sha256: hashes.sha256Hex,
});

/** Links that follow on `head`, as a writer makes them of these entries. */
export const linksOf = (writer: string, entries: readonly Entry[], head: Head = GENESIS): Link[] => {
  const links: Link[] = [];
  let end = head;
  for (const one of entries) {
    const link = nextLink(hashes.sha256Hex, writer, end, one);
    links.push(link);
    end = headOf(link);
  }
  return links;
};

/** An entry of the audit. */
export const entry = (exchange: string, kind: Entry['kind'], body: Entry['body'] = {}): Entry => ({
  exchange,
  kind,
  atMs: Date.parse(AT),
  body,
});
