// One request gone wrong, read as the gateway reads it: to the body that would be sent, on every way.
import type { CallDialect } from '../../../src/dialects/dialect.ts';
import { pathText, textsOf } from '../../../src/dialects/lens.ts';
import { JsonFault, openDocument } from '../../../src/json/document.ts';
import { parseJson } from '../../../src/json/parse.ts';
import { UpstreamFault } from '../../../src/ports.ts';
import { Refusal } from '../../../src/refusal.ts';
import { capsOf } from '../../../src/translate/caps.ts';
import { normalise } from '../../../src/translate/normalise.ts';
import { Notes } from '../../../src/translate/notes.ts';
import type { Random } from '../../json/random.ts';
import type { CallRow } from '../governed/rows.ts';
import { OTHERWISE } from '../governed/rows.ts';

const PROMPT = 'OURS "first"';

/** What reading a body comes to: `read`, or why it was not. Throws for anything that is neither. */
export const readAny = (dialect: CallDialect, bytes: Uint8Array, random: Random): string =>
  said(() => {
    const document = openDocument(bytes, { depth: 100 });
    const asked = dialect.read(document);
    dialect.bindPrompt(
      document,
      random.below(2) === 0 ? PROMPT : null,
      random.pick(['refuse', 'demote', 'allow'] as const),
    );
    for (const { path } of textsOf(document.value, dialect.structure.request)) pathText(path);
    dialect.unreadable?.(document);
    if (asked.stream) dialect.askUsage(document);
    dialect.rename(document, 'other');
    const output = document.output();
    const text = typeof output === 'string' ? output : new TextDecoder().decode(output);
    // What is sent says what was inspected.
    if (JSON.stringify(parseJson(text)) !== JSON.stringify(document.value))
      throw new Error('it says something else');
  });

/** What translating a body comes to, on each way that leads elsewhere. */
export const translateAny = (dialect: CallDialect, bytes: Uint8Array): readonly string[] =>
  rowsOf(dialect).map((row) =>
    said(() => {
      const document = openDocument(bytes, { depth: 100 });
      const { stream } = dialect.read(document);
      const notes = new Notes();
      const { found: way, at: target } = row;
      if (way.kind === 'direct') JSON.stringify(way.direct.body(document.value, 'other', notes));
      if (way.kind === 'translated') {
        const { question, writer } = way.ingress.understand(document.value, notes);
        const caps = capsOf(target, way.egress.dialect);
        JSON.stringify(
          way.egress.body(normalise(question, caps, notes), { model: 'other', stream, caps }, notes),
        );
        writer({ exchange: 'ex_0', model: 'other', createdAtMs: 0, usage: true });
      }
      notes.header();
    }),
  );

const rows = new Map<string, readonly CallRow[]>();
const rowsOf = ({ name }: CallDialect): readonly CallRow[] => {
  const known = rows.get(name) ?? OTHERWISE.filter(({ from }) => from === name);
  rows.set(name, known);
  return known;
};

/** What something comes to: a refusal's code, a fault of the JSON or of the upstream, or that it went well. */
export const said = (work: () => void): string => {
  try {
    work();
    return 'read';
  } catch (error) {
    return nameOf(error);
  }
};

/** The same of what takes its time. */
export const saidOf = async (work: () => Promise<void>): Promise<string> => {
  try {
    await work();
    return 'read';
  } catch (error) {
    return nameOf(error);
  }
};

/** Throws again what is no answer to a client. */
const nameOf = (error: unknown): string => {
  if (error instanceof Refusal && error.code !== 'fault') return error.code;
  if (error instanceof JsonFault) return error.reason;
  if (error instanceof UpstreamFault) return error.kind;
  throw error;
};
