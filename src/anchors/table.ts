// Checkpoints on a timer: what is due is made, and every anchor gets each at least once, over restarts and outages. The
// timer itself is the runtime's.
import { sql } from 'kysely';
import { saidIn, statement } from '../audit/checkpoint.ts';
import { ChainBroken } from '../audit/cover.ts';
import { eachCheckpoint, lastCheckpoint, makeCheckpoints } from '../checkpoints/table.ts';
import type { Ports } from '../ports.ts';
import type { SigningMeans } from '../signing/table.ts';
import type { Db } from '../stores/store.ts';
import type { Anchor } from './anchor.ts';
import { AnchorConflict } from './anchor.ts';

/** What checkpoints on a timer need. */
export type CheckpointingMeans = SigningMeans & Pick<Ports, 'log'>;

const nameOf = (error: unknown): string => (error instanceof Error ? error.constructor.name : 'unknown');

const markOf = async (db: Db, anchor: string): Promise<number> => {
  const row = await db
    .selectFrom('audit_anchored')
    .select('number')
    .where('anchor', '=', anchor)
    .executeTakeFirst();
  return row?.number ?? 0;
};

const setMark = async (db: Db, anchor: string, number: number): Promise<void> => {
  await sql`insert into audit_anchored (anchor, number) values (${anchor}, ${number}::bigint)
    on conflict (anchor) do update set number = greatest(audit_anchored.number, excluded.number)`.execute(db);
};

/** One anchor and how far it has come. */
class Sending {
  readonly #means: CheckpointingMeans;
  readonly #anchor: Anchor;
  /** All up to here are there. Undefined until the anchor was asked. */
  #sent: number | undefined;

  constructor(means: CheckpointingMeans, anchor: Anchor) {
    this.#means = means;
    this.#anchor = anchor;
  }

  /** Sends what is missing up to `newest`, in order; stops where the anchor fails, to go on at the next tick. */
  async run(newest: number): Promise<void> {
    const { store, log } = this.#means;
    const { name } = this.#anchor;
    try {
      const known = this.#sent === undefined ? await this.#anchor.known() : undefined;
      const mark = this.#sent ?? (known === undefined ? await markOf(store.db, name) : 0);
      const highest = Math.max(mark, ...(known ?? []));
      if (highest > newest)
        log('error', 'audit_checkpoints_lost', { anchor: name, anchored: highest, newest });
      // At a start the newest goes again: an anchor that has another one says so.
      const from = this.#sent ?? Math.min(mark, newest - 1);
      for await (const { number, ...checkpoint } of eachCheckpoint(store.db, Math.max(from, 0))) {
        if (known?.has(number) === true && number < newest) continue;
        await this.#send(number, checkpoint);
        if (known === undefined) this.#sent = number;
      }
      this.#sent = newest;
      if (known === undefined && newest > mark) await setMark(store.db, name, newest);
    } catch (error) {
      log('warn', 'audit_anchor_failed', { anchor: name, sent: this.#sent ?? null, error: nameOf(error) });
    }
  }

  async #send(
    number: number,
    checkpoint: { readonly text: string; readonly signature: string },
  ): Promise<void> {
    try {
      await this.#anchor.send(number, checkpoint);
    } catch (error) {
      if (!(error instanceof AnchorConflict)) throw error;
      // Sending again would change nothing; what the anchor has is the evidence.
      this.#means.log('error', 'audit_anchor_conflict', { anchor: this.#anchor.name, number });
    }
  }
}

/** Checkpoints on a timer. `tick` never rejects, and two at a time are one. */
export type Checkpointing = { tick(): Promise<void> };

/**
 * What a runtime's timer calls every `everyMs`, on any number of replicas. Logs `audit_chain_broken` where the audit does not
 * hold, `audit_checkpoints_lost` where checkpoints that were seen are gone: nothing is signed over either.
 */
export const checkpointing = (
  means: CheckpointingMeans,
  { everyMs, anchors }: { readonly everyMs: number; readonly anchors: readonly Anchor[] },
): Checkpointing => {
  const sendings = anchors.map((anchor) => new Sending(means, anchor));
  let seen = 0;
  const make = async (): Promise<void> => {
    const last = await lastCheckpoint(means.store.db);
    if ((last?.number ?? 0) < seen) {
      means.log('error', 'audit_checkpoints_lost', { seen, newest: last?.number ?? 0 });
      return;
    }
    seen = last?.number ?? 0;
    const madeMs = Date.parse((last === undefined ? undefined : saidIn(statement, last)?.at) ?? '');
    // Another replica's timer was faster.
    if (means.now() - madeMs < everyMs / 2) return;
    for (const { number } of await makeCheckpoints(means)) {
      seen = number;
      means.log('info', 'audit_checkpoint_made', { number });
    }
  };
  const run = async (): Promise<void> => {
    try {
      await make();
    } catch (error) {
      if (error instanceof ChainBroken) means.log('error', 'audit_chain_broken', { words: error.message });
      else means.log('warn', 'audit_checkpoint_failed', { error: nameOf(error) });
    }
    try {
      const newest = (await lastCheckpoint(means.store.db))?.number ?? 0;
      await Promise.all(sendings.map((sending) => sending.run(newest)));
    } catch (error) {
      means.log('warn', 'audit_anchor_failed', { error: nameOf(error) });
    }
  };
  let running: Promise<void> | undefined;
  return {
    tick: () => {
      running ??= run().finally(() => {
        running = undefined;
      });
      return running;
    },
  };
};
