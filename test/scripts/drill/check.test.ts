// A drill that finds nothing is worth as much as what it would have found.
import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { claims } from '../../../scripts/drill/check.ts';
import type { Told } from '../../../scripts/drill/clients.ts';
import type { LedgerEntry } from '../../../scripts/drill/ledger.ts';
import { GENESIS, headOf, nextLink } from '../../../src/audit/chain.ts';
import type { Entry } from '../../../src/audit/record.ts';

const sha256 = (data: Uint8Array | string): string => createHash('sha256').update(data).digest('hex');

const told: Told = {
  number: 'drill-1-1',
  phase: 'test',
  promptSha256: 'prompt',
  stream: false,
  endedAtMs: 1,
  status: 200,
  exchange: 'ex_1',
  full: true,
  bodySha256: 'answer',
  code: null,
};
const seen = new Map([['drill-1-1', ['sent']]]);

const open: Entry = { kind: 'open', exchange: 'ex_1', atMs: 1, body: { prompt_sha256: 'prompt' } };
const sealBody = {
  prompt_sha256: 'prompt',
  sent_sha256: 'sent',
  delivered_sha256: 'answer',
  ending: 'complete',
};
const seal: Entry = { kind: 'seal', exchange: 'ex_1', atMs: 2, body: sealBody };

const ledger = (...entries: readonly Entry[]): LedgerEntry[] => {
  let head = GENESIS;
  return entries.map((entry) => {
    const link = nextLink(sha256, 'wr_1', head, entry);
    head = headOf(link);
    return { ...link, kind: entry.kind, exchange: entry.exchange, body: entry.body };
  });
};

const broken = (tales: readonly Told[], entries: readonly LedgerEntry[], reached = seen): number[] =>
  claims(tales, reached, entries).flatMap(({ breaches }, index) => (breaches.length > 0 ? [index] : []));

const ANSWERS = 0;
const REFUSALS = 1;
const REACHED = 2;
const TWICE = 3;
const OPEN = 4;
const CHAINS = 5;

describe('the check', () => {
  it('finds nothing where nothing is', () => {
    expect(broken([told], ledger(open, seal))).toEqual([]);
    expect(broken([{ ...told, status: 503, code: 'audit_unavailable' }], [], new Map())).toEqual([]);
    expect(broken([{ ...told, full: false }], ledger(open, { ...seal, body: { ending: 'failed' } }))).toEqual(
      [],
    );
  });

  it('finds an answer without a seal, with two, or with one of something else', () => {
    expect(broken([told], ledger(open))).toEqual([ANSWERS, OPEN]);
    expect(broken([told], ledger(open, seal, seal))).toEqual([ANSWERS, TWICE]);
    for (const body of [
      { ...sealBody, delivered_sha256: 'other' },
      { ...sealBody, prompt_sha256: 'other' },
      { ...sealBody, ending: 'failed' },
    ])
      expect(broken([told], ledger(open, { ...seal, body }))).toEqual([ANSWERS]);
  });

  it('finds a refusal without a seal', () => {
    const refused: Told = { ...told, status: 503, code: 'store_unavailable' };
    expect(broken([refused], [], new Map())).toEqual([REFUSALS]);
    expect(broken([refused], ledger(open, seal))).toEqual([REFUSALS]);
  });

  it('finds a request that reached the upstream unopened, twice, or as another body', () => {
    expect(broken([told], ledger(seal))).toEqual([REACHED]);
    expect(broken([told], ledger(open, seal), new Map([['drill-1-1', ['sent', 'sent']]]))).toEqual([REACHED]);
    expect(broken([told], ledger(open, seal), new Map([['drill-1-1', ['other']]]))).toEqual([REACHED]);
    expect(broken([told], ledger(open, seal), new Map([['none', ['sent']]]))).toEqual([REACHED]);
  });

  it('finds a link that is changed, missing or out of place', () => {
    const [first, second] = ledger(open, seal);
    if (first === undefined || second === undefined) throw new Error('two entries');
    expect(broken([told], [first, { ...second, text: second.text.replace('sent', 'Sent') }])).toEqual([
      CHAINS,
    ]);
    expect(broken([], [second], new Map())).toEqual([CHAINS]);
    expect(broken([told], [second, first])).toEqual([CHAINS]);
    expect(broken([told], [first, second, second])).toEqual([ANSWERS, TWICE, CHAINS]);
  });
});
