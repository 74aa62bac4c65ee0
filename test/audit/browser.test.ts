// The verifier in a browser: one bundle without a Node module in it, run where there is no Node.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { expect, it } from 'vitest';
import { randomLedger } from '../kit/ledger.ts';

const AUDIT = join(import.meta.dirname, '../../src/audit');

/** Any SHA-256 will do; this one is written for being short. */
const PAGE = `
import { BytesVerifier } from '${AUDIT}/verify-bytes.ts';
export { verifyProof } from '${AUDIT}/proof.ts';
const primes = []; for (let n = 2; primes.length < 64; n++) if (primes.every((p) => n % p)) primes.push(n);
const part = (x) => ((x - Math.floor(x)) * 2 ** 32) | 0;
const K = primes.map((p) => part(Math.cbrt(p)));
const sha256 = (data) => {
  const blocks = (data.length + 9 + 63) >> 6, bytes = new Uint8Array(blocks * 64), view = new DataView(bytes.buffer);
  bytes.set(data); bytes[data.length] = 128; view.setUint32(bytes.length - 4, data.length * 8);
  const H = primes.slice(0, 8).map((p) => part(Math.sqrt(p))), r = (x, n) => (x >>> n) | (x << (32 - n));
  for (let at = 0; at < bytes.length; at += 64) {
    const W = Array.from({ length: 16 }, (_, i) => view.getInt32(at + 4 * i));
    for (let i = 16; i < 64; i++) W[i] = (W[i - 16] + W[i - 7] + (r(W[i - 15], 7) ^ r(W[i - 15], 18) ^ (W[i - 15] >>> 3)) + (r(W[i - 2], 17) ^ r(W[i - 2], 19) ^ (W[i - 2] >>> 10))) | 0;
    let [a, b, c, d, e, f, g, h] = H;
    for (let i = 0; i < 64; i++) {
      const t = (h + (r(e, 6) ^ r(e, 11) ^ r(e, 25)) + ((e & f) ^ (~e & g)) + K[i] + W[i]) | 0;
      const u = ((r(a, 2) ^ r(a, 13) ^ r(a, 22)) + ((a & b) ^ (a & c) ^ (b & c))) | 0;
      [h, g, f, e, d, c, b, a] = [g, f, e, (d + t) | 0, c, b, a, (t + u) | 0];
    }
    [a, b, c, d, e, f, g, h].forEach((x, i) => { H[i] = (H[i] + x) | 0; });
  }
  const out = new DataView(new ArrayBuffer(32)); H.forEach((x, i) => out.setInt32(4 * i, x));
  return new Uint8Array(out.buffer);
};
const hex = (bytes) => [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
const utf8 = new TextEncoder();
export const verify = async (text) => {
  const verifier = new BytesVerifier({ bytes: sha256, hex: (data) => hex(sha256(typeof data === 'string' ? utf8.encode(data) : data)) });
  await verifier.push(utf8.encode(text));
  return verifier.end();
};
`;

it('is one bundle with no Node in it, and says there what it says here', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-browser-'));
  try {
    const made = await build({
      stdin: { contents: PAGE, resolveDir: AUDIT, loader: 'js' },
      bundle: true,
      platform: 'browser',
      format: 'esm',
      write: false,
      metafile: true,
      minify: true,
    });
    const imported = Object.values(made.metafile.outputs).flatMap(({ imports }) =>
      imports.map(({ path }) => path),
    );
    expect(imported).toEqual([]);
    expect(Object.keys(made.metafile.inputs).filter((path) => /hono|kysely|\/pg\/|node:/.test(path))).toEqual(
      [],
    );
    const lines = await (await randomLedger(8, { writers: 3, steps: 40, checkpoints: 3 })).lines();
    const altered = lines.map((line, at) => (at === 5 ? line.replace('"v":1', '"v":2') : line));
    writeFileSync(join(folder, 'verify.mjs'), made.outputFiles[0]?.text ?? '');
    writeFileSync(
      join(folder, 'main.mjs'),
      `import { verify } from './verify.mjs';
       const [good, bad] = await Promise.all([${JSON.stringify(lines.join(''))}, ${JSON.stringify(altered.join(''))}].map(verify));
       console.log(JSON.stringify({ good, bad }));`,
    );
    const deno = join(import.meta.dirname, '../../node_modules/.bin/deno');
    const said = execFileSync(deno, ['run', '--no-config', '--cached-only', join(folder, 'main.mjs')], {
      encoding: 'utf8',
      cwd: folder,
    });
    const { good, bad }: { good: { fault?: unknown; entries: number }; bad: { fault: unknown } } =
      JSON.parse(said);
    expect(good.fault).toBeUndefined();
    expect(good.entries).toBeGreaterThan(20);
    expect(bad.fault).toMatchObject({ line: 6 });
  } finally {
    rmSync(folder, { recursive: true });
  }
});
