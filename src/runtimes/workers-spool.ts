// The spool's object as Cloudflare makes it: Postgres by its HTTP face, and the bound that the Worker's settings name.
import type { DurableObjectState } from 'cloudflare:workers';
import { LOST_AFTER_MS } from '../audit/lost.ts';
import { appendLinks, headInStore } from '../audit/table.ts';
import { ConfigFault, readConfig } from '../config.ts';
import { newId } from '../ids.ts';
import type { SpoolObjectMeans } from '../spools/durable-object.ts';
import { SpoolObject } from '../spools/durable-object.ts';
import { neonStore } from '../stores/neon.ts';
import type { Store } from '../stores/store.ts';
import { VERSION } from '../version.ts';
import { hashes } from './hashes.ts';
import { lineLog } from './log.ts';

/** Variables and secrets of the Worker, and whatever else is bound to it. */
export type Bindings = Readonly<Record<string, unknown>>;

/** Only texts are settings; a binding of another kind is somebody else's. */
export const textsOf = (bindings: Bindings): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(bindings).flatMap(([name, value]) => (typeof value === 'string' ? [[name, value]] : [])),
  );

/** Throws ConfigFault: then no call to the object succeeds, and nothing leaves. */
const meansOf = (bindings: Bindings): SpoolObjectMeans => {
  const config = readConfig(textsOf(bindings), () => {
    throw new Error('no files here');
  });
  const log = lineLog(config.GATEHOUSE_LOG, (line) => console.log(line));
  // Made at the first use: the driver looks at the URL, and an object that cannot ship must still say what it holds.
  let made: Store | undefined;
  const db = (): Store['db'] => {
    if (config.DATABASE_URL === undefined) throw new ConfigFault('DATABASE_URL: needed on Workers');
    made ??= neonStore(config.DATABASE_URL, config.DATABASE_HTTP_ENDPOINT);
    return made.db;
  };
  return {
    newWriter: () => newId('wr', Date.now(), crypto.getRandomValues(new Uint8Array(16))),
    sha256: hashes.sha256Hex,
    now: Date.now,
    log: (event, words) => log('error', event, { words }),
    version: VERSION,
    shippedHead: async (writer) => headInStore(db(), writer),
    ship: async (writer, links) => {
      await db().executeQuery(appendLinks(db(), writer, links));
    },
    limitBytes: config.GATEHOUSE_SPOOL_BYTES,
    limitAgeMs: config.GATEHOUSE_SPOOL_AGE_S * 1000,
    lostAfterMs: LOST_AFTER_MS,
  };
};

/** The class that wrangler.jsonc binds to AUDIT_SPOOL. `over` is for tests, which do not wait for hours. */
export class AuditSpool extends SpoolObject<Bindings> {
  constructor(state: DurableObjectState, bindings: Bindings, over: Partial<SpoolObjectMeans> = {}) {
    super(state, bindings, { ...meansOf(bindings), ...over });
  }
}
