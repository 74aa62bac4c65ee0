// What an operator acknowledged, read from its signed texts, and shown by whoever verifies. Pure but for WebCrypto.
import type { KnownBreak } from './breaks.ts';
import { acknowledgement } from './breaks.ts';
import type { Sha256Hex } from './chain.ts';
import type { Signed } from './checkpoint.ts';
import { saidIn, signatureHolds } from './checkpoint.ts';
import type { Trust } from './trust.ts';
import { keyInLine } from './trust.ts';

/** A break that was met and is acknowledged: what it is, and who said what of it when. */
export type AcknowledgedBreak = {
  readonly line: number;
  readonly writer: string;
  readonly seq: number;
  readonly kind: string;
  readonly words: string;
  readonly at: string;
  readonly actor: string;
  readonly reason: string;
};

/** The acknowledgements behind signed texts; undefined: one of them is not signed by a key of this line. */
export const readBreaks = async (
  sha256: Sha256Hex,
  trust: Trust,
  texts: readonly Signed[],
): Promise<KnownBreak[] | undefined> => {
  const known: KnownBreak[] = [];
  for (const one of texts) {
    const said = saidIn(acknowledgement, one);
    const key = said === undefined ? undefined : keyInLine(trust, said.key);
    if (said === undefined || key === undefined || !(await signatureHolds(key, one.text, one.signature)))
      return undefined;
    known.push({ id: sha256(one.text), said });
  }
  return known;
};

/** The breaks that were met, in the order of their lines. */
export const acknowledgedOf = (met: ReadonlyMap<KnownBreak, number>): AcknowledgedBreak[] =>
  [...met].map(
    ([
      {
        said: { broken, fault, at, actor, reason },
      },
      line,
    ]) => ({
      ...{ line, writer: broken.writer, seq: broken.seq, kind: fault.kind, words: fault.words },
      ...{ at, actor, reason },
    }),
  );

/** Words on those that were not: put right since, dropped with their month, or not in this file. */
export const unmetNotes = (all: readonly KnownBreak[], met: ReadonlyMap<KnownBreak, number>): string[] =>
  all
    .filter((one) => !met.has(one))
    .map(
      ({ said: { broken, fault, at, actor, reason } }) =>
        `a break at ${broken.writer}/${broken.seq} (${fault.words}), acknowledged at ${at} by ${actor}: ${reason}; it is not met in this file`,
    );
