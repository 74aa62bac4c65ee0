// The admin API's document as a page a person can read, with nothing loaded from elsewhere.
import { html } from 'hono/html';

type Operation = { readonly summary?: string | undefined; readonly tags?: readonly string[] | undefined };

const METHODS = ['get', 'post', 'put', 'patch', 'delete'] as const;

/** An HTML page listing every operation of an OpenAPI document. */
export const docsPage = (document: { readonly paths?: unknown }) => {
  const paths = Object.entries(document.paths ?? {}) as [string, Readonly<Record<string, Operation>>][];
  const rows = paths.flatMap(([path, item]) =>
    METHODS.flatMap((method) =>
      item[method] === undefined ? [] : [{ path, method, operation: item[method] }],
    ),
  );
  return html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Gatehouse admin API</title>
<style>body{font:16px system-ui;max-width:60rem;margin:2rem auto;padding:0 1rem}td{padding:.3rem .8rem .3rem 0}code{font-size:.95em}</style></head>
<body><h1>Gatehouse admin API</h1>
<p>Send <code>Authorization: Bearer $GATEHOUSE_ADMIN_TOKEN</code>. Shapes: <a href="/admin/openapi.json">openapi.json</a>.</p>
<table>${rows.map(({ path, method, operation }) => html`<tr><td><code>${method.toUpperCase()}</code></td><td><code>${path}</code></td><td>${operation.summary ?? ''}</td></tr>`)}</table>
</body></html>`;
};
