// What this program uses of Cloudflare's own module; `wrangler types` would write sixteen thousand lines.
declare module 'cloudflare:workers' {
  /** Keeps the current request's work alive after its reply, or after its client has gone. */
  export const waitUntil: (work: Promise<unknown>) => void;

  /** What SQLite holds, blobs left out. */
  export type SqlValue = string | number | null;

  /** The rows of a statement. They are there at once; a cursor that is not read to its end has run all the same. */
  export type SqlCursor<Row extends Record<string, SqlValue>> = Iterable<Row> & {
    toArray(): Row[];
    /** The only row; throws when there is none, or another. */
    one(): Row;
  };

  /** A Durable Object's own storage. Writes with no `await` between them become durable together or not at all. */
  export type DurableObjectStorage = {
    readonly sql: {
      exec<Row extends Record<string, SqlValue>>(query: string, ...values: SqlValue[]): SqlCursor<Row>;
    };
    /** Runs `work`, which waits for nothing; what it wrote is undone when it throws. */
    transactionSync<T>(work: () => T): T;
    /** When the object's one alarm is due; null: none is set, or it is being handled. */
    getAlarm(): Promise<number | null>;
    setAlarm(atMs: number): Promise<void>;
    /** Resolves when everything written so far is durable. */
    sync(): Promise<void>;
  };

  export type DurableObjectState = {
    readonly storage: DurableObjectStorage;
    /** Nothing else reaches the object until `work` has ended; the object is made anew when it fails. */
    blockConcurrencyWhile<T>(work: () => Promise<T>): Promise<T>;
  };

  /** What an object's class extends: its public methods can be called from elsewhere. */
  export abstract class DurableObject<Env = unknown> {
    protected readonly ctx: DurableObjectState;
    protected readonly env: Env;
    constructor(state: DurableObjectState, env: Env);
    /** Called when the alarm is due; called again, a few times, when it throws. */
    alarm?(): Promise<void>;
  }
}

/** The packs as JSON text; made when the Worker is bundled. */
declare module '*/dist/packs.mjs' {
  const text: string;
  // biome-ignore lint/style/noDefaultExport: a text module exports nothing else.
  export default text;
}
