// count: says how many tokens an exchange used, however it ended: as its upstream reported, and where it did not, an estimate over what
// was sent and what came. Usage that was reported teaches the estimates that are made without.
import type { Exchange, Frame, Outcome, Reply, Usage, Used } from '../exchange.ts';
import type { Ports, Step } from '../ports.ts';
import type { Ratios } from './ratios.ts';
import { ratiosOf } from './ratios.ts';
import { Heard } from './reply.ts';
import { estimateRequest, inputTokens } from './request.ts';

/** Stands next to the call: the prompt at its end is as it was sent, the reply as it came. */
export const count = (ports: Ports): Step => {
  const ratios = ratiosOf(ports);
  return async (c, next) => {
    const { exchange } = c.var;
    const { dialect, prompt } = exchange;
    if (dialect.kind !== 'call' || prompt === undefined) throw new Error('count needs a call and its prompt');
    if (dialect.isFree === true) return next();
    const heard = new Heard(dialect);
    exchange.onEnd((outcome) => {
      exchange.used = usedBy(exchange, heard, ratios, outcome);
      if (mayTeach(exchange, heard) && ratios.isDue(exchange.target?.model ?? ''))
        ports.defer(learnLater(exchange, ratios));
    });
    await next();
    const { reply } = exchange;
    // After an error the reply is our own refusal, which no model wrote.
    if (reply !== undefined && c.error === undefined) exchange.reply = overheard(exchange, reply, heard);
  };
};

/** The same reply, its frames taken note of as they pass. Not a generator: one that never started would not let its upstream go. */
const overheard = (exchange: Exchange, reply: Reply, heard: Heard): Reply => {
  heard.begin(reply);
  const iterator = (): AsyncIterator<Frame> => {
    const source = reply.frames[Symbol.asyncIterator]();
    return {
      next: () =>
        source.next().then((step) => {
          if (step.done !== true) heard.take(step.value, exchange.usage);
          return step;
        }),
      return: async () => (await source.return?.()) ?? { done: true, value: undefined },
    };
  };
  return { ...reply, frames: { [Symbol.asyncIterator]: iterator } };
};

/** What the exchange used; undefined: nothing, as far as anybody can tell. */
const usedBy = (exchange: Exchange, heard: Heard, ratios: Ratios, outcome: Outcome): Used | undefined => {
  const { dialect, endpoint, prompt, sentSha256, target } = exchange;
  const told = exchange.usage !== undefined && isCounted(exchange.usage) ? exchange.usage : undefined;
  if (dialect.kind !== 'call' || prompt === undefined || target === undefined || sentSha256 === undefined)
    return undefined;
  if (told === undefined && !mayBeCharged(exchange, heard, outcome)) return undefined;
  const estimated: ('input_tokens' | 'output_tokens')[] = [];
  let { input_tokens: input, output_tokens: output } = told ?? { input_tokens: 0, output_tokens: 0 };
  // A prompt without tokens is none: Ollama does not count what is in its cache, others only what they write.
  if (input === 0) {
    input = inputTokens(ratios, target.model, prompt.document.value, dialect.structure.request);
    if (told === undefined || input > 0) estimated.push('input_tokens');
  }
  if (endpoint !== 'embeddings' && (told === undefined || !heard.isWhole)) {
    const more = ratios.corrected(target.model, heard.tokens());
    output += more;
    if (told === undefined || more > 0) estimated.push('output_tokens');
  }
  return {
    ...told,
    ...{ input_tokens: input, output_tokens: output },
    ...(estimated.length === 0 ? {} : { estimated }),
  };
};

/** What is no count is none that was told; some packages take whatever an upstream says. */
const isCounted = (usage: Usage): boolean =>
  Object.values(usage).every((tokens) => Number.isSafeInteger(tokens) && tokens >= 0);

/** The upstream's own no. */
const REFUSED = new Set(['upstream_refused', 'upstream_denied', 'upstream_failed']);
/** Azure: what its filter stopped, and what ran out of time, was worked on. */
const CHARGED_ERRORS: ReadonlySet<number> = new Set([400, 408]);

/** Whether what was sent may have to be paid for, though nobody said how much it was. */
const mayBeCharged = ({ target }: Exchange, heard: Heard, { code, status }: Outcome): boolean => {
  const isError = heard.status === undefined ? REFUSED.has(code ?? '') : heard.status >= 300;
  return !isError || (target?.backend.provider === 'azure' && CHARGED_ERRORS.has(heard.status ?? status));
};

/** Whether an exchange's usage is whole and was reported, so that it says what its texts were worth. */
const mayTeach = ({ usage, used }: Exchange, heard: Heard): boolean =>
  usage !== undefined && used?.estimated === undefined && heard.isWhole;

/** Learns when the exchange is over and others have had their turn. */
const learnLater = async ({ dialect, prompt, target, usage }: Exchange, ratios: Ratios): Promise<void> => {
  if (dialect.kind !== 'call' || prompt === undefined || target === undefined || usage === undefined) return;
  await new Promise((resolve) => setTimeout(resolve, 0));
  const { tokens, isAllText } = estimateRequest(prompt.document.value, dialect.structure.request);
  if (isAllText) ratios.learn(target.model, tokens, usage.input_tokens);
};
