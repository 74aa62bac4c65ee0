// gatehouse start: a gateway on this machine.
import { parseArgs } from 'node:util';
import { ConfigFault } from '../config.ts';
import { startNode } from '../runtimes/node.ts';
import { SetupFault } from '../setup/fault.ts';
import type { Command } from './command.ts';
import { Answer, print } from './command.ts';

const run = async (args: readonly string[]): Promise<void> => {
  const { values } = parseArgs({ args: [...args], options: { json: { type: 'boolean', default: false } } });
  const running = await startNode(process.env).catch(explained);
  // Before it says that it is ready: whoever reads that may end it at once.
  const stop = (): void => {
    process.off('SIGTERM', stop).off('SIGINT', stop);
    running.stop().then(
      () => process.exit(0),
      () => process.exit(1),
    );
  };
  process.on('SIGTERM', stop).on('SIGINT', stop);
  const seconds = Math.round(performance.now() / 10) / 100;
  const url = `http://${running.host.includes(':') ? `[${running.host}]` : running.host}:${running.port}`;
  const minted = running.applied?.minted ?? [];
  const [key] = minted;
  print(values.json, { url, seconds, minted }, [
    `Gatehouse is ready after ${seconds} s: ${url}/v1`,
    ...minted.map(({ name, key }) => `  key "${name}", shown this once: ${key}`),
    ...(running.embedded ? [`  data, root secret and operator token: ${running.dataFolder}/`] : []),
    ...(running.applied?.notes ?? []).map((note) => `  note: ${note}`),
    ...(key === undefined ||
    running.applied?.changes.every(({ subject }) => subject !== 'backend/pretend') === true
      ? []
      : [
          '',
          'Try it:',
          `  curl ${url}/v1/chat/completions -H "Authorization: Bearer ${key.key}" -H "content-type: application/json" \\`,
          `    -d '{"model": "pretend", "messages": [{"role": "user", "content": "Hello"}]}'`,
        ]),
  ]);
};

/** Faults of whoever runs it are told in full; what else went wrong, by main, in a line. */
const explained = (error: unknown): never => {
  if (error instanceof ConfigFault || error instanceof SetupFault) throw new Answer(error.message);
  if (error instanceof Error && 'code' in error && error.code === 'EADDRINUSE')
    throw new Answer(`${error.message.replace(/^listen EADDRINUSE: /, '')}; set GATEHOUSE_PORT to another`);
  throw error;
};

export const start: Command = {
  lines: [['start', 'run a gateway (settings: the environment; see doctor)']],
  run,
};
