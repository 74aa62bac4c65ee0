// A Worker that does with the Durable Object spool what a test asks for. Bundled by ./durable-object-run.ts.
import type { DurableObjectState } from 'cloudflare:workers';
import type { Entry } from '../../src/audit/record.ts';
import { AuditSpool as Spool } from '../../src/runtimes/workers-spool.ts';
import { durableObjectSpool, isSpoolNamespace } from '../../src/spools/durable-object-port.ts';
import { SpoolRefuses } from '../../src/spools/spool.ts';

type Bindings = Readonly<Record<string, unknown>>;

/** What a test may set of an object's means besides its settings. */
const overOf = (bindings: Bindings): { lostAfterMs?: number; limitBytes?: number } =>
  typeof bindings.OVER === 'string' ? JSON.parse(bindings.OVER) : {};

export class AuditSpool extends Spool {
  constructor(state: DurableObjectState, bindings: Bindings) {
    super(state, bindings, overOf(bindings));
  }
}

/** One port for the isolate, as the gateway has. */
let spool: ReturnType<typeof durableObjectSpool> | undefined;

const told = (error: unknown): string =>
  error instanceof SpoolRefuses ? `refuses ${error.message}` : `fails ${String(error)}`;

/** `POST /append`: entries at once; `POST /follow`: one after the other. Answers with what became of each. */
export const worker = {
  fetch: async (request: Request, bindings: Bindings): Promise<Response> => {
    if (!isSpoolNamespace(bindings.AUDIT_SPOOL)) return new Response('no binding', { status: 500 });
    spool ??= durableObjectSpool(bindings.AUDIT_SPOOL, { shards: Number(bindings.SHARDS ?? 1) });
    const port = spool;
    const { pathname, searchParams } = new URL(request.url);
    if (pathname === '/state') return Response.json(await port.states());
    if (pathname === '/flush') {
      await port.flush(Number(searchParams.get('ms')));
      return Response.json(await port.states());
    }
    const entries: Entry[] = JSON.parse(await request.text());
    const append = (entry: Entry): Promise<string> => port.append(entry).then(() => 'kept', told);
    if (pathname === '/append') return Response.json(await Promise.all(entries.map(append)));
    const results: string[] = [];
    for (const entry of entries) results.push(await append(entry));
    return Response.json(results);
  },
};
