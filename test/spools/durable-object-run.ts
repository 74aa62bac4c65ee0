// Runs the test's Worker on workerd, with its objects' storage in a folder, before a database that can be out of reach.
import { build } from 'esbuild';
import { convertV4MiniflareOptions, Miniflare } from 'miniflare';
import type { Entry } from '../../src/audit/record.ts';
import type { SpoolState } from '../../src/spools/spool.ts';

/** The Worker as one module. */
export const bundle = async (): Promise<string> => {
  const { outputFiles } = await build({
    stdin: {
      contents: `export { AuditSpool, worker as default } from './durable-object-worker.ts'`,
      resolveDir: import.meta.dirname,
    },
    bundle: true,
    write: false,
    format: 'esm',
    target: 'es2024',
    conditions: ['workerd', 'worker', 'browser'],
    external: ['cloudflare:workers', 'node:*'],
    logLevel: 'error',
  });
  return outputFiles[0]?.text ?? '';
};

/** A running Worker. */
export type Run = {
  /** Sends entries at once, or one after the other; what became of each: `kept`, `refuses ...`, `fails ...`. */
  send(way: 'append' | 'follow', entries: readonly Entry[]): Promise<string[]>;
  /** Ships what there is; waits up to `ms`. */
  flush(ms: number): Promise<SpoolState[]>;
  states(): Promise<SpoolState[]>;
  state(): Promise<SpoolState>;
  /** Ends workerd at once, as a machine's end would. */
  stop(): Promise<void>;
};

/** Starts the Worker; `folder` keeps its objects' storage. */
export const run = async (
  script: string,
  folder: string,
  bindings: Readonly<Record<string, string>>,
): Promise<Run> => {
  const miniflare = new Miniflare(
    convertV4MiniflareOptions({
      host: '127.0.0.1',
      port: 0,
      modules: [{ type: 'ESModule', path: 'worker.js', contents: script }],
      compatibilityDate: '2026-10-01',
      compatibilityFlags: ['nodejs_compat', 'enable_request_signal'],
      bindings: { ...bindings },
      durableObjects: { AUDIT_SPOOL: { className: 'AuditSpool', useSQLite: true } },
      resourcePersistencePath: folder,
      cf: false,
      handleStructuredLogs: () => undefined,
    }),
  );
  const { origin } = await miniflare.ready;
  const asked = async <T>(path: string, init?: RequestInit): Promise<T> => {
    const reply = await fetch(origin + path, init);
    const text = await reply.text();
    if (!reply.ok) throw new Error(`${path}: ${reply.status} ${text}`);
    return JSON.parse(text);
  };
  const states = () => asked<SpoolState[]>('/state');
  return {
    send: (way, entries) => asked(`/${way}`, { method: 'POST', body: JSON.stringify(entries) }),
    flush: (ms) => asked(`/flush?ms=${ms}`),
    states,
    state: async () => {
      const [state] = await states();
      if (state === undefined) throw new Error('no object');
      return state;
    },
    stop: () => miniflare.dispose(),
  };
};
