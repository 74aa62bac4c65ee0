// gatehouse dlp: proves packs, and scans texts. Needs no gateway: the engine is in the command.
import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { compilePacks, PatternFault } from '../dlp/compile.ts';
import type { Fault } from '../dlp/faults.ts';
import { faultsOf } from '../dlp/faults.ts';
import type { Pack } from '../dlp/pattern.ts';
import { planOf } from '../dlp/plan.ts';
import type { Trial } from '../dlp/trial.ts';
import { tried } from '../dlp/trial.ts';
import type { Direction, PolicyBody } from '../policies/policy.ts';
import { DEFAULT_POLICY, policyBodySchema } from '../policies/policy.ts';
import { BUILT_IN } from '../runtimes/node-packs.ts';
import type { PackFile } from '../runtimes/pack-files.ts';
import { PARSED, readPackFile, readPackFiles, yamlFiles } from '../runtimes/pack-files.ts';
import { SetupFault } from '../setup/fault.ts';
import { readYaml } from '../setup/yaml.ts';
import type { Command } from './command.ts';
import { Answer, only, print, WrongUse } from './command.ts';

const USE_FAULTS = 'dlp faults [FILE ...]';
const USE_SCAN = 'dlp scan [FILE|-] [--policy FILE] [--rewrite]';

/** Longest text that is scanned at once. */
const TEXT_BYTES = 64 * 1024 * 1024;

export const dlp: Command = {
  lines: [
    [USE_FAULTS, 'prove packs: form, own examples, no type twice'],
    [USE_SCAN, 'what is found in a text; --direction request|response, --packs FOLDER'],
  ],
  run: async (args) => {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        json: { type: 'boolean', default: false },
        policy: { type: 'string' },
        packs: { type: 'string', default: process.env['GATEHOUSE_PACKS'] ?? '' },
        direction: { type: 'string', default: 'request' },
        rewrite: { type: 'boolean', default: false },
      },
    });
    const [verb, ...rest] = positionals;
    if (verb === 'faults') return prove(rest, values.json);
    if (verb !== 'scan') throw new WrongUse(`gatehouse ${USE_FAULTS}\ngatehouse ${USE_SCAN}`);
    const direction = (['request', 'response'] as const).find((known) => known === values.direction);
    if (direction === undefined) throw new WrongUse('--direction is request or response');
    const file = rest.length === 0 ? '-' : only(rest, 'dlp scan takes one file, or - for what is piped in');
    const body = values.policy === undefined ? DEFAULT_POLICY : policyIn(values.policy);
    return scan({ ...values, file, body, direction });
  },
};

/** The files of a path: of a folder its YAML files. */
const filesIn = (path: string): readonly string[] => {
  try {
    return statSync(path).isDirectory() ? yamlFiles(path) : [path];
  } catch {
    throw new WrongUse(`cannot read ${path}`);
  }
};

/** The packs of a folder and of this one, which come in place of those of their name. A pack that cannot be read is an answer. */
const packsWith = (folder: string): readonly Pack[] => {
  const data = join(process.env['GATEHOUSE_DATA'] || '.gatehouse', PARSED);
  const paths = [...filesIn(BUILT_IN), ...(folder === '' ? [] : filesIn(folder))];
  const byName = new Map<string, Pack>();
  // Kept for the next time where a gateway keeps it; no folder is made for it.
  const keep = existsSync(dirname(data)) ? data : undefined;
  for (const { path, pack, faults } of readPackFiles(paths, [join(BUILT_IN, PARSED), data], keep)) {
    if (pack === undefined) throw new Answer(`${path}: ${faults[0]?.fault}`);
    byName.set(pack.pack, pack);
  }
  return [...byName.values()];
};

type Located = Fault & { readonly file: string };

const prove = (paths: readonly string[], json: boolean): void => {
  const began = performance.now();
  const files = (paths.length === 0 ? [BUILT_IN] : paths).flatMap(filesIn).map(readPackFile);
  const packs = files.flatMap(({ pack }) => pack ?? []);
  // Packs of your own are in force together with the built-in ones that they do not take the place of.
  const beside =
    paths.length === 0 ? [] : packsWith('').filter(({ pack }) => !packs.some((own) => own.pack === pack));
  const faults = [...files.flatMap(faultsIn), ...twiceIn(files, beside)];
  if (faults.length === 0) faults.push(...togetherFaults([...beside, ...packs]));
  const patterns = packs.flatMap(({ patterns }) => patterns);
  const tookMs = Math.round(performance.now() - began);
  const jurisdictions = new Set(patterns.flatMap(({ jurisdiction }) => jurisdiction ?? [])).size;
  const pii = patterns.filter(({ category }) => category === 'pii').length;
  const counts = {
    packs: packs.length,
    patterns: patterns.length,
    pii,
    secrets: patterns.length - pii,
    jurisdictions,
    took_ms: tookMs,
  };
  print(json, { ...counts, faults }, [
    ...faults.map(({ file, pattern, fault }) => `${file}: ${pattern === null ? '' : `${pattern}: `}${fault}`),
    `${packs.length} packs, ${patterns.length} patterns (${pii} pii, ${counts.secrets} secrets, ${jurisdictions} jurisdictions): ${faults.length} faults, ${tookMs} ms`,
  ]);
  if (faults.length > 0) throw new Answer('the packs have faults');
};

const faultsIn = ({ path, pack, faults }: PackFile): readonly Located[] =>
  [...faults, ...(pack === undefined ? [] : faultsOf(pack))].map(({ pattern, fault }) => ({
    file: path,
    pattern,
    fault: pattern !== null && fault.startsWith(`${pattern}: `) ? fault.slice(pattern.length + 2) : fault,
  }));

/** Packs of one name, and types of one name: nobody could say which is meant. */
const twiceIn = (files: readonly PackFile[], beside: readonly Pack[]): readonly Located[] => {
  const packs = new Map<string, string>();
  const types = new Map<string, string>();
  for (const { pack, patterns } of beside) for (const { id } of patterns) types.set(id, `the pack ${pack}`);
  return files.flatMap(({ path: file, pack }) => {
    if (pack === undefined) return [];
    const other = packs.get(pack.pack);
    packs.set(pack.pack, file);
    const faults =
      other === undefined ? [] : [{ file, pattern: null, fault: `the pack ${pack.pack} is in ${other} too` }];
    for (const { id } of pack.patterns) {
      const claimed = types.get(id);
      types.set(id, file);
      if (claimed !== undefined && claimed !== file)
        faults.push({ file, pattern: null, fault: `${id}: its type is claimed in ${claimed} too` });
    }
    return faults;
  });
};

const togetherFaults = (packs: readonly Pack[]): readonly Located[] => {
  try {
    compilePacks(packs);
    return [];
  } catch (error) {
    if (!(error instanceof PatternFault)) throw error;
    return [{ file: 'all together', pattern: null, fault: error.message }];
  }
};

/** A policy's body; or a gatehouse.yaml, of which it is the policy "default", or the only one. */
const policyIn = (file: string): PolicyBody => {
  const value = yamlIn(file);
  const list: unknown =
    typeof value === 'object' && value !== null && 'policies' in value ? value.policies : [value];
  const all = Array.isArray(list) ? list : [];
  const named = all.map((one: unknown) => {
    const { name, ...body } = typeof one === 'object' && one !== null ? { name: 'default', ...one } : {};
    return { name, body };
  });
  const [first] = named;
  const chosen = named.find(({ name }) => name === 'default') ?? (named.length === 1 ? first : undefined);
  if (chosen === undefined) throw new WrongUse(`${file} has no policy "default", and not one alone`);
  const read = policyBodySchema.safeParse(chosen.body);
  if (read.success) return read.data;
  throw new WrongUse(
    read.error.issues.map(({ path, message }) => `${file}: ${[...path, message].join(': ')}`).join('\n'),
  );
};

const yamlIn = (file: string): unknown => {
  try {
    return readYaml(readFileSync(file, 'utf8'), file).value;
  } catch (error) {
    throw new WrongUse(error instanceof SetupFault ? error.message : `cannot read ${file}`);
  }
};

type Scan = {
  readonly file: string;
  readonly body: PolicyBody;
  readonly direction: Direction;
  readonly packs: string;
  readonly rewrite: boolean;
  readonly json: boolean;
};

const scan = ({ file, body, direction, packs, rewrite, json }: Scan): void => {
  const text = textOf(file);
  const plan = planOf(compilePacks(packsWith(packs)), body, direction);
  const began = performance.now();
  const trial = tried(plan, text);
  const tookMs = Math.round((performance.now() - began) * 100) / 100;
  const findings = located(text, trial);
  const summary = `${findings.length} findings in ${text.length} characters, ${tookMs} ms`;
  const shown = {
    blocked: trial.blocked,
    findings,
    took_ms: tookMs,
    ...(rewrite ? { text: trial.text } : {}),
  };
  if (json) print(true, shown, []);
  else if (rewrite) {
    process.stdout.write(trial.text);
    process.stderr.write(`${summary}\n`);
  } else
    print(false, shown, [
      ...findings.map(
        ({ line, column, type, action, confidence }) =>
          `${file}:${line}:${column}: ${type} ${action} ${confidence.toFixed(2)}`,
      ),
      summary,
    ]);
  if (trial.blocked) throw new Answer('this would be blocked');
};

const textOf = (file: string): string => {
  let bytes: Buffer;
  try {
    bytes = readFileSync(file === '-' ? 0 : file);
  } catch {
    throw new WrongUse(`cannot read ${file}`);
  }
  if (bytes.length > TEXT_BYTES) throw new WrongUse(`${file} is longer than ${TEXT_BYTES} bytes`);
  return bytes.toString('utf8');
};

/** Findings with their lines and columns, from 1, in UTF-16 units. They come in the order of the text. */
const located = (text: string, { findings }: Trial) => {
  let line = 1;
  let lineStart = 0;
  return findings.map((finding) => {
    for (
      let end = text.indexOf('\n', lineStart);
      end >= 0 && end < finding.start;
      end = text.indexOf('\n', lineStart)
    ) {
      line += 1;
      lineStart = end + 1;
    }
    return { line, column: finding.start - lineStart + 1, ...finding };
  });
};
