// A call to a target that speaks none of our dialects: its provider's package asks in the neutral form, through our own fetch.
import type { Exchange, Frame, Reply } from '../exchange.ts';
import type { Ports } from '../ports.ts';
import { UpstreamFault } from '../ports.ts';
import { providers } from '../providers/index.ts';
import type { Target } from '../routing/target.ts';
import { capsOf } from '../translate/caps.ts';
import type { Ingress, Writer } from '../translate/ingress.ts';
import type { Answer, NeutralModel, NeutralUsage, Part, Question } from '../translate/neutral.ts';
import { normalise } from '../translate/normalise.ts';
import { Notes } from '../translate/notes.ts';
import { isPackaged, packaged, snake, unpackaged } from '../translate/packaged.ts';
import { baseOf, secretOf } from './post.ts';
import { Sending } from './sending.ts';
import { framesFor, headOf, streamTranslated, wholeTranslated } from './translated.ts';
import { told } from './upstream-errors.ts';

type Options = Question & { readonly abortSignal: AbortSignal };

/** Asks a model of the target's provider. Throws a Refusal or an UpstreamFault, as a call in a dialect does. */
export const foreign = async (
  ports: Ports,
  exchange: Exchange,
  target: Target,
  ingress: Ingress,
): Promise<Reply> => {
  const { prompt, connection } = exchange;
  const { backend } = target;
  const provider = providers[backend.provider];
  if (prompt === undefined || provider.model === undefined || !isPackaged(backend.provider))
    throw new Error('a foreign call needs a model');
  const notes = new Notes();
  const { question, writer } = ingress.understand(prompt.document.value, notes);
  const normal = normalise(question, capsOf(target, null), notes);
  const asked = packaged(normal, { provider: backend.provider, model: target.model }, notes);
  const secret = await secretOf(ports, backend);
  const sending = new Sending(ports, exchange, target, secret);
  const { fetch } = sending;
  const model = await provider.model({ url: baseOf(backend, secret), model: target.model, fetch });
  const hangup = new AbortController();
  exchange.onEnd(connection.hangup.onGone(() => hangup.abort()));
  const options = { ...asked, abortSignal: hangup.signal };
  const written = writer(headOf(exchange, target, ports));
  const ask = prompt.asked.stream ? streamed : whole;
  try {
    return await ask({ ports, exchange, model, options, written, sending, notes });
  } catch (error) {
    return sending.reply ?? sending.rethrow(error);
  }
};

type Asking = {
  readonly ports: Ports;
  readonly exchange: Exchange;
  readonly model: NeutralModel;
  readonly options: Options;
  readonly written: Writer;
  readonly sending: Sending;
  readonly notes: Notes;
};

const whole = async ({ exchange, model, options, written, notes }: Asking): Promise<Reply> => {
  const { content, finishReason, usage, providerMetadata, response, warnings } =
    await model.doGenerate(options);
  noteUsage(exchange, usage);
  noteWarnings(warnings, notes);
  if (finishReason.raw === undefined)
    throw new UpstreamFault('protocol', true, 'the reply does not say why it ends');
  const answer: Answer = {
    content: content.map(unpackaged),
    finishReason,
    usage,
    ...(providerMetadata === undefined ? {} : { providerMetadata }),
    ...(response === undefined ? {} : { response: namedIn(response) }),
  };
  return wholeTranslated(exchange, written.whole(answer), notes);
};

/** The upstream's id of a reply, and the model that answered. */
const namedIn = ({
  id,
  modelId,
}: {
  readonly id?: string | undefined;
  readonly modelId?: string | undefined;
}): NonNullable<Answer['response']> => ({
  ...(id === undefined ? {} : { id }),
  ...(modelId === undefined ? {} : { modelId }),
});

/** Parts that say something of a reply, and nothing of it. */
const AHEAD: ReadonlySet<Part['type']> = new Set(['stream-start', 'response-metadata', 'raw']);

const streamed = async (asking: Asking): Promise<Reply> => {
  const { ports, exchange, model, options, sending, notes } = asking;
  const { stream } = await model.doStream(options);
  const reader = stream.getReader();
  const ahead: Part[] = [];
  try {
    // An upstream that fails before it says anything is told with a status of its own.
    for (let next = await reader.read(); ; next = await reader.read()) {
      if (next.done) throw new UpstreamFault('cut', true, 'the stream ended before it said anything');
      const part = next.value;
      ahead.push(part);
      if (part.type === 'stream-start') noteWarnings(part.warnings, notes);
      if (part.type === 'error') {
        const reply = toldOf(asking, part.error, ports.now());
        await reader.cancel().catch(() => undefined);
        return reply;
      }
      if (!AHEAD.has(part.type)) break;
    }
    return await streamTranslated(exchange, spoken(asking, ahead, reader), notes);
  } catch (error) {
    await reader.cancel().catch(() => undefined);
    return sending.reply ?? sending.rethrow(error);
  }
};

/** The client's frames of a model's parts. */
async function* spoken(
  { exchange, written, sending }: Asking,
  ahead: readonly Part[],
  reader: ReadableStreamDefaultReader<Part>,
): AsyncGenerator<Frame, void, undefined> {
  try {
    for (const part of ahead) yield* framesOf(part, exchange, written, sending);
    for (let next = await reader.read(); !next.done; next = await reader.read())
      yield* framesOf(next.value, exchange, written, sending);
  } catch (error) {
    sending.rethrow(error);
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}

const framesOf = (part: Part, exchange: Exchange, written: Writer, sending: Sending): readonly Frame[] => {
  // Whatever a package makes of a fault of ours or of the connection's, it is that fault.
  if (part.type === 'error' && !isTold(part.error)) sending.rethrow(part.error);
  if (part.type === 'finish') {
    noteUsage(exchange, part.usage);
    // The packages end a stream that was cut as if it were whole: it is whole where the upstream said why it stopped.
    if (!sending.whole || part.finishReason.raw === undefined)
      sending.rethrow(new UpstreamFault('cut', true, 'the stream ended without its last event'));
  }
  return framesFor(unpackaged(part), written);
};

/** An error that the upstream told in its stream, as the packages pass it on. */
type Told = { readonly message: string; readonly statusCode?: number };

const isTold = (error: unknown): error is Told =>
  typeof error === 'object' &&
  error !== null &&
  !(error instanceof Error) &&
  'message' in error &&
  typeof error.message === 'string';

/** An upstream's error in place of a reply. */
const toldOf = ({ exchange, sending }: Asking, error: unknown, nowMs: number): Reply => {
  if (!isTold(error)) return sending.rethrow(error);
  const { statusCode: status = 502, message } = error;
  return told(exchange, { status, message, code: null, param: null }, {}, nowMs);
};

const noteUsage = (exchange: Exchange, { inputTokens, outputTokens }: NeutralUsage): void => {
  if (inputTokens.total === undefined && outputTokens.total === undefined) return;
  const { cacheRead, cacheWrite } = inputTokens;
  exchange.usage = {
    input_tokens: inputTokens.total ?? 0,
    output_tokens: outputTokens.total ?? 0,
    ...(cacheRead === undefined ? {} : { cached_input_tokens: cacheRead }),
    ...(cacheWrite === undefined ? {} : { cache_write_input_tokens: cacheWrite }),
    ...(outputTokens.reasoning === undefined ? {} : { reasoning_tokens: outputTokens.reasoning }),
  };
};

/** What a package left out or changed; its explanations may quote the request and are not passed on. */
const noteWarnings = (
  warnings: Awaited<ReturnType<NeutralModel['doGenerate']>>['warnings'],
  notes: Notes,
): void => {
  for (const warning of warnings) {
    if (warning.type === 'unsupported') notes.dropped(snake(warning.feature));
    else if (warning.type === 'compatibility') notes.changed(snake(warning.feature), 'as the target has it');
  }
};
