// Drives a client through a started gateway to the scripted model, and looks at what it printed, what the model heard and what the
// records say. Whatever is started here is stopped here, and goes with this process however that ends.
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { modelOn, SECRET, setupOf } from '../clients/setup.ts';
import { MAIN } from '../kit/cli.ts';
import type { Talk } from '../kit/conversing/index.ts';
import { failure, startConversing, talkOf, turnOf } from '../kit/conversing/index.ts';
import type { Running } from '../kit/process.ts';
import { startProcess } from '../kit/process.ts';
import type { Scripted, Seen, Upstream } from '../kit/upstream.ts';
import type { CliClient } from './clients.ts';
import { ANSWER, answerFrom, NOTE, READ } from './model.ts';

/** What is asked of every client on every backend. */
export const CASES = ['answers', 'reads a file', 'goes on after a failure', 'goes on after a cut'] as const;
export type Case = (typeof CASES)[number];

/** A client on a backend. */
export interface Cell {
  readonly client: CliClient;
  readonly backend: Talk;
  readonly asked: Case;
}

/** What came of it; no faults: it works. */
export interface Outcome {
  readonly faults: readonly string[];
  /** What the gateway recorded of it, an exchange each. */
  readonly records: readonly string[];
  readonly seconds: number;
}

/** A gateway with its upstream, for all cells. */
export interface Stage {
  drive(cell: Cell): Promise<Outcome>;
  stop(): Promise<void>;
}

const ADMIN_TOKEN = 'cli-clients-admin-token-0123456789';
const START_MS = 60_000;
/** How long a client may take; they try again for minutes. */
const CLIENT_MS = 120_000;
/** A record may be sealed a moment after its client has ended. */
const SEAL_MS = 5_000;
/** So many pieces come before a cut. */
const PIECES = 4;

/** Starts them. `bin` is the folder of the clients' commands; what is written goes into `folder`. */
export const startStage = async (bin: string, folder: string): Promise<Stage> => {
  let pending: Case | undefined;
  const upstream = await startConversing({
    answers: answerFrom,
    instead: (talk, { turn, whole }) => {
      // What has no tools is a title or a summary, whose failure nobody sees.
      if (turn.tools.length === 0) return undefined;
      const trouble = troubleOf(pending, talk, whole);
      if (trouble !== undefined) pending = undefined;
      return trouble;
    },
  });
  const gateway = await startGateway(folder, upstream).catch(async (error: unknown) => {
    await upstream.stop();
    throw error;
  });
  const { url, minted } = JSON.parse(gateway.match[0]);
  const key = String(minted[0].key);
  let number = 0;
  return {
    drive: async (cell) => {
      number += 1;
      pending = cell.asked;
      return drive(cell, { upstream, url, key, bin, folder: join(folder, String(number)) });
    },
    stop: async () => {
      await gateway.stop();
      await upstream.stop();
    },
  };
};

const troubleOf = (asked: Case | undefined, talk: Talk, whole: Scripted): Scripted | undefined => {
  if (asked === 'goes on after a failure') return failure(talk, 503, 'Overloaded for now.');
  if (asked !== 'goes on after a cut' || !('sse' in whole)) return undefined;
  return { ...whole, sse: whole.sse.slice(0, PIECES), cutAfter: PIECES };
};

const startGateway = (folder: string, upstream: Upstream): Promise<Running> => {
  const config = join(folder, 'gatehouse.yaml');
  writeFileSync(config, setupOf(upstream.url));
  const env = {
    GATEHOUSE_ADMIN_TOKEN: ADMIN_TOKEN,
    GATEHOUSE_CONFIG: config,
    GATEHOUSE_DATA: join(folder, 'data'),
    GATEHOUSE_PORT: '0',
  };
  return startProcess([MAIN, 'start', '--json'], env, { ready: /^\{[\s\S]*^\}$/m, timeoutMs: START_MS });
};

interface Around {
  readonly upstream: Upstream;
  readonly url: string;
  readonly key: string;
  readonly bin: string;
  readonly folder: string;
}

const drive = async ({ client, backend, asked }: Cell, around: Around): Promise<Outcome> => {
  const { upstream, url, key, bin, folder } = around;
  const begun = Date.now();
  const word = `w${Math.random().toString(36).slice(2)}`;
  const place = {
    ...{ url, key, model: modelOn(client.family, backend) },
    ...{ home: join(folder, 'home'), work: join(folder, 'work') },
  };
  const reads = asked === 'reads a file';
  const start = client.start(place, reads ? READ : 'Say something.');
  mkdirSync(place.home, { recursive: true });
  write({ ...start.files, [join(place.work, NOTE)]: `${word}\n` });
  const before = upstream.requests.length;
  const printed = await printedBy(
    join(bin, client.command),
    start.args,
    { HOME: place.home, ...start.env },
    place.work,
  );
  const seen = upstream.requests.slice(before);
  const records = await recordsSince(url, new Date(begun).toISOString());
  const wanted = reads ? word : ANSWER;
  return {
    faults: [
      ...(printed.code === 0 ? [] : [`ended with ${printed.code}`]),
      ...(printed.text.includes(wanted) ? [] : [`did not print "${wanted}": ${printed.text.slice(-1_500)}`]),
      ...upstreamFaults(seen, { backend, key, word: reads ? word : undefined }),
      ...recordFaults(records, { client, backend, asked }),
    ],
    records: records.map(
      ({ method, path, dialect, model, backend: by, ending, status, code }) =>
        `${method} ${path} ${dialect} ${model ?? '-'} -> ${by ?? '-'}: ${ending} ${status} ${code ?? ''}`,
    ),
    seconds: Math.round((Date.now() - begun) / 100) / 10,
  };
};

const write = (files: Readonly<Record<string, string>>): void => {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  }
};

/** Runs a command to its end, or to the end of its time. */
const printedBy = async (
  command: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  cwd: string,
): Promise<{ code: number | null | 'too late'; text: string }> => {
  // There is nothing to wait for: it is started when it is started.
  const running = await startProcess(args, env, { ready: /^/, command, cwd });
  let late = false;
  const timer = setTimeout(() => {
    late = true;
    void running.stop(1_000);
  }, CLIENT_MS);
  const { code } = await running.exited;
  clearTimeout(timer);
  return { code: late ? 'too late' : code, text: `${running.stdout()}\n--- stderr\n${running.stderr()}` };
};

const upstreamFaults = (
  seen: readonly Seen[],
  { backend, key, word }: { backend: Talk; key: string; word: string | undefined },
): string[] => [
  ...(seen.length === 0 ? ['the model was not asked'] : []),
  ...seen.flatMap((request) => {
    const everything = `${request.path}\n${request.rawHeaders.join('\n')}\n${request.body.toString()}`;
    return [
      ...(talkOf(request) === backend ? [] : [`asked ${request.path} of ${backend}`]),
      ...(request.headers.authorization === `Bearer ${SECRET}` ? [] : ['asked without our credential']),
      ...(everything.includes(key) ? ["told the caller's key"] : []),
      ...turnFaults(request),
    ];
  }),
  ...(word === undefined || seen.some((request) => request.body.includes(word))
    ? []
    : ['did not bring the result']),
];

const turnFaults = (request: Seen): string[] => {
  try {
    turnOf(request);
    return [];
  } catch (error) {
    return [`said what no server takes: ${String(error)}`];
  }
};

type Kept = Readonly<Record<string, string | number | null>>;

const recordsSince = async (url: string, from: string): Promise<readonly Kept[]> => {
  for (const until = Date.now() + SEAL_MS; ; ) {
    const reply = await fetch(`${url}/admin/v1/records?limit=100&from=${encodeURIComponent(from)}`, {
      headers: { authorization: `Bearer ${ADMIN_TOKEN}` },
    });
    const { items }: { items: Kept[] } = JSON.parse(await reply.text());
    if (items.every(({ sealed_at }) => sealed_at !== null) || Date.now() > until) return items.reverse();
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
};

const recordFaults = (records: readonly Kept[], { client, backend, asked }: Cell): string[] => {
  const calls = records.filter(({ endpoint }) => endpoint === 'chat');
  const mine = calls.filter(({ dialect }) => dialect === client.talk);
  const bad = calls.filter(({ ending }) => ending !== 'complete');
  const troubled = asked.startsWith('goes on');
  return [
    ...(mine.length === 0 ? [`no record of ${client.talk}`] : []),
    ...mine.filter((one) => one.backend !== backend).map((one) => `recorded with backend ${one.backend}`),
    ...(troubled && bad.length === 0 ? ['no record of the trouble'] : []),
    ...(troubled ? [] : bad.map(({ path, ending, code }) => `${path} ended ${ending}: ${code}`)),
  ];
};
