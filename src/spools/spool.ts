// The contract of the spools rack: where an entry of the audit is durable before the gateway goes on.
import type { Entry } from '../audit/record.ts';

/** Takes the audit's entries. */
export type Spool = {
  /** Who writes: `wr_...`, one per process or isolate. */
  readonly writer: string;
  /** Resolves when the entry is durable; rejects when it is not and will not be. Entries keep the order of the calls. */
  append(entry: Entry): Promise<void>;
  /** Resolves when everything taken so far is in Postgres. */
  flush(): Promise<void>;
};
