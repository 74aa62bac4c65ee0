/**
 * What the places of several dialects have alike.
 */
import type { Json, Trouble } from '../spoken.ts';

/** The beginning of a document, in base64. */
export const PDF = Buffer.from(
  '%PDF-1.7\n%\u00e2\u00e3\u00cf\u00d3\n1 0 obj\n<< /Type /Catalog >>\nendobj\n',
  'latin1',
).toString('base64');

/** A JSON schema that says the text wherever a schema can. */
export const schemaOf = (text: string): Json => ({
  type: 'object',
  properties: { a: { type: 'string', description: text, enum: [text], default: text } },
  required: ['a'],
  additionalProperties: false,
});

/** Tokens with their probabilities, as OpenAI and Ollama give them. */
export const logprobsOf = (tokens: readonly string[]): readonly Json[] =>
  tokens.map((token) => ({
    token,
    logprob: -0.1,
    bytes: [...Buffer.from(token)],
    top_logprobs: [{ token, logprob: -0.1, bytes: [...Buffer.from(token)] }],
  }));

const openaiError = (status: number, message: string): string =>
  JSON.stringify({
    error: {
      message,
      type: status >= 500 ? 'server_error' : 'invalid_request_error',
      param: null,
      code: null,
    },
  });

/** Errors of OpenAI's API; `frame`: the event a stream breaks off with, which tells of too many requests. Null: it never streams. */
export const openaiTrouble = (frame: ((message: string) => string) | null): Trouble => ({
  error: openaiError,
  frame: frame === null ? null : { status: 429, text: frame },
});
