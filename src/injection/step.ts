// withstand: does a text of the request try to make the model do what its owner did not ask for? Scored text by text; what a tool or
// a document says weighs more than what a person does. The policy says whether that is nothing, a note in the record, or the end.
import type { TextAt } from '../dialects/lens.ts';
import { pathText, textsOf } from '../dialects/lens.ts';
import type { Exchange } from '../exchange.ts';
import type { Json } from '../json/document.ts';
import { at, isObject } from '../json/value.ts';
import type { Ports, Step } from '../ports.ts';
import { Refusal } from '../refusal.ts';
import type { Source } from './reason.ts';
import { score } from './score.ts';
import type { Attempt } from './suspicion.ts';
import { ATTEMPTS, attemptOf } from './suspicion.ts';

/** Throws `injection_blocked` naming what gave the attempt away, never its words. */
export const withstand =
  (_ports: Ports): Step =>
  async (c, next) => {
    const { exchange } = c.var;
    const { dialect, grant, prompt } = exchange;
    if (dialect.kind !== 'call' || grant === undefined || prompt === undefined)
      throw new Error('withstand needs a call, its grant and its prompt');
    const { request, injection_threshold: threshold } = grant.policyBody;
    if (request.injection === 'off') return next();
    const { value } = prompt.document;
    const attempts: Attempt[] = [];
    for (const text of textsOf(value, dialect.structure.request)) {
      if (text.key || text.text === grant.systemPrompt || text.text.length < SHORTEST) continue;
      const scored = score(text.text, sourceOf(value, text));
      if (scored.score >= threshold) attempts.push(attemptOf('request', pathText(text.path), scored));
    }
    note(exchange, attempts);
    if (attempts.length > 0 && request.injection === 'block') throw blocked(attempts);
    await next();
  };

/** No attempt is shorter. In characters. */
const SHORTEST = 8;

const note = (exchange: Exchange, attempts: readonly Attempt[]): void => {
  const surest = attempts.toSorted((a, b) => b.score - a.score).slice(0, ATTEMPTS);
  exchange.injection = { inspected: ['request'], attempts: surest };
};

const blocked = (attempts: readonly Attempt[]): Refusal => {
  const [first] = attempts;
  const reasons = [...new Set(attempts.flatMap((attempt) => attempt.reasons))].slice(0, 5).join(', ');
  return new Refusal('injection_blocked', {
    detail: `Found: ${reasons}.`,
    ...(first === undefined ? {} : { param: first.place }),
  });
};

const TOOL_ROLES = new Set(['tool', 'function', 'ipython']);
/** Kinds of content that somebody else than the caller wrote. */
const OTHERS =
  /^(?:tool_result|function_call_output|custom_tool_call_output|document|file|input_file|search_result|web_|mcp_|container_upload)/;

/** Whether a person wrote a text, or a tool or a document did. */
const sourceOf = (body: Json, { path }: TextAt): Source => {
  let here: Json | undefined = body;
  for (const name of path) {
    here = at(here, name);
    if (!isObject(here)) continue;
    const { role, type } = here;
    if (typeof role === 'string' && TOOL_ROLES.has(role.toLowerCase())) return 'tool';
    if (typeof type === 'string' && OTHERS.test(type)) return 'tool';
  }
  return 'user';
};
