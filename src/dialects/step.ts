// read: the request's body, within its limits, hashed as received and read in its dialect. The record opens here, because
// here the prompt is known and nothing has left.
import { wholeReply } from '../exchange.ts';
import { JsonFault, openDocument } from '../json/document.ts';
import type { Ports, Step } from '../ports.ts';
import { BodyCut, BodyTooLong } from '../ports.ts';
import { Refusal } from '../refusal.ts';

/** Arrays and objects inside each other. Real requests stay under 20; JSON Schemas in tools are the deepest. */
const DEPTH_LIMIT = 100;

/** Reads the body into `exchange.prompt`; throws 400, 413 or 415. */
export const read =
  (ports: Ports): Step =>
  async (c, next) => {
    const { exchange } = c.var;
    const { dialect } = exchange;
    if ((dialect.kind === 'call' || dialect.kind === 'list') && dialect.read !== undefined) {
      mustBeJson(exchange.header('content-type'), exchange.header('content-encoding'));
      const bytes = await exchange.connection
        .readBody(ports.limits.bodyBytes)
        .catch(bodyRefusal(ports.limits.bodyBytes));
      const sha256 = ports.hashes.sha256Hex(bytes);
      const document = opened(bytes);
      exchange.prompt = { document, sha256, asked: dialect.read(document) };
    }
    exchange.ledger?.open();
    await next();
  };

/** answer: what a probe hears. Nobody need be known for it. */
export const answer =
  (_ports: Ports): Step =>
  async (c) => {
    const { exchange } = c.var;
    const { dialect } = exchange;
    if (dialect.kind !== 'probe') throw new Error('answer needs a probe');
    exchange.reply = wholeReply(
      200,
      { 'content-type': 'application/json' },
      new TextEncoder().encode(dialect.answer(exchange.path)),
    );
  };

/** JSON in UTF-8 and nothing else: a form or a text/plain body is what a browser would send across origins. */
const mustBeJson = (type: string | undefined, encoding: string | undefined): void => {
  if (
    type === undefined ||
    !/^application\/(?:[a-z0-9.+-]+\+)?json\s*(?:;\s*charset\s*=\s*"?utf-8"?\s*)?$/i.test(type)
  ) {
    throw new Refusal('wrong_content_type');
  }
  if (encoding !== undefined && encoding.toLowerCase() !== 'identity')
    throw new Refusal('wrong_content_type');
};

const bodyRefusal =
  (limit: number) =>
  (error: unknown): never => {
    if (error instanceof BodyTooLong)
      throw new Refusal('body_too_long', { detail: `The limit is ${limit} bytes.` });
    if (error instanceof BodyCut) throw new Refusal('body_cut');
    throw error;
  };

const opened = (bytes: Uint8Array) => {
  try {
    return openDocument(bytes, { depth: DEPTH_LIMIT });
  } catch (error) {
    if (!(error instanceof JsonFault)) throw error;
    const ambiguous = error.reason === 'duplicate' || error.reason === 'ambiguous';
    throw new Refusal(ambiguous ? 'ambiguous_body' : 'bad_json', { detail: error.message });
  }
};
