// gatehouse audit: exports the audit, proves one record, makes a checkpoint, rotates the signing key; and verifies what was
// exported, with nothing but the file.
import { createWriteStream } from 'node:fs';
import { rename, rm, writeFile } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { parseArgs } from 'node:util';
import { auditProof, proofText } from '../audit/proof.ts';
import { drop } from './audit-drop.ts';
import { verify } from './audit-verify.ts';
import type { Command } from './command.ts';
import { Answer, answered, client, print, WrongUse } from './command.ts';

const OPTIONS = {
  json: { type: 'boolean', default: false },
  out: { type: 'string' },
  from: { type: 'string' },
  to: { type: 'string' },
} as const;

type Values = ReturnType<typeof parseArgs<{ options: typeof OPTIONS; allowPositionals: true }>>['values'];

const outOf = ({ out }: Values): string => {
  if (out === undefined) throw new WrongUse('--out FILE is needed');
  return out;
};

const instant = (name: string, text: string | undefined): Record<string, string> => {
  if (text === undefined) return {};
  const ms = Date.parse(text);
  if (Number.isNaN(ms)) throw new WrongUse(`--${name} takes a time like 2026-11-01 or 2026-11-01T09:00:00Z`);
  return { [name]: new Date(ms).toISOString() };
};

/** Makes a checkpoint; where the audit is broken says so, and leaves it at that. */
const checkpointBefore = async (): Promise<string | undefined> => {
  const reply = await client().checkpoints.$post();
  if (reply.ok) return undefined;
  try {
    await answered(reply);
  } catch (error) {
    return error instanceof Answer ? error.message : String(error);
  }
  return undefined;
};

const exportTo = async (values: Values): Promise<void> => {
  const out = outOf(values);
  const query = { ...instant('from', values.from), ...instant('to', values.to) };
  // What is exported is then wholly signed; an export of the past needs no new one.
  const note = values.to === undefined ? await checkpointBefore() : undefined;
  const reply = await client().audit.export.$get({ query });
  if (!reply.ok || reply.body === null) throw new Answer(`the gateway answered ${reply.status}`);
  const part = `${out}.part`;
  let bytes = 0;
  try {
    await pipeline(
      Readable.fromWeb(reply.body),
      async function* (chunks: AsyncIterable<Uint8Array>) {
        for await (const chunk of chunks) {
          bytes += chunk.byteLength;
          yield chunk;
        }
      },
      createWriteStream(part, { mode: 0o600 }),
    );
  } catch (error) {
    await rm(part, { force: true });
    throw new Answer(`the export broke off: ${error instanceof Error ? error.message : 'unknown'}`);
  }
  await rename(part, out);
  print(values.json, { file: out, bytes, note: note ?? null }, [
    `${out}: ${bytes} bytes. Check it with: gatehouse audit verify ${out}`,
    ...(note === undefined ? [] : [`note: no checkpoint was made. ${note}`]),
  ]);
};

const prove = async (values: Values, exchange: string | undefined): Promise<void> => {
  if (exchange === undefined) throw new WrongUse('audit prove takes an exchange (ex_...)');
  const out = outOf(values);
  const ask = () => client().records[':exchange'].proof.$get({ param: { exchange } });
  let reply = await ask();
  if (reply.status === 409) {
    await checkpointBefore();
    reply = await ask();
  }
  const proof = auditProof.parse(await answered(reply));
  await writeFile(out, proofText(proof), { mode: 0o600 });
  print(values.json, { file: out, exchange, entries: proof.entries.length }, [
    `${out}: ${exchange}, ${proof.entries.length} entries. Check it with: gatehouse audit verify --proof ${out}`,
  ]);
};

const checkpoint = async (values: Values): Promise<void> => {
  const { made, newest } = await answered(await client().checkpoints.$post());
  print(values.json, { made, newest }, [
    newest === null
      ? 'There is nothing to sign yet.'
      : `Checkpoint ${newest.number} of ${newest.at}${made === 0 ? ' covers everything already' : ` covers ${newest.size} entries`}.`,
  ]);
};

const rotate = async (values: Values): Promise<void> => {
  const keys = await answered(await client().signing_keys.rotate.$post());
  print(values.json, keys, [`Key ${keys.current} signs from now on; the one before signed the rotation.`]);
};

const ACKNOWLEDGE = {
  json: { type: 'boolean', default: false },
  writer: { type: 'string' },
  seq: { type: 'string' },
  reason: { type: 'string' },
} as const;

const acknowledge = async (args: readonly string[]): Promise<void> => {
  const { values } = parseArgs({ args: [...args], options: ACKNOWLEDGE });
  const { writer, seq = '', reason } = values;
  if (writer === undefined || reason === undefined || !/^-?\d{1,15}$/.test(seq))
    throw new WrongUse(
      'audit acknowledge needs --writer W --seq N --reason TEXT, as the break is named: W/N',
    );
  const json = { writer, seq: Number(seq), reason };
  const said = await answered(await client().acknowledgements.$post({ json }));
  print(values.json, said, [
    `Acknowledged, for good: ${said.words} (${said.kind}). Checkpoints go on after it; every export names it.`,
  ]);
};

const run = async (args: readonly string[]): Promise<void> => {
  const [verb = '', ...rest] = args;
  if (verb === 'verify') return verify(rest);
  if (verb === 'drop') return drop(rest);
  if (verb === 'acknowledge') return acknowledge(rest);
  const { values, positionals } = parseArgs({ args: rest, options: OPTIONS, allowPositionals: true });
  if (positionals.length > (verb === 'prove' ? 1 : 0))
    throw new WrongUse(`audit ${verb} takes no ${positionals.at(-1)}`);
  if (verb === 'export') return exportTo(values);
  if (verb === 'prove') return prove(values, positionals[0]);
  if (verb === 'checkpoint') return checkpoint(values);
  if (verb === 'rotate-key') return rotate(values);
  throw new WrongUse('audit export | verify | prove | checkpoint | rotate-key | acknowledge | drop');
};

export const audit: Command = {
  lines: [
    ['audit export --out FILE [--from T] [--to T]', 'write the audit with its proof: whole checkpoints only'],
    [
      'audit verify FILE [--key ID|FILE] [--anchor FILE] [--not-before T]',
      'check an export; needs no gateway',
    ],
    ['audit prove EXCHANGE --out FILE', 'write the proof of one record'],
    ['audit verify --proof FILE [--key ID|FILE]', 'check the proof of one record'],
    ['audit checkpoint', 'sign everything up to now'],
    ['audit rotate-key', 'hand the signing key on to a new one'],
    ['audit acknowledge --writer W --seq N --reason TEXT', 'go on signing after a break, which stays named'],
    ['audit drop --before 2026-08 [--dry-run]', "drop whole months, as the database's owner; signed"],
  ],
  run,
};
