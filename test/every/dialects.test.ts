// What every dialect of the rack promises: each refusal in its shape, and paths that are its alone.
import { describe, expect, it } from 'vitest';
import { dialects, unknown } from '../../src/dialects/index.ts';
import type { RefusalCode } from '../../src/refusal.ts';
import { REFUSALS, Refusal } from '../../src/refusal.ts';
import { sseData } from '../../src/streams/sse.ts';

const all = [...dialects, unknown].map((dialect) => ({ name: dialect.name, dialect }));
const codes = Object.keys(REFUSALS) as RefusalCode[]; // the table's own keys
const EXCHANGE = 'ex_01TEST';
const HOSTILE = {
  detail: 'a "detail"\n\ud800\u2028',
  param: 'messages[0].\u0000"role"',
  note: 'SECRET note',
};

/** OpenAI's: `{"error": {"message", "type", "param", "code"}}`. */
const mustBeOpenai = (text: string, refusal: Refusal): string => {
  const { type, code, message, param, ...body } = JSON.parse(text);
  expect(Object.keys(body)).toEqual(['error']);
  expect(Object.keys(body.error).sort()).toEqual(['code', 'message', 'param', 'type']);
  // An event of responses says it flat besides.
  if (type !== undefined) expect({ code, message, param }).toEqual({ ...body.error, type: undefined });
  expect(body.error.code).toMatch(/^[a-z_]+$/);
  expect(body.error.type).toMatch(/^[a-z_]+_error$/);
  expect(body.error.code === refusal.code || refusal.status === 401).toBe(true);
  return body.error.message;
};

/** Anthropic's: `{"type": "error", "error": {"type", "message", "details"}, "request_id"}`. */
const mustBeAnthropic = (text: string, refusal: Refusal): string => {
  const body = JSON.parse(text);
  expect(Object.keys(body).sort()).toEqual(['error', 'request_id', 'type']);
  expect([body.type, body.request_id]).toEqual(['error', EXCHANGE]);
  expect(Object.keys(body.error).sort()).toEqual(['details', 'message', 'type']);
  expect(body.error.type).toMatch(/^[a-z_]+_error$|^request_too_large$/);
  expect(body.error.details.error_code).toBe(refusal.code);
  return body.error.message;
};

/** Ollama's: `{"error": "text"}`. */
const mustBeOllama = (text: string): string => {
  const body = JSON.parse(text);
  expect(Object.keys(body)).toEqual(['error']);
  return body.error;
};

/** The shape of a dialect's errors, and the header in which its API names a request. */
const familyOf = (name: string) => {
  if (name.startsWith('anthropic')) return { check: mustBeAnthropic, idHeader: 'request-id' };
  if (name.startsWith('ollama') || name === 'probes') return { check: mustBeOllama, idHeader: undefined };
  return { check: mustBeOpenai, idHeader: 'x-request-id' };
};

const mustTell = (name: string, text: string, refusal: Refusal): void => {
  const message = familyOf(name).check(text, refusal);
  expect(message).toContain(REFUSALS[refusal.code].words);
  expect(text).not.toMatch(/undefined|SECRET|NaN|\[object/);
};

describe.each(all)('the dialect $name', ({ name, dialect }) => {
  it.each(codes)('tells %s in its own error shape, with every header a client needs', (code) => {
    for (const extra of [{}, HOSTILE, { retryAfterS: 3, allow: 'GET, POST' }]) {
      const refusal = new Refusal(code, extra);
      const { headers, body } = dialect.refusal(refusal, EXCHANGE);
      mustTell(name, body, refusal);
      const { idHeader } = familyOf(name);
      expect(headers).toMatchObject({
        'content-type': 'application/json',
        ...(idHeader === undefined ? {} : { [idHeader]: EXCHANGE }),
        'x-should-retry': String(REFUSALS[code].retry),
      });
      // Each can be sent as a header.
      expect(() => new Headers({ ...headers })).not.toThrow();
      expect(headers['retry-after']).toBe('retryAfterS' in extra ? '3' : undefined);
      expect(headers.allow).toBe('allow' in extra ? 'GET, POST' : undefined);
      expect(refusal.status).toBeGreaterThanOrEqual(400);
      expect(refusal.status).toBeLessThan(600);
    }
  });

  it('gives a fault no words but the exchange to quote', () => {
    const { body } = dialect.refusal(new Refusal('fault', { note: 'SECRET' }), EXCHANGE);
    const { error } = JSON.parse(body);
    expect(error.message ?? error).toBe(`${REFUSALS.fault.words} (${EXCHANGE})`);
  });
});

describe('the rack of dialects', () => {
  it('has names and routes of which no two are the same, all under the folders of the proxy but the one that says somebody is there', () => {
    expect(new Set(all.map(({ name }) => name)).size).toBe(all.length);
    const routes = dialects.flatMap(({ routes: own }) => own.map(({ method, path }) => `${method} ${path}`));
    expect(new Set(routes).size).toBe(routes.length);
    expect(routes).toContain('GET /');
    for (const route of routes.filter((each) => each !== 'GET /'))
      expect(route).toMatch(/^(?:GET|HEAD|POST) \/(?:v1|api)\/[a-z0-9_/]+(?:\/:[a-z]+\{\.\+\})?$/);
  });

  it('breaks a stream with one event that is an error and last, for every code', () => {
    for (const dialect of dialects) {
      if (dialect.kind !== 'call') continue;
      for (const code of codes) {
        const refusal = new Refusal(code, HOSTILE);
        const frame = dialect.fault(refusal, EXCHANGE);
        expect(frame.last).toBe(true);
        const told = dialect.framing === 'sse' ? sseData(frame.bytes) : new TextDecoder().decode(frame.bytes);
        mustTell(dialect.name, told ?? '', refusal);
        expect(dialect.inspect(frame.bytes, { model: 'm', stream: true, usage: false })).toMatchObject({
          last: false,
          failed: true,
        });
      }
    }
  });
});
