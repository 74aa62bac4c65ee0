// Holds an export against the end it was signed with, and a checkpoint against the one before it. Pure.
import type { Head } from './chain.ts';
import type { Statement } from './checkpoint.ts';
import type { ExportEnd } from './export-lines.ts';
import type { FaultKind } from './verify-faults.ts';

/** What is wrong, before it has a line. */
export type Wrong = { readonly kind: FaultKind; readonly words: string };

const byWriter = (tail: ExportEnd['tail']): Map<string, Head> =>
  new Map(tail.map(({ writer, ...head }) => [writer, head]));

/** What the end signed, against what was read; undefined: they agree. */
export const endFault = (said: ExportEnd, read: ExportEnd): Wrong | undefined => {
  if (said.head !== read.head)
    return { kind: 'altered', words: 'the head of the export is not the one that its end signed' };
  const wanted = byWriter(said.tail);
  const found = byWriter(read.tail);
  for (const [writer, { seq, hash }] of wanted) {
    const head = found.get(writer);
    if (head === undefined)
      return {
        kind: 'missing',
        words: `what ${writer} wrote after the last checkpoint, up to ${writer}/${seq}, is gone`,
      };
    if (head.seq < seq)
      return {
        kind: 'missing',
        words: `${writer}/${head.seq + 1}${head.seq + 1 < seq ? ` to ${writer}/${seq} are` : ' is'} missing before the end`,
      };
    if (head.seq > seq)
      return { kind: 'inserted', words: `${writer}/${seq + 1} was not there when the export was made` };
    if (head.hash !== hash)
      return {
        kind: 'forked',
        words: `one of the entries up to ${writer}/${seq} was replaced: the last is not the one that was exported`,
      };
  }
  const alien = [...found].find(([writer]) => !wanted.has(writer));
  if (alien !== undefined)
    return { kind: 'inserted', words: `${alien[0]}/${alien[1].seq} was not there when the export was made` };
  if (said.checkpoints !== read.checkpoints || said.entries !== read.entries)
    return {
      kind: said.entries > read.entries || said.checkpoints > read.checkpoints ? 'missing' : 'inserted',
      words: `the export was made with ${said.entries} entries and ${said.checkpoints} checkpoints, and has ${read.entries} and ${read.checkpoints}`,
    };
  return undefined;
};

/** Whether a checkpoint is the next one after `last`; undefined: it is. */
export const orderFault = (
  { number, previous }: Statement,
  last: { readonly number: number; readonly hash: string } | undefined,
): Wrong | undefined => {
  const kind = 'checkpoint';
  const next = (last?.number ?? 0) + 1;
  const missing = `checkpoint ${next}${number > next + 1 ? ` to ${number - 1} are` : ' is'} missing`;
  if (number > next) return { kind, words: `${missing} before checkpoint ${number}` };
  if (number < next) return { kind, words: `checkpoint ${number} comes again after checkpoint ${next - 1}` };
  if (previous === (last?.hash ?? null)) return undefined;
  return { kind, words: `checkpoint ${number} does not follow on the one before it` };
};
