// What inspection costs with all packs, on one core: `node --expose-gc scripts/bench/dlp.ts [MS]`. Beside it, on the same texts in the
// same turns: every pattern as a regular expression of its own, one after the other, and a single search for what is not there.
import { Buffer } from 'node:buffer';
import { openaiChat } from '../../src/dialects/openai-chat.ts';
import type { Rules } from '../../src/dlp/compile.ts';
import { compilePacks } from '../../src/dlp/compile.ts';
import { detect } from '../../src/dlp/detect.ts';
import { Evidence } from '../../src/dlp/evidence.ts';
import { Inspection } from '../../src/dlp/inspection.ts';
import type { Pack, Pattern } from '../../src/dlp/pattern.ts';
import { planOf } from '../../src/dlp/plan.ts';
import { scannerOf } from '../../src/dlp/text.ts';
import { Window } from '../../src/dlp/window.ts';
import { policyBodySchema } from '../../src/policies/policy.ts';
import type { DlpFound } from './dlp-report.ts';
import { defaultPacks, filled, kindsOfText } from './dlp-texts.ts';

const forMs = Number(process.argv[2] ?? 1_500);
const TEXT_CHARS = 65_536;
/** Regular expressions one by one take so long that a part of the text has to do. */
const SINGLE_CHARS = 16_384;
const MESSAGES = [512, 2_048, 262_144];
const COMPILES = 7;
const FRAMES = 2_000;
const NOWHERE = '\u0001\u0002';

const policy = policyBodySchema.parse({ response: { pii: 'redact', secrets: 'redact' } });

/** How long one turn takes, in microseconds; of many the least is told, or the middle one. */
const us = (work: () => unknown): number => {
  const begun = process.hrtime.bigint();
  work();
  return Number(process.hrtime.bigint() - begun) / 1_000;
};

const sorted = (values: readonly number[]): number[] => [...values].sort((a, b) => a - b);
const least = (values: readonly number[]): number => sorted(values)[0] ?? 0;
const median = (values: readonly number[]): number => sorted(values)[values.length >> 1] ?? 0;

/** Turns of `work` for the time there is, after as many to warm up. */
const turns = (work: () => unknown, atLeast: number): number[] => {
  const times: number[] = [];
  for (const until of [performance.now() + forMs, performance.now() + 2 * forMs]) {
    times.length = 0;
    while (performance.now() < until || times.length < atLeast) times.push(us(work));
  }
  return times;
};

/** A string that is flat, as one from a body is. */
const flat = (text: string): string => Buffer.from(text).toString();

/** A pattern's forms as JavaScript's regular expressions; undefined: it cannot be said in them. */
const translated = (pattern: Pattern): readonly RegExp[] | undefined => {
  try {
    return [pattern.regex].flat().map((source) => {
      const edges = pattern.boundary === 'none' ? ['', ''] : ['(?<![A-Za-z0-9])', '(?![A-Za-z0-9])'];
      const flags = `g${pattern.ignore_case ? 'i' : ''}${source.includes('\\p{') ? 'u' : ''}`;
      return new RegExp(`${edges[0]}(?:${source})${edges[1]}`, flags);
    });
  } catch {
    return undefined;
  }
};

const compileMs = (packs: readonly Pack[]): { first: number; best: number } => {
  const times = Array.from({ length: COMPILES }, () => us(() => compilePacks(packs)) / 1_000);
  return { first: times[0] ?? 0, best: Math.min(...times) };
};

const heapMb = (): number => {
  globalThis.gc?.();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return (heapUsed + arrayBuffers) / 1e6;
};

/** What one frame of a reply costs besides: the answer is prose, a word or part of one a frame. */
const frameUs = (rules: Rules, prose: string): { median: number; mean: number } => {
  const words = (prose.match(/\s?\p{L}{1,6}|\s?[^\p{L}]{1,3}/gu) ?? []).slice(0, FRAMES);
  const frames = words.map((content) => {
    const body = { id: 'c', object: 'chat.completion.chunk', choices: [{ index: 0, delta: { content } }] };
    return { bytes: new TextEncoder().encode(`data: ${JSON.stringify(body)}\n\n`), last: false };
  });
  const evidence = (): Evidence => new Evidence(() => '');
  let times: number[] = [];
  const until = performance.now() + 2 * forMs;
  do {
    const window = new Window(new Inspection(rules, policy, evidence()).reading(), openaiChat);
    times = frames.map((frame) => us(() => window.push(frame)));
  } while (performance.now() < until);
  return { median: median(times), mean: times.reduce((sum, time) => sum + time, 0) / times.length };
};

const packs = defaultPacks();
const compile = compileMs(packs);
const before = heapMb();
const rules = compilePacks(packs);
const compiled = heapMb() - before;
const scanner = scannerOf(rules);
const { wanted } = planOf(rules, policy, 'request');
const texts = kindsOfText(packs);
const patterns = packs.flatMap((pack) => pack.patterns);
const singles = patterns.flatMap((pattern) => translated(pattern) ?? []);
const untranslated = patterns.filter((pattern) => translated(pattern) === undefined).length;

const rows = Object.entries(texts).map(([kind, base]) => {
  const text = flat(filled(base, TEXT_CHARS));
  const bytes = Buffer.byteLength(text);
  const whole = least(turns(() => detect(scanner, text, false, wanted), 5));
  const search = least(turns(() => text.indexOf(NOWHERE), 5));
  const part = flat(filled(base, SINGLE_CHARS));
  const single = Math.min(
    ...Array.from({ length: 3 }, () =>
      us(() => {
        for (const regex of singles) for (const _ of part.matchAll(regex));
      }),
    ),
  );
  return {
    kind,
    perSecond: bytes / whole,
    toSingles: single / Buffer.byteLength(part) / (whole / bytes),
    toSearch: whole / search,
  };
});
const messages = MESSAGES.map((chars) => ({
  bytes: chars,
  p50: median(turns(() => detect(scanner, flat(filled(texts.prose, chars)), false, wanted), 20)),
}));
const frame = frameUs(rules, texts.prose);
const used = heapMb() - before;
const found: DlpFound = {
  patterns: patterns.length,
  untranslated,
  rows,
  messages,
  frame,
  compile,
  memory: { compiled, used },
};
console.log(`told ${JSON.stringify(found)}`);
