// `npm run test:cli`: installs Claude Code, Codex and opencode into a folder of its own and drives each through a started gateway to
// a scripted model, on every backend its dialect reaches. `-- --only NAME` drives those whose line holds that; `-- --installed FOLDER` takes
// what is installed there. Needs npm's registry and a gigabyte.
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { CLI_CLIENTS } from '../test/cli-clients/clients.ts';
import type { Cell, Stage } from '../test/cli-clients/run.ts';
import { CASES, startStage } from '../test/cli-clients/run.ts';
import { BACKENDS, reaches } from '../test/clients/setup.ts';
import { startProcess, watchdog } from '../test/kit/process.ts';

const INSTALL_MS = 10 * 60_000;

/** Installs the clients; resolves with the folder of their commands. */
const install = async (folder: string): Promise<string> => {
  const packages = [...new Set(CLI_CLIENTS.map((client) => client.package))];
  writeFileSync(join(folder, 'package.json'), '{"private": true}');
  console.log(`installing ${packages.join(', ')}`);
  // A registry, a proxy or a certificate of this machine's may be told to npm in any of these.
  const env = Object.fromEntries(
    Object.entries(process.env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
  const npm = await startProcess(
    ['install', '--no-audit', '--no-fund', '--loglevel=error', ...packages],
    env,
    {
      ...{ ready: /^/, command: 'npm', cwd: folder },
    },
  );
  const late = setTimeout(() => void npm.stop(), INSTALL_MS);
  const { code } = await npm.exited;
  clearTimeout(late);
  if (code !== 0) throw new Error(`npm ended with ${code}: ${npm.stderr().slice(-2_000)}`);
  return join(folder, 'node_modules', '.bin');
};

const nameOf = ({ client, backend, asked }: Cell): string => `${client.name} on ${backend}: ${asked}`;

const driveAll = async (stage: Stage, cells: readonly Cell[]): Promise<boolean> => {
  let broken = 0;
  for (const cell of cells) {
    const { faults, records, seconds } = await stage.drive(cell);
    console.log(
      `${faults.length === 0 ? 'works ' : 'BROKEN'} ${seconds.toFixed(1).padStart(6)} s  ${nameOf(cell)}`,
    );
    for (const fault of faults) console.log(`            ${fault.replaceAll('\n', '\n            ')}`);
    if (faults.length > 0) for (const record of records) console.log(`            record: ${record}`);
    if (faults.length > 0) broken += 1;
  }
  console.log(broken === 0 ? `All ${cells.length} work.` : `${broken} of ${cells.length} are broken.`);
  return broken === 0;
};

const { values } = parseArgs({ options: { only: { type: 'string' }, installed: { type: 'string' } } });
const folder = mkdtempSync(join(tmpdir(), 'gatehouse-cli-'));
// However this ends, the gigabyte goes with it; what still writes there goes first.
const guard = watchdog('sleep 2; rm -rf -- "$1"', folder);
let stage: Stage | undefined;
const leave = (code: number) => async (): Promise<void> => {
  await stage?.stop();
  process.exit(code);
};
process.once('SIGINT', () => void leave(130)());
process.once('SIGTERM', () => void leave(143)());
try {
  const bin =
    values.installed === undefined ? await install(folder) : join(values.installed, 'node_modules', '.bin');
  if (!existsSync(bin)) throw new Error(`nothing is installed in ${bin}`);
  stage = await startStage(bin, folder);
  const cells = CLI_CLIENTS.flatMap((client) =>
    BACKENDS.filter((backend) => reaches(client.talk, backend)).flatMap((backend) =>
      CASES.map((asked): Cell => ({ client, backend, asked })),
    ),
  ).filter((cell) => values.only === undefined || nameOf(cell).includes(values.only));
  process.exitCode = (await driveAll(stage, cells)) ? 0 : 1;
} finally {
  await stage?.stop();
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  guard.release();
}
