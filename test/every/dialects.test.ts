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
const mustBeOpenai = (text: string, refusal: Refusal): void => {
  const body = JSON.parse(text);
  expect(Object.keys(body)).toEqual(['error']);
  expect(Object.keys(body.error).sort()).toEqual(['code', 'message', 'param', 'type']);
  expect(body.error.message).toContain(REFUSALS[refusal.code].words);
  expect(body.error.code).toMatch(/^[a-z_]+$/);
  expect(body.error.type).toMatch(/^[a-z_]+_error$/);
  expect(text).not.toMatch(/undefined|SECRET|NaN|\[object/);
};

describe.each(all)('the dialect $name', ({ dialect }) => {
  it.each(codes)('tells %s in its own error shape, with every header a client needs', (code) => {
    for (const extra of [{}, HOSTILE, { retryAfterS: 3, allow: 'GET, POST' }]) {
      const refusal = new Refusal(code, extra);
      const { headers, body } = dialect.refusal(refusal, EXCHANGE);
      mustBeOpenai(body, refusal);
      expect(headers).toMatchObject({
        'content-type': 'application/json',
        'x-request-id': EXCHANGE,
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
    expect(JSON.parse(body).error.message).toBe(`${REFUSALS.fault.words} (${EXCHANGE})`);
  });
});

describe('the rack of dialects', () => {
  it('has names and routes of which no two are the same, all under the folders of the proxy', () => {
    expect(new Set(all.map(({ name }) => name)).size).toBe(all.length);
    const routes = dialects.flatMap(({ routes: own }) => own.map(({ method, path }) => `${method} ${path}`));
    expect(new Set(routes).size).toBe(routes.length);
    for (const route of routes) expect(route).toMatch(/^(?:GET|POST) \/(?:v1|api)\/[a-z0-9_/]+$/);
  });

  it('breaks a stream with one event that is an error and last, for every code', () => {
    for (const dialect of dialects) {
      if (dialect.kind !== 'call') continue;
      for (const code of codes) {
        const refusal = new Refusal(code, HOSTILE);
        const frame = dialect.fault(refusal, EXCHANGE);
        expect(frame.last).toBe(true);
        mustBeOpenai(sseData(frame.bytes) ?? '', refusal);
        expect(dialect.inspect(frame.bytes, { model: 'm', stream: true, usage: false })).toMatchObject({
          last: false,
          failed: true,
        });
      }
    }
  });
});
