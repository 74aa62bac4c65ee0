/**
 * Neon's HTTP protocol over a real Postgres, so that Neon's own driver can be tested without Neon.
 *
 * The driver posts `{query, params}` or `{queries: [...]}` and reads `{command, rowCount, rowAsArray, fields, rows}`
 * or `{results: [...]}`; every value travels as Postgres' own text. Errors of the database come as HTTP 400.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import pg from 'pg';

/** A running endpoint. */
export interface NeonHttp {
  /** For `neonConfig.fetchEndpoint`, which is global to the process: see `neonEndpoint` for several at once. */
  readonly endpoint: string;
  /** The given database under a host name that resolves nowhere: only HTTP can reach it, as a Worker would. */
  readonly connectionString: string;
  stop(): Promise<void>;
}

/** What the endpoint allows, as the real service does: both ways 64 MiB. */
const LIMIT_BYTES = 64 * 1024 * 1024;

const HOST_SUFFIX = '.neon.invalid';

/** Isolation levels as the header names them. */
const ISOLATION: Readonly<Record<string, string>> = {
  ReadUncommitted: 'read uncommitted',
  ReadCommitted: 'read committed',
  RepeatableRead: 'repeatable read',
  Serializable: 'serializable',
};

/** A refusal with its HTTP status and the JSON body to go with it. */
class Refusal extends Error {
  readonly status: number;
  readonly code: string | undefined;

  constructor(status: number, message: string, code?: string) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

interface Statement {
  readonly query: string;
  readonly params: readonly unknown[];
}

/** `queryMode` is missing from pg's published types. */
interface ExtendedQuery extends pg.QueryArrayConfig<unknown[]> {
  readonly queryMode: 'extended';
}

/** Finds the endpoint of any fake from its host name: `neonConfig.fetchEndpoint = neonEndpoint` serves them all. */
export function neonEndpoint(host: string): string {
  const port = /^db-(\d+)\./.exec(host)?.[1];
  if (port === undefined || !host.endsWith(HOST_SUFFIX)) throw new Error(`not a host of this fake: ${host}`);
  return `http://127.0.0.1:${port}/sql`;
}

/** Serves one database over HTTP. The driver must present the user, password and database of `databaseUrl`. */
export async function startNeonHttp(databaseUrl: string): Promise<NeonHttp> {
  const pool = new pg.Pool({
    connectionString: databaseUrl,
    max: 10,
    // Raw text output: no value is parsed on this side.
    types: { getTypeParser: () => (text: string) => text },
  });
  // A connection lost while idle (the server went down) is the next request's error, not a crash.
  pool.on('error', () => undefined);
  const server = createServer((req, res) => {
    serve(req, res, pool, databaseUrl).catch((error: unknown) => answerError(res, error));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  const url = new URL(databaseUrl);
  url.host = `db-${port}${HOST_SUFFIX}`;
  url.port = '';
  return {
    endpoint: `http://127.0.0.1:${port}/sql`,
    connectionString: url.href,
    stop: async () => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      await closed;
      await pool.end();
    },
  };
}

async function serve(
  req: IncomingMessage,
  res: ServerResponse,
  pool: pg.Pool,
  databaseUrl: string,
): Promise<void> {
  if (req.url !== '/sql') throw new Refusal(404, 'page not found');
  if (req.method !== 'POST') throw new Refusal(405, 'method not allowed');
  const body = await readBody(req);
  authenticate(header(req, 'neon-connection-string'), databaseUrl);
  if (header(req, 'neon-raw-text-output') !== 'true') {
    throw new Refusal(501, 'this fake speaks raw text only: send Neon-Raw-Text-Output: true');
  }
  const arrays = header(req, 'neon-array-mode') === 'true';
  const work = parseBody(body);
  const result = await withClient(pool, res, databaseUrl, async (client) =>
    Array.isArray(work)
      ? { results: await runBatch(client, work, beginStatement(req), arrays) }
      : await run(client, work, arrays),
  );
  const text = Buffer.from(JSON.stringify(result));
  if (text.length > LIMIT_BYTES)
    throw new Refusal(507, `response is too large (max is ${LIMIT_BYTES} bytes)`);
  res.writeHead(200, { 'content-type': 'application/json', 'content-length': text.length }).end(text);
}

async function readBody(req: IncomingMessage): Promise<string> {
  const pieces: Buffer[] = [];
  let size = 0;
  for await (const piece of req as AsyncIterable<Buffer>) {
    size += piece.length;
    if (size <= LIMIT_BYTES) pieces.push(piece);
    // Read on to the end (keeping nothing), so that the client gets the answer rather than a broken pipe.
    else pieces.length = 0;
  }
  if (size > LIMIT_BYTES) throw new Refusal(413, `request is too large (max is ${LIMIT_BYTES} bytes)`);
  return Buffer.concat(pieces).toString('utf8');
}

function authenticate(given: string | undefined, databaseUrl: string): void {
  if (given === undefined) throw new Refusal(400, 'connection string is missing');
  const expected = new URL(databaseUrl);
  let url: URL;
  try {
    url = new URL(given);
  } catch {
    throw new Refusal(400, 'connection string is invalid');
  }
  if (!/^postgres(ql)?:$/.test(url.protocol)) throw new Refusal(400, 'connection string is invalid');
  if (url.username !== expected.username || url.password !== expected.password) {
    throw new Refusal(
      400,
      `password authentication failed for user '${decodeURIComponent(url.username)}'`,
      '28P01',
    );
  }
  if (url.pathname !== expected.pathname) {
    throw new Refusal(400, `database "${decodeURIComponent(url.pathname.slice(1))}" does not exist`, '3D000');
  }
}

function parseBody(text: string): Statement | Statement[] {
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch (error) {
    throw new Refusal(400, `could not parse the HTTP request body: ${String(error)}`);
  }
  if (isRecord(body) && Array.isArray(body.queries)) return body.queries.map(toStatement);
  return toStatement(body);
}

function toStatement(value: unknown): Statement {
  if (!isRecord(value) || typeof value.query !== 'string') {
    throw new Refusal(400, 'could not parse the HTTP request body: missing field `query`');
  }
  const params = value.params ?? [];
  if (!Array.isArray(params))
    throw new Refusal(400, 'could not parse the HTTP request body: `params` is no list');
  return { query: value.query, params };
}

function beginStatement(req: IncomingMessage): string {
  const level = header(req, 'neon-batch-isolation-level');
  const isolation = level === undefined ? undefined : ISOLATION[level];
  if (level !== undefined && isolation === undefined) throw new Refusal(400, 'invalid isolation level');
  const parts = ['begin'];
  if (isolation !== undefined) parts.push(`isolation level ${isolation}`);
  if (header(req, 'neon-batch-read-only') === 'true') parts.push('read only');
  if (header(req, 'neon-batch-deferrable') === 'true') parts.push('deferrable');
  return parts.join(' ');
}

async function runBatch(
  client: pg.PoolClient,
  statements: Statement[],
  begin: string,
  arrays: boolean,
): Promise<unknown[]> {
  await client.query(begin);
  try {
    const results: unknown[] = [];
    for (const statement of statements) results.push(await run(client, statement, arrays));
    await client.query('commit');
    return results;
  } catch (error) {
    await client.query('rollback');
    throw error;
  }
}

async function run(client: pg.PoolClient, statement: Statement, arrays: boolean): Promise<unknown> {
  const config: ExtendedQuery = {
    text: statement.query,
    values: [...statement.params],
    rowMode: 'array',
    // Always the extended protocol: the simple one, which pg takes without parameters, would allow several statements.
    queryMode: 'extended',
  };
  const result = await client.query<unknown[]>(config);
  const names = result.fields.map((field) => field.name);
  return {
    command: result.command,
    rowCount: result.rowCount,
    rowAsArray: arrays,
    fields: result.fields,
    rows: arrays
      ? result.rows
      : result.rows.map((row) => Object.fromEntries(row.map((value, i) => [names[i], value]))),
  };
}

/** Lends a connection for one request: no session state outlives it, and a client that leaves ends its query. */
async function withClient<T>(
  pool: pg.Pool,
  res: ServerResponse,
  databaseUrl: string,
  work: (client: pg.PoolClient) => Promise<T>,
): Promise<T> {
  const client = await pool.connect();
  let cancelled: Promise<void> | undefined;
  const cancel = (): void => {
    cancelled = cancelQuery(databaseUrl, client).catch(() => undefined);
  };
  if (res.destroyed) {
    client.release();
    throw new Refusal(499, 'the client has gone');
  }
  res.once('close', cancel);
  try {
    return await work(client);
  } finally {
    res.removeListener('close', cancel);
    // The connection is kept until the cancel request has landed, or it would hit the next request's query.
    await cancelled;
    // A transaction left open (`begin` sent alone) dies with its connection.
    const clean =
      client.getTransactionStatus() === 'I' &&
      (await client.query('discard all').then(
        () => true,
        () => false,
      ));
    client.release(!clean);
  }
}

async function cancelQuery(databaseUrl: string, busy: pg.PoolClient): Promise<void> {
  // pg has the backend's id, but not in its published types.
  const { processID } = busy as unknown as { processID: number | null };
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    await client.query('select pg_cancel_backend($1)', [processID]);
  } finally {
    await client.end();
  }
}

function answerError(res: ServerResponse, error: unknown): void {
  // The client has gone: there is nobody to tell.
  if (res.destroyed || res.headersSent) return;
  const body: Record<string, unknown> = {
    // pg names the fields of a database error as the driver does.
    ...(error instanceof pg.DatabaseError ? error : {}),
    ...(error instanceof Refusal && error.code !== undefined ? { code: error.code } : {}),
    message: error instanceof Error ? error.message : String(error),
  };
  const known = error instanceof pg.DatabaseError ? 400 : error instanceof Refusal ? error.status : 500;
  res.writeHead(known, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

function header(req: IncomingMessage, name: string): string | undefined {
  const value = req.headers[name];
  return Array.isArray(value) ? value[0] : value;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
