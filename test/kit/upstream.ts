/**
 * A scripted OpenAI-compatible upstream: answers like a correct server until a test tells it otherwise,
 * and remembers every byte that it was sent.
 */
import { randomUUID } from 'node:crypto';
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { chatReply, modelsReply } from './upstream/chat.ts';
import type { Scripted } from './upstream/script.ts';
import { error } from './upstream/script.ts';
import { send } from './upstream/send.ts';

export { chatReply } from './upstream/chat.ts';
export * from './upstream/script.ts';

/** One request as it arrived. */
export interface Seen {
  readonly method: string;
  /** Path with its query. */
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  /** Names and values in turn, in order and case as sent. */
  readonly rawHeaders: readonly string[];
  /** The exact bytes; empty until the whole body has arrived. */
  readonly body: Buffer;
  /** The body as JSON; undefined when it is none. */
  readonly json: unknown;
  /** Whether the reply left whole, or the connection died first (whoever ended it). */
  readonly closed: Promise<'finished' | 'aborted'>;
}

/** A reply, or what makes one from the request. */
export type Script = Scripted | ((seen: Seen) => Scripted | Promise<Scripted>);

/** A running upstream. */
export interface Upstream {
  /** Without `/v1`. */
  readonly url: string;
  readonly port: number;
  /** Every request, in order of arrival. */
  readonly requests: Seen[];
  /** The names that `/v1/models` lists; a test may change them. */
  models: string[];
  /** Queues a reply for the next request that no earlier one is queued for. */
  next(reply: Script): void;
  /** Takes back what is queued. */
  forget(): void;
  /** The request with this number (0 is the first), as soon as its body is complete. */
  arrived(index: number, timeoutMs?: number): Promise<Seen>;
  /** Closes the server and every connection. */
  stop(): Promise<void>;
}

type Recorded = { -readonly [K in keyof Seen]: Seen[K] };

/** Starts an upstream on 127.0.0.1. `script` answers whatever `next` has nothing queued for; undefined means the default answer. */
export async function startUpstream(script?: (seen: Seen) => Scripted | undefined): Promise<Upstream> {
  const requests: Seen[] = [];
  const complete = new Set<Seen>();
  const queue: Script[] = [];
  const waiting = new Set<() => void>();
  const serve = async (req: IncomingMessage, res: ServerResponse): Promise<void> => {
    const seen = record(req, res);
    requests.push(seen);
    // Taken on arrival: two requests at once get their replies in the order in which they came.
    const queued = queue.shift();
    if (!(await readBody(req, seen))) return;
    complete.add(seen);
    for (const look of waiting) look();
    const fallback = (): Scripted => script?.(seen) ?? defaultReply(seen, upstream.models);
    const reply = typeof queued === 'function' ? await queued(seen) : (queued ?? fallback());
    res.setHeader('x-request-id', `req_${randomUUID().replaceAll('-', '')}`);
    res.setHeader('openai-processing-ms', '1');
    await send(res, reply, fallback);
  };
  const server = createServer((req, res) => {
    // A mistake in a script must show at the client, not end the test run.
    serve(req, res).catch((cause: unknown) => {
      if (res.headersSent) res.destroy();
      else res.writeHead(500).end(`the upstream's script failed: ${String(cause)}`);
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  const arrived = (index: number, timeoutMs = 5_000): Promise<Seen> =>
    new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        waiting.delete(look);
        reject(new Error(`request ${index} did not arrive within ${timeoutMs} ms (${requests.length} did)`));
      }, timeoutMs);
      const look = (): void => {
        const seen = requests[index];
        if (seen === undefined || !complete.has(seen)) return;
        clearTimeout(timer);
        waiting.delete(look);
        resolve(seen);
      };
      waiting.add(look);
      look();
    });
  const upstream: Upstream = {
    url: `http://127.0.0.1:${port}`,
    port,
    requests,
    models: ['scripted-large', 'scripted-small'],
    next: (reply) => void queue.push(reply),
    forget: () => void queue.splice(0),
    arrived,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return upstream;
}

function record(req: IncomingMessage, res: ServerResponse): Recorded {
  const closed = new Promise<'finished' | 'aborted'>((resolve) => {
    res.once('close', () => resolve(res.writableFinished ? 'finished' : 'aborted'));
  });
  return {
    method: req.method ?? '',
    path: req.url ?? '',
    headers: req.headers,
    rawHeaders: req.rawHeaders,
    body: Buffer.alloc(0),
    json: undefined,
    closed,
  };
}

/** False when the client left before the end of its body. */
async function readBody(req: IncomingMessage, seen: Recorded): Promise<boolean> {
  const pieces: Buffer[] = [];
  try {
    for await (const piece of req as AsyncIterable<Buffer>) pieces.push(piece);
  } catch {
    return false;
  }
  seen.body = Buffer.concat(pieces);
  try {
    seen.json = JSON.parse(seen.body.toString('utf8'));
  } catch {
    seen.json = undefined;
  }
  return true;
}

/** What a correct server says: also the starting point for a script that changes one thing about it. */
export function defaultReply(seen: Seen, models: readonly string[] = []): Scripted {
  const path = seen.path.split('?', 1)[0] ?? '';
  const model = /^\/v1\/models\/(.+)$/.exec(path)?.[1];
  const wanted =
    path === '/v1/chat/completions'
      ? 'POST'
      : path === '/v1/models' || model !== undefined
        ? 'GET'
        : undefined;
  if (wanted === undefined) return error(404, null, { message: `Invalid URL (${seen.method} ${path})` });
  if (wanted !== seen.method)
    return error(405, null, { message: `Not allowed to ${seen.method} on ${path}.` });
  if (wanted === 'POST') return chatReply(seen.json);
  return model === undefined ? modelsReply(models) : modelsReply(models, decodeURIComponent(model));
}
