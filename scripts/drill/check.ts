// Holds what clients and the upstream know against what the ledger says. Pure.
import { createHash } from 'node:crypto';
import { GENESIS, linkHash } from '../../src/audit/chain.ts';
import type { Told } from './clients.ts';
import type { LedgerEntry } from './ledger.ts';

/** What is claimed, how often it was looked at, and where it does not hold. */
export type Claim = {
  readonly claim: string;
  readonly checked: number;
  readonly breaches: readonly string[];
};

const sha256 = (text: Uint8Array | string): string => createHash('sha256').update(text).digest('hex');

const byExchange = (entries: readonly LedgerEntry[], kind: string): Map<string, LedgerEntry[]> => {
  const found = new Map<string, LedgerEntry[]>();
  for (const entry of entries) {
    if (entry.kind !== kind || entry.exchange === null) continue;
    found.set(entry.exchange, [...(found.get(entry.exchange) ?? []), entry]);
  }
  return found;
};

/** A refusal because no record can be kept, or finished, is the one answer that has none. */
export const UNRECORDED: readonly (string | null)[] = ['audit_unavailable', 'audit_unsealed'];

/** All that the drill claims. */
export const claims = (
  told: readonly Told[],
  seen: ReadonlyMap<string, readonly string[]>,
  entries: readonly LedgerEntry[],
): Claim[] => {
  const opens = byExchange(entries, 'open');
  const seals = byExchange(entries, 'seal');
  return [
    answersAreSealed(told, seals),
    refusalsAreSealed(told, seals),
    reachedIsOpened(told, seen, opens, seals),
    nothingTwice(opens, seals, entries),
    everyOpenIsClosed(opens, seals),
    chainsHold(entries),
  ];
};

const answersAreSealed = (told: readonly Told[], seals: Map<string, LedgerEntry[]>): Claim => {
  const answers = told.filter(({ full, status }) => full && status === 200);
  const breaches = answers.flatMap(({ exchange, promptSha256, bodySha256, phase }) => {
    const found = seals.get(exchange ?? '') ?? [];
    const [seal] = found;
    if (found.length !== 1 || seal === undefined) return [`${phase} ${exchange}: ${found.length} seals`];
    const { ending, prompt_sha256, delivered_sha256 } = seal.body;
    const isTrue = ending === 'complete' && prompt_sha256 === promptSha256 && delivered_sha256 === bodySha256;
    return isTrue ? [] : [`${phase} ${exchange}: sealed as ${String(ending)}, of another prompt or answer`];
  });
  return {
    claim: 'every answer received in full has exactly one sealed record, of that prompt and that answer',
    checked: answers.length,
    breaches,
  };
};

const refusalsAreSealed = (told: readonly Told[], seals: Map<string, LedgerEntry[]>): Claim => {
  const refusals = told.filter(
    ({ full, status, code }) => full && status !== 200 && !UNRECORDED.includes(code),
  );
  const breaches = refusals.flatMap(({ exchange, status, code, phase }) => {
    const found = seals.get(exchange ?? '') ?? [];
    return found.length === 1 && found[0]?.body.ending !== 'complete'
      ? []
      : [`${phase} ${exchange}: ${status} ${code ?? ''} with ${found.length} seals`];
  });
  return {
    claim: 'every refusal received in full is sealed, and as none but a refusal',
    checked: refusals.length,
    breaches,
  };
};

const reachedIsOpened = (
  told: readonly Told[],
  seen: ReadonlyMap<string, readonly string[]>,
  opens: Map<string, LedgerEntry[]>,
  seals: Map<string, LedgerEntry[]>,
): Claim => {
  const prompts = new Map(told.map(({ number, promptSha256 }) => [number, promptSha256]));
  const opened = new Set([...opens.values()].flat().map(({ body }) => body.prompt_sha256));
  const sent = new Map([...seals.values()].flat().map(({ body }) => [body.prompt_sha256, body.sent_sha256]));
  const breaches = [...seen].flatMap(([number, bodies]) => {
    const prompt = prompts.get(number);
    if (prompt === undefined || !opened.has(prompt))
      return [`${number} reached the upstream and was never opened`];
    if (bodies.length > 1) return [`${number} reached the upstream ${bodies.length} times`];
    const said = sent.get(prompt);
    // A lost exchange says nothing of what it sent.
    return typeof said !== 'string' || said === bodies[0]
      ? []
      : [`${number} is sealed with another body than was sent`];
  });
  return {
    claim: 'every request that reached the upstream has its opened record, and went there once',
    checked: seen.size,
    breaches,
  };
};

const nothingTwice = (
  opens: Map<string, LedgerEntry[]>,
  seals: Map<string, LedgerEntry[]>,
  entries: readonly LedgerEntry[],
): Claim => {
  const twice = [...opens, ...seals].filter(([, found]) => found.length > 1);
  const places = new Set(entries.map(({ writer, seq }) => `${writer}/${seq}`));
  return {
    claim: 'nothing is there twice',
    checked: entries.length,
    breaches: [
      ...twice.map(([exchange, found]) => `${exchange}: ${found.length} entries of kind ${found[0]?.kind}`),
      ...(places.size === entries.length ? [] : [`${entries.length - places.size} places are taken twice`]),
    ],
  };
};

const everyOpenIsClosed = (opens: Map<string, LedgerEntry[]>, seals: Map<string, LedgerEntry[]>): Claim => ({
  claim: 'every opened record is closed',
  checked: opens.size,
  breaches: [...opens.keys()]
    .filter((exchange) => !seals.has(exchange))
    .map((exchange) => `${exchange} is still open`),
});

const chainsHold = (entries: readonly LedgerEntry[]): Claim => {
  const ends = new Map<string, { seq: number; hash: string }>();
  const breaches: string[] = [];
  for (const { writer, seq, hash, text } of entries) {
    const end = ends.get(writer) ?? GENESIS;
    if (seq !== end.seq + 1 || hash !== linkHash(sha256, end.hash, text))
      breaches.push(`${writer}/${seq} does not follow on ${end.seq}`);
    ends.set(writer, { seq, hash });
  }
  return { claim: `all ${ends.size} chains are whole, link by link`, checked: entries.length, breaches };
};
