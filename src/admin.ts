// The admin face: one line a noun, and the OpenAPI document that describes them.
import type { MiddlewareHandler } from 'hono';
import { acknowledgementEndpoints } from './acknowledgements/endpoints.ts';
import { docsPage } from './admin-docs.ts';
import { AdminRefusal, endpoints, errorBody } from './admin-shape.ts';
import { recordEndpoints } from './audit/endpoints.ts';
import { backendEndpoints } from './backends/endpoints.ts';
import { hexOf } from './bytes.ts';
import { ChangedMeanwhile } from './changes/change.ts';
import { changeEndpoints } from './changes/endpoints.ts';
import { checkpointEndpoints } from './checkpoints/endpoints.ts';
import { dlpEndpoints } from './dlp/endpoints.ts';
import { erasureEndpoints, holdEndpoints } from './erasures/endpoints.ts';
import { exportEndpoints } from './exports/endpoints.ts';
import { injectionEndpoints } from './injection/endpoints.ts';
import { keyEndpoints } from './keys/endpoints.ts';
import { bearer, sameText } from './keys/key.ts';
import { modelEndpoints } from './models/endpoints.ts';
import { packEndpoints } from './packs/endpoints.ts';
import { policyEndpoints } from './policies/endpoints.ts';
import type { Ports } from './ports.ts';
import { modelPriceEndpoints, priceEndpoints } from './prices/endpoints.ts';
import { proofEndpoints } from './proofs/endpoints.ts';
import { Refusal } from './refusal.ts';
import { setupEndpoints } from './setup/endpoints.ts';
import { signingKeyEndpoints } from './signing/endpoints.ts';
import { teamEndpoints } from './teams/endpoints.ts';
import { useCaseEndpoints } from './usecases/endpoints.ts';
import { contentEndpoints, vaultEndpoints } from './vault/endpoints.ts';

/** Longest body of an admin request: a whole gatehouse.yaml as JSON text. */
const BODY_BYTES = 4 * 1024 * 1024;

/** The nouns, each at its own path. */
const nouns = (ports: Ports) =>
  endpoints()
    .route('/teams', teamEndpoints(ports))
    .route('/use_cases', useCaseEndpoints(ports))
    .route('/keys', keyEndpoints(ports))
    .route('/backends', backendEndpoints(ports))
    .route('/models', modelEndpoints(ports))
    .route('/policies', policyEndpoints(ports))
    .route('/packs', packEndpoints(ports))
    .route('/prices', priceEndpoints(ports))
    .route('/model_prices', modelPriceEndpoints(ports))
    .route('/dlp', dlpEndpoints(ports))
    .route('/injection', injectionEndpoints())
    .route('/records', recordEndpoints(ports))
    .route('/records', proofEndpoints(ports))
    .route('/records', contentEndpoints(ports))
    .route('/vault', vaultEndpoints(ports))
    .route('/erasures', erasureEndpoints(ports))
    .route('/holds', holdEndpoints(ports))
    .route('/checkpoints', checkpointEndpoints(ports))
    .route('/acknowledgements', acknowledgementEndpoints(ports))
    .route('/signing_keys', signingKeyEndpoints(ports))
    .route('/audit', exportEndpoints(ports))
    .route('/changes', changeEndpoints(ports))
    .route('/', setupEndpoints(ports));

/** The API's type, for its typed client. */
export type AdminApi = ReturnType<typeof nouns>;

/** Everything under `/admin`. */
export const admin = (ports: Ports) => {
  const app = endpoints();
  app.onError((error, c) => {
    if (error instanceof ChangedMeanwhile) {
      return c.json(
        errorBody('changed_meanwhile', 'The configuration changed at the same moment; try again.'),
        409,
      );
    }
    if (error instanceof AdminRefusal)
      return c.json(errorBody(error.code, error.message, error.faults), error.status);
    // What a step would refuse an exchange with: the store is away, or the packs in force cannot be used.
    if (error instanceof Refusal)
      return c.json(
        errorBody(error.code, error.message, error.extra.note === undefined ? [] : [error.extra.note]),
        503,
      );
    if ('getResponse' in error && typeof error.getResponse === 'function') {
      return c.json(errorBody('bad_request', 'The request is not valid.', [error.message]), 400);
    }
    ports.log('error', 'fault', { path: c.req.path, error: error.name });
    return c.json(errorBody('fault', 'The gateway failed.'), 500);
  });
  app.notFound((c) => c.json(errorBody('not_found', 'No such endpoint here.'), 404));
  const document = {
    openapi: '3.1.0',
    info: { title: 'Gatehouse admin API', version: '1' },
    security: [{ token: [] }],
  };
  app.openAPIRegistry.registerComponent('securitySchemes', 'token', { type: 'http', scheme: 'bearer' });
  app.doc31('/admin/openapi.json', document);
  app.get('/admin/docs', (c) => c.html(docsPage(app.getOpenAPI31Document(document))));
  app.use('/admin/v1/*', operator(ports));
  app.use('/admin/v1/*', limited);
  app.use('/admin/v1/*', jsonOnly);
  app.route('/admin/v1', nouns(ports));
  return app;
};

/** Lets the operator token pass. First of all: a stranger's body is not read, and learns nothing of what there is. */
const operator = (ports: Ports): MiddlewareHandler => {
  const hash = (text: string): string => hexOf(ports.secrets.keyedHash('admin-token', text));
  return async (c, next) => {
    if (ports.adminToken === undefined || ports.adminToken === '') {
      return c.json(errorBody('no_token_configured', 'Set GATEHOUSE_ADMIN_TOKEN to use the admin API.'), 403);
    }
    const token = bearer(c.req.header('authorization')) ?? '';
    if (token === '' || !sameText(hash(token), hash(ports.adminToken))) {
      c.header('www-authenticate', 'Bearer');
      return c.json(errorBody('unauthorized', 'Send the operator token as "Authorization: Bearer".'), 401);
    }
    return next();
  };
};

/** Refuses a body that is too long. Hono's own makes a request of a request, which on Node is not one of the platform's. */
const limited: MiddlewareHandler = async (c, next) => {
  const tooLong = () => c.json(errorBody('body_too_long', `The limit is ${BODY_BYTES} bytes.`), 413);
  const length = c.req.header('content-length');
  if (length !== undefined && c.req.header('transfer-encoding') === undefined)
    return Number(length) > BODY_BYTES ? tooLong() : next();
  const { body } = c.req.raw;
  if (body === null || c.req.method === 'GET' || c.req.method === 'HEAD') return next();
  const pieces: Uint8Array<ArrayBuffer>[] = [];
  let size = 0;
  for await (const piece of body) {
    size += piece.byteLength;
    if (size > BODY_BYTES) return tooLong();
    pieces.push(piece);
  }
  c.req.raw = new Request(c.req.url, {
    method: c.req.method,
    headers: c.req.header(),
    body: size === 0 ? null : new Blob(pieces),
  });
  return next();
};

/** A pack may come as the YAML file it is. */
const YAML = /^(?:text|application)\/yaml$/;
const PACK = /^\/admin\/v1\/packs\/[^/]+$/;

/** A body of another kind would count as no body, and every field of it as missing. A POST without a body needs no kind. */
const jsonOnly: MiddlewareHandler = async (c, next) => {
  const type = c.req.header('content-type')?.split(';')[0]?.trim().toLowerCase();
  // By its headers: some runtimes give a stream to a request without a body.
  const isSent =
    (c.req.header('content-length') ?? '0') !== '0' || c.req.header('transfer-encoding') !== undefined;
  const isYaml = c.req.method === 'PUT' && type !== undefined && YAML.test(type) && PACK.test(c.req.path);
  if ((isSent || type !== undefined) && type !== 'application/json' && !isYaml) {
    const words = 'Send JSON, and say so: "content-type: application/json".';
    return c.json(errorBody('bad_request', words), 400);
  }
  return next();
};
