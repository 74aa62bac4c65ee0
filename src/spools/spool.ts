// The contract of the spools rack: where an entry of the audit is durable before the gateway goes on.
import type { Entry } from '../audit/record.ts';

/** How much waits for Postgres, and how much may. */
export type SpoolState = {
  readonly writer: string;
  readonly waitingEntries: number;
  readonly waitingBytes: number;
  /** When the oldest waiting entry was made; null: none waits. */
  readonly oldestAtMs: number | null;
  readonly limitBytes: number;
  readonly limitAgeMs: number;
  /** Why nothing can be taken now, or null. */
  readonly refuses: 'full' | 'too_old' | 'broken' | null;
};

/** Takes the audit's entries. */
export type Spool = {
  /** Who writes: `wr_...`; one chain each. */
  readonly writer: string;
  /** Resolves when the entry is durable; rejects when it is not. Entries keep the order of the calls. */
  append(entry: Entry): Promise<void>;
  /** Resolves when everything taken so far is in Postgres, or after `timeoutMs`. */
  flush(timeoutMs: number): Promise<void>;
  state(): SpoolState | Promise<SpoolState>;
  close(): Promise<void>;
};

/** The spool takes nothing now: past its bound, or its disk refuses. */
export class SpoolRefuses extends Error {}
