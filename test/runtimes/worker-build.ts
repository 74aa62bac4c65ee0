// The Worker as wrangler bundles it for a deploy, run by workerd through Miniflare.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { convertV4MiniflareOptions, Miniflare } from 'miniflare';

const ROOT = join(import.meta.dirname, '../..');
const WRANGLER = join(
  dirname(createRequire(import.meta.url).resolve('wrangler/package.json')),
  'bin/wrangler.js',
);

/** What a dry run of a deploy gave. */
export type Build = { readonly script: string; readonly gzipKiB: number };

/** Runs `wrangler deploy --dry-run`; leaves its output in `folder`. */
export const buildWorker = (folder: string): Build => {
  const said = execFileSync(process.execPath, [WRANGLER, 'deploy', '--dry-run', '--outdir', folder], {
    cwd: ROOT,
    encoding: 'utf8',
    env: {
      PATH: [dirname(process.execPath), process.env.PATH ?? ''].join(':'),
      // Its logs and settings go where the bundle goes.
      HOME: folder,
      XDG_CONFIG_HOME: folder,
      WRANGLER_SEND_METRICS: 'false',
      CLOUDFLARE_CF_FETCH_ENABLED: 'false',
    },
  });
  const gzipKiB = Number(/gzip: ([\d.]+) KiB/.exec(said)?.[1] ?? Number.NaN);
  return { script: readFileSync(join(folder, 'workers.js'), 'utf8'), gzipKiB };
};

/** The settings of wrangler.jsonc that workerd itself takes. */
const settings = (): { compatibilityDate: string; compatibilityFlags: string[] } => {
  const text = readFileSync(join(ROOT, 'wrangler.jsonc'), 'utf8').replaceAll(/^\s*\/\/.*$/gm, '');
  const { compatibility_date: compatibilityDate, compatibility_flags: compatibilityFlags } = JSON.parse(text);
  return { compatibilityDate, compatibilityFlags };
};

/** Runs the bundle on a port of its own. */
export const runWorker = async (
  script: string,
  bindings: Readonly<Record<string, string>>,
): Promise<{ url: string; stop(): Promise<void> }> => {
  const worker = new Miniflare(
    convertV4MiniflareOptions({
      host: '127.0.0.1',
      port: 0,
      modules: [{ type: 'ESModule', path: 'workers.js', contents: script }],
      bindings: { ...bindings },
      durableObjects: { AUDIT_SPOOL: { className: 'AuditSpool', useSQLite: true } },
      cf: false,
      // workerd says of every stream that was broken on purpose that it broke.
      handleStructuredLogs: ({ level, message }) => {
        if (!message.includes('the reply broke')) console.log(`workerd ${level}: ${message}`);
      },
      ...settings(),
    }),
  );
  const { origin } = await worker.ready;
  return { url: origin, stop: () => worker.dispose() };
};
