// The rows of the table: what every client is put through on every backend it reaches.
import { expect } from 'vitest';
import { REFUSALS } from '../../src/refusal.ts';
import type { Talk, Turn } from '../kit/conversing/index.ts';
import {
  BROKEN,
  COUNTED,
  RECORDINGS,
  RETRY_AFTER_S,
  SIGNATURE,
  saysNo,
  THOUGHT,
} from '../kit/conversing/index.ts';
import { error as openaiError } from '../kit/upstream.ts';
import type { Asked, Cell } from './cell.ts';
import { asking, heardIn, usageOn } from './cell.ts';
import type { Skill } from './client.ts';
import { toldBy } from './client.ts';
import {
  ANSWER,
  ANSWERED,
  callsOf,
  EARLIER,
  FILE,
  IMAGE,
  PROMPT,
  resultOf,
  SYSTEM,
  TOOLS_SAID,
  toolsFor,
} from './said.ts';

/** A row. */
export interface Row {
  readonly name: string;
  /** What a client must be able to do for it. */
  readonly skill?: Skill;
  readonly run: (cell: Cell) => Promise<void>;
}

const complete = ({ seals }: Asked, { backend }: Cell): void => {
  for (const seal of seals)
    expect(seal).toMatchObject({ ending: 'complete', status: 200, code: null, usage: usageOn(backend) });
};

const answers = async (cell: Cell, stream: boolean): Promise<void> => {
  const asked = await asking(cell, { earlier: EARLIER, stream });
  const heard = heardIn(asked);
  expect(heard.text).toBe(`You said: ${PROMPT}`);
  if (heard.usage !== undefined)
    expect(heard.usage).toEqual({ input: COUNTED.input, output: COUNTED.output });
  if (stream) {
    expect(asked.pieces.length).toBeGreaterThan(1);
    expect(asked.pieces.join('')).toBe(heard.text);
    expect(asked.turns[0]?.stream).toBe(true);
  }
  complete(asked, cell);
  expect(asked.turns[0]?.system).toBe(SYSTEM);
  expect(asked.turns[0]?.said).toEqual([
    { role: 'user', text: EARLIER[0] },
    { role: 'assistant', text: EARLIER[1] },
    { role: 'user', text: PROMPT },
  ]);
};

type Way = { readonly stream: boolean; readonly think?: boolean; readonly together?: boolean };

const loops = async (cell: Cell, { stream, think = false, together = false }: Way): Promise<void> => {
  const called: { name: string; args: unknown }[] = [];
  const tools = toolsFor(called);
  const prompt = `${think ? 'THINK' : ''} ${together ? 'SIDE BY SIDE' : ''} ${PROMPT}`;
  const asked = await asking(cell, { tools, stream, prompt, ...(think ? { think } : {}) }, { exchanges: 2 });
  // Of calls that come side by side the shorter one is made first, and some clients run it first.
  const inOrder = <T extends { name: string }>(calls: readonly T[]): T[] =>
    together ? [...calls].sort((a, b) => b.name.localeCompare(a.name)) : [...calls];
  const made = (second: Turn | undefined) =>
    (second?.calls ?? []).map(({ name, args }) => ({ name, args: JSON.parse(args) }));
  const { text } = heardIn(asked);
  for (const { name } of tools) expect(text).toContain(resultOf(name));
  if (!together) expect(text).toBe(TOOLS_SAID);
  expect(inOrder(called)).toEqual(callsOf(tools));
  complete(asked, cell);
  const [first, second] = asked.turns;
  expect(first?.tools.map(({ name, description }) => ({ name, description }))).toEqual(
    tools.map(({ name, description }) => ({ name, description })),
  );
  expect(first?.tools[0]?.schema).toMatchObject({
    ...{ type: 'object', required: ['place', 'days'] },
    properties: { place: { type: 'string', description: 'A city' }, days: { type: 'number' } },
  });
  expect(inOrder(made(second))).toEqual(callsOf(tools));
  if (think) expect(second?.thoughts.join()).toContain(THOUGHT_OF[cell.backend]);
};

/** What proves a thought to who had it. Ollama knows no proof: the thought itself is said back. In OpenAI's chat nothing is. */
const THOUGHT_OF: Readonly<Record<Talk, string>> = {
  'openai-chat': '',
  'openai-responses': SIGNATURE,
  'anthropic-messages': SIGNATURE,
  'ollama-chat': THOUGHT,
};

const seesImage = async (cell: Cell): Promise<void> => {
  const asked = await asking(cell, { image: IMAGE });
  expect(heardIn(asked).text).toBe(`You said: ${PROMPT}`);
  complete(asked, cell);
  expect(asked.turns[0]?.media).toEqual([{ type: expect.stringMatching(/^image/), data: IMAGE.data }]);
};

const seesFile = async (cell: Cell): Promise<void> => {
  const asked = await asking(cell, { file: FILE });
  expect(heardIn(asked).text).toBe(`You said: ${PROMPT}`);
  expect(asked.turns[0]?.media).toEqual([{ type: 'application/pdf', data: FILE.data }]);
};

const callsThatOne = async (cell: Cell): Promise<void> => {
  const called: { name: string; args: unknown }[] = [];
  const tools = toolsFor(called);
  const asked = await asking(cell, { tools, force: 'clock' }, { exchanges: 2 });
  expect(heardIn(asked).text).toBe(`The tools said: ${resultOf('clock')}`);
  expect(called.map(({ name }) => name)).toEqual(['clock']);
  expect(asked.turns.map(({ choice }) => choice)).toEqual(['clock', '']);
};

/** Why it ended, or that it did, in any client's words. */
const TOO_LONG = /length|max_tokens|max_output_tokens|incomplete/i;

const runsOut = async (cell: Cell, stream: boolean): Promise<void> => {
  const asked = await asking(cell, { prompt: `TOO LONG ${PROMPT}`, stream });
  complete(asked, cell);
  if (asked.heard === undefined) {
    expect(`${String(asked.error)} ${toldBy(asked.error).words}`).toMatch(TOO_LONG);
    return;
  }
  expect(asked.heard.text).toBe('You said: TOO LONG ');
  if (asked.heard.finish !== undefined) expect(asked.heard.finish).toMatch(TOO_LONG);
};

const shapes = async (cell: Cell, stream: boolean): Promise<void> => {
  const asked = await asking(cell, { schema: ANSWER, stream });
  expect(heardIn(asked).object).toEqual(ANSWERED);
  complete(asked, cell);
  expect(asked.seen[0]?.body.toString()).toContain('"description":"Its name"');
};

/** A refusal of the upstream's passes with its words; what it is broken by is told in the gateway's. */
const refused = async (cell: Cell, status: number, stream: boolean): Promise<void> => {
  const asked = await asking(cell, { prompt: `FAIL=${status}`, stream });
  const told = toldBy(asked.error);
  expect(told.status).toBe(status);
  if (status < 500) expect(told.words).toContain(saysNo(status));
  else expect(told.words).not.toContain(saysNo(status));
  if (told.retryAfter !== undefined) expect(told.retryAfter).toBe(String(RETRY_AFTER_S));
  const code = status < 500 ? 'upstream_refused' : 'upstream_failed';
  expect(asked.seals[0]).toMatchObject({ ending: 'failed', status, code, usage: null });
};

const breaks = async (cell: Cell): Promise<void> => {
  const asked = await asking(cell, { prompt: `BREAK ${PROMPT}`, stream: true });
  expect(asked.error).toBeDefined();
  expect(asked.pieces.join('')).not.toBe('');
  expect(`You said: BREAK ${PROMPT}`).toContain(asked.pieces.join(''));
  // Its words pass as they are, and are ours where they would have to be translated: they may quote anything.
  const { words } = toldBy(asked.error);
  expect(words).toContain(cell.backend === cell.client.talk ? BROKEN : REFUSALS.upstream_failed.words);
  expect(asked.seals[0]).toMatchObject({ ending: 'failed', code: 'upstream_failed' });
};

const cutOff = async (cell: Cell, stream: boolean): Promise<void> => {
  const asked = await asking(cell, { prompt: `CUT ${PROMPT}`, stream });
  expect(asked.error).toBeDefined();
  expect(asked.pieces.join('')).not.toBe(`You said: CUT ${PROMPT}`);
  expect(asked.seals[0]).toMatchObject({ ending: 'failed', code: 'upstream_cut', status: 502 });
  if (asked.turns[0]?.stream === false) expect(toldBy(asked.error).status).toBe(502);
};

const leaves = async (cell: Cell, stream: boolean): Promise<void> => {
  const leaving = new AbortController();
  const { upstream } = cell.gate;
  const arrived = upstream.arrived(upstream.requests.length);
  if (!stream) arrived.then(() => leaving.abort()).catch(() => undefined);
  const asked = await asking(cell, {
    ...{ prompt: `HANG ${PROMPT}`, stream, signal: leaving.signal },
    onText: () => leaving.abort(),
  });
  // Some end as if nothing more had come, some throw.
  expect(asked.heard?.text ?? '').not.toBe(`You said: HANG ${PROMPT}`);
  expect(await (await arrived).closed).toBe('aborted');
  expect(asked.seals[0]).toMatchObject({ ending: 'abandoned', code: 'client_gone' });
};

const triesAgain = async (cell: Cell): Promise<void> => {
  cell.gate.upstream.next(openaiError(503, null, { headers: { 'retry-after': '0' } }));
  const asked = await asking(cell, {}, { exchanges: 2, retries: 1 });
  expect(heardIn(asked).text).toBe(`You said: ${PROMPT}`);
  expect(asked.seals.map(({ ending, code }) => [ending, code])).toEqual([
    ['failed', 'upstream_failed'],
    ['complete', null],
  ]);
};

const plays = async (cell: Cell): Promise<void> => {
  const recordings = RECORDINGS.filter(
    ({ talk, later }) =>
      talk === cell.backend && (later !== true || cell.client.skills.includes('later events')),
  );
  for (const { name, text, usage, refusal, short } of recordings) {
    const asked = await asking(cell, { prompt: `PLAY=${name}`, stream: true });
    expect(asked.seals[0], name).toMatchObject({ ending: 'complete', status: 200, usage });
    // Some throw at an answer that is none, or not all of it.
    if (asked.heard === undefined && (refusal !== undefined || short === true)) continue;
    const heard = heardIn(asked);
    // A refusal without words is told in ours, and those that have no other place for one show it as the text.
    if (refusal === null) continue;
    expect([text, refusal], name).toContain(heard.text);
    if (heard.refusal !== undefined) expect(heard.refusal, name).toBe(refusal);
  }
};

const STATUSES = [400, 404, 429, 503, 529] as const;

/** All there are. */
export const ROWS: readonly Row[] = [
  { name: 'answers whole', run: (cell) => answers(cell, false) },
  { name: 'answers in pieces', run: (cell) => answers(cell, true) },
  { name: 'brings a tool loop to its end', run: (cell) => loops(cell, { stream: false }) },
  { name: 'brings a streamed tool loop to its end', run: (cell) => loops(cell, { stream: true }) },
  {
    name: 'puts calls together that come side by side',
    skill: 'side by side',
    run: (cell) => loops(cell, { stream: true, together: true }),
  },
  {
    name: 'hears of its thoughts again',
    skill: 'think',
    run: (cell) => loops(cell, { stream: false, think: true }),
  },
  {
    name: 'hears of its streamed thoughts again',
    skill: 'think',
    run: (cell) => loops(cell, { stream: true, think: true }),
  },
  { name: 'shows an image', skill: 'image', run: seesImage },
  { name: 'shows a file', skill: 'file', run: seesFile },
  { name: 'has the one tool called that it asks for', skill: 'force', run: callsThatOne },
  { name: 'hears that its answer is too long', run: (cell) => runsOut(cell, false) },
  { name: 'hears that its streamed answer is too long', run: (cell) => runsOut(cell, true) },
  { name: 'has an object of its schema', skill: 'schema', run: (cell) => shapes(cell, false) },
  { name: 'has a streamed object of its schema', skill: 'schema', run: (cell) => shapes(cell, true) },
  ...STATUSES.flatMap((status) =>
    [false, true].map((stream) => ({
      name: `hears of ${status}${stream ? ' before a stream' : ''}`,
      run: (cell: Cell) => refused(cell, status, stream),
    })),
  ),
  { name: 'hears of an error in the middle of a stream', run: breaks },
  { name: 'hears of a reply that is cut', run: (cell) => cutOff(cell, false) },
  { name: 'hears of a stream that is cut', run: (cell) => cutOff(cell, true) },
  { name: 'leaves before its answer', run: (cell) => leaves(cell, false) },
  { name: 'leaves in the middle of a stream', run: (cell) => leaves(cell, true) },
  { name: 'tries again what may be tried again', skill: 'retry', run: triesAgain },
  { name: 'reads streams as providers send them', run: plays },
];
