// The patterns in force: those at hand, and those saved through the admin API, which stand in place of one at hand of the same name.
// A change is live within five seconds; the old rules serve until the new are ready. What cannot be used is never left out silently.
import { remember } from '../fresh.ts';
import { listSavedPacks, newestRevision } from '../packs/table.ts';
import type { PackAtHand, Ports } from '../ports.ts';
import { Refusal, storeAway } from '../refusal.ts';
import type { Db } from '../stores/store.ts';
import type { Rules } from './compile.ts';
import { compileSteps, PatternFault } from './compile.ts';
import { readPack } from './faults.ts';
import type { Pack } from './pattern.ts';

/** A pack in force, and where it is from. */
export type PackInForce = {
  readonly name: string;
  readonly from: PackAtHand['from'] | 'saved';
  readonly saved_at: string | null;
  /** Undefined: it was saved by another version of the program and cannot be read by this one; `fault` says why. */
  readonly pack: Pack | undefined;
  readonly fault: string | undefined;
};

type Means = Pick<Ports, 'store' | 'packs'>;

/** The packs in force now: asked of the store, not remembered. */
export const packsInForce = async ({ store, packs }: Means): Promise<readonly PackInForce[]> =>
  merged(packs.current(), await savedPacks(store.db));

const savedPacks = async (db: Db): Promise<readonly PackInForce[]> =>
  (await listSavedPacks(db)).map(({ name, body, saved_at }) => {
    const { pack, faults } = readPack(body);
    const fault = pack === undefined ? `${name}: ${faults[0]?.fault ?? 'cannot be read'}` : undefined;
    return { name, from: 'saved', saved_at, pack, fault };
  });

const merged = (atHand: readonly PackAtHand[], saved: readonly PackInForce[]): readonly PackInForce[] => {
  const replaced = new Set(saved.map(({ name }) => name));
  const others = atHand.map(({ pack, from }) => ({
    name: pack.pack,
    from,
    saved_at: null,
    pack,
    fault: undefined,
  }));
  return [...others.filter(({ name }) => !replaced.has(name)), ...saved];
};

/** The names an override may have: of packs, and of patterns. */
export const namesIn = (packs: readonly PackInForce[]): ReadonlySet<string> =>
  new Set(packs.flatMap(({ name, pack }) => [name, ...(pack?.patterns ?? []).map(({ id }) => id)]));

type Answer = { readonly rules: Rules } | { readonly fault: string };

/** What was worked out last, and of what. */
type Worked = {
  readonly revision: number;
  readonly saved: readonly PackInForce[];
  /** The packs at hand that were looked at, and those that are used: not the same when they do not go together. */
  readonly seen: readonly PackAtHand[];
  readonly used: readonly PackAtHand[];
  readonly answer: Answer;
};

/** The rules in force. `get` is synchronous while they are fresh, and throws a Refusal; `fault` is why there are none. */
export type RulesInForce = { get(): Rules | Promise<Rules>; fault(): Promise<string | undefined> };

const known = new WeakMap<Ports['store'], { readonly packs: Ports['packs']; readonly live: RulesInForce }>();

/** The rules in force, compiled once for all who ask in this process. */
export const rulesInForce = (
  ports: Pick<Ports, 'store' | 'packs' | 'now' | 'defer' | 'log'>,
): RulesInForce => {
  const made = known.get(ports.store);
  if (made?.packs === ports.packs) return made.live;
  const work = worker(ports);
  const answers = remember<'rules', Answer>({ ask: work, now: ports.now, defer: ports.defer, most: 1 });
  const live: RulesInForce = {
    get: () => {
      const answer = answers.get('rules');
      return answer instanceof Promise ? answer.catch(storeAway).then(usable) : usable(answer);
    },
    fault: async () => {
      const answer = await answers.get('rules');
      return 'fault' in answer ? answer.fault : undefined;
    },
  };
  known.set(ports.store, { packs: ports.packs, live });
  return live;
};

const usable = (answer: Answer): Rules => {
  if ('fault' in answer) throw new Refusal('patterns_unavailable', { note: answer.fault });
  return answer.rules;
};

/** Works the rules out anew when something changed. */
const worker = ({ store, packs, log }: Pick<Ports, 'store' | 'packs' | 'log'>): (() => Promise<Answer>) => {
  let last: Worked | undefined;
  let read: { readonly revision: number; readonly saved: readonly PackInForce[] } | undefined;
  const compile = compiler();
  /** The same list for all who ask at the same time. */
  const savedAt = async (revision: number): Promise<readonly PackInForce[]> => {
    if (read?.revision === revision) return read.saved;
    const saved = await savedPacks(store.db);
    if (read?.revision !== revision) read = { revision, saved };
    return read.saved;
  };
  const workOut = async (): Promise<Worked> => {
    const revision = await newestRevision(store.db);
    const seen = packs.current();
    if (last?.revision === revision && last.seen === seen) return last;
    const saved = await savedAt(revision);
    const answer = await compile(merged(seen, saved));
    if ('rules' in answer || last === undefined || last.used === seen)
      return { revision, saved, seen, used: seen, answer };
    // What changed at hand does not go with the rest: it is refused as a whole, and what was at hand before stays.
    log('error', 'packs_refused', { fault: answer.fault });
    const { used } = last;
    const kept = last.saved === saved ? last.answer : await compile(merged(used, saved));
    return { revision, saved, seen, used, answer: kept };
  };
  return async () => {
    const before = last;
    const worked = await workOut();
    if (last === before && worked !== before) {
      last = worked;
      if ('fault' in worked.answer) log('error', 'packs_unusable', { fault: worked.answer.fault });
      // The first ones are no news.
      else
        log(before === undefined ? 'debug' : 'info', 'packs_in_force', {
          patterns: worked.answer.rules.rules.length,
        });
    }
    return worked.answer;
  };
};

/** Compiles, and lets others have their turn in between. Who asks for the same packs at the same time does it together. */
const compiler = (): ((packs: readonly PackInForce[]) => Promise<Answer>) => {
  // Kept when it is done: those who asked at the same time come for it later.
  let under:
    | { readonly packs: readonly Pack[]; readonly steps: Steps; answer: Answer | undefined }
    | undefined;
  return async (all) => {
    const unreadable = all.find(({ fault }) => fault !== undefined)?.fault;
    if (unreadable !== undefined) return { fault: `the saved pack ${unreadable}` };
    const packs = all.flatMap(({ pack }) => pack ?? []);
    const same = under !== undefined && isSameList(under.packs, packs) ? under : undefined;
    const job = same ?? { packs, steps: compileSteps(packs), answer: undefined };
    under = job;
    while (job.answer === undefined) {
      job.answer = stepped(job.steps);
      await new Promise((resolve) => setTimeout(resolve, 0));
    }
    return job.answer;
  };
};

type Steps = Generator<undefined, Rules, undefined>;

const stepped = (steps: Steps): Answer | undefined => {
  try {
    const step = steps.next();
    return step.done === true ? { rules: step.value } : undefined;
  } catch (error) {
    if (error instanceof PatternFault) return { fault: error.message };
    return { fault: error instanceof Error ? `${error.name}: ${error.message}` : 'cannot be compiled' };
  }
};

const isSameList = (a: readonly Pack[], b: readonly Pack[]): boolean =>
  a.length === b.length && a.every((pack, index) => pack === b[index]);
