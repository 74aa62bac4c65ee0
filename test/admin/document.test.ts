// What the admin API says of itself is true.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { docsPage } from '../../src/admin-docs.ts';
import type { Page } from '../kit/admin.ts';
import { LISTS, operator, ROUTES, send } from '../kit/admin.ts';
import type { Started } from '../kit/gateway.ts';
import { startGateway } from '../kit/gateway.ts';

const SETUP = `
teams: [{ name: team0 }]
backends: [{ name: pretend, provider: pretend, zone: on_prem }]
use_cases: [{ name: chat, team: team0, models: ["*"] }]
keys: [{ name: a, use_case: chat }]`;
let gateway: Started;
beforeAll(async () => {
  gateway = await startGateway({ setup: SETUP });
});
afterAll(() => gateway.stop());

const get = (path: string) => send(`${gateway.url}/admin/v1${path}`, { headers: operator });

type Operation = {
  responses: Record<string, unknown>;
  requestBody?: unknown;
  parameters?: { name: string; in: string }[];
  summary?: string;
};
type Document = {
  openapi: string;
  paths: Record<string, Record<string, Operation>>;
  components: { schemas?: object; securitySchemes: object };
};

const document = async () => (await send(`${gateway.url}/admin/openapi.json`)).body as Document;

describe('the OpenAPI document', () => {
  it('lists every route, and no other', async () => {
    const { paths } = await document();
    const listed = Object.entries(paths).flatMap(([path, item]) =>
      Object.keys(item).map((method) => `${method.toUpperCase()} ${path.replace('/admin/v1', '')}`),
    );
    expect(listed.toSorted()).toEqual(ROUTES.toSorted());
  });
  it('is whole: every operation has words, answers and its parameters, every reference leads somewhere', async () => {
    const { openapi, paths, components } = await document();
    expect(openapi).toBe('3.1.0');
    expect(components.securitySchemes).toEqual({ token: { type: 'http', scheme: 'bearer' } });
    for (const [path, item] of Object.entries(paths)) {
      for (const [method, operation] of Object.entries(item)) {
        expect([path, method, operation.summary]).toEqual([
          path,
          method,
          expect.stringMatching(/^[A-Z].{9,}/),
        ]);
        expect(Object.keys(operation.responses).filter((status) => /^20[01]$/.test(status))).not.toEqual([]);
        const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
        expect(
          (operation.parameters ?? []).filter((parameter) => parameter.in === 'path').map(({ name }) => name),
        ).toEqual(inPath);
        if (method === 'post' && !/\/(revoke|checkpoints|signing_keys\/rotate)$/.test(path))
          expect(operation.requestBody).toMatchObject({
            required: true,
            content: { 'application/json': { schema: { type: 'object' } } },
          });
      }
    }
    const text = JSON.stringify(paths);
    for (const [, name = ''] of text.matchAll(/"\$ref":"#\/components\/schemas\/([^"]+)"/g))
      expect(components.schemas).toHaveProperty(name);
  });
  it('describes what the lists answer with', async () => {
    const { paths } = await document();
    for (const path of LISTS) {
      const { items } = (await get(`${path}?limit=3`)).body as Page;
      const response = paths[`/admin/v1${path}`]?.['get']?.responses['200'] as {
        content: {
          'application/json': {
            schema: { properties: { items: { items: { properties: object; required: string[] } } } };
          };
        };
      };
      const { properties, required } = response.content['application/json'].schema.properties.items.items;
      for (const item of items) {
        expect(Object.keys(item)).toEqual(expect.arrayContaining(required));
        if (path !== '/records')
          expect(Object.keys(properties)).toEqual(expect.arrayContaining(Object.keys(item)));
      }
    }
  });
  it('is a page to read as well, which loads nothing from elsewhere', async () => {
    const { status, headers, body } = await send(`${gateway.url}/admin/docs`);
    expect([status, headers.get('content-type')]).toEqual([200, 'text/html; charset=UTF-8']);
    for (const route of ROUTES) expect(body).toContain(`<code>/admin/v1${route.split(' ')[1]}</code>`);
    expect(body).not.toMatch(/<script|https?:\/\//);
  });
  it('as a page escapes whatever it is made of', async () => {
    const nasty = '<img src=x onerror=alert(1)>"\'&';
    const page = String(await docsPage({ paths: { [`/${nasty}`]: { get: { summary: nasty } } } }));
    expect(page).not.toContain('<img');
    expect(page).toContain('&lt;img');
  });
});
