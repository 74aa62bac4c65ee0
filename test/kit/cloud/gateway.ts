// A gateway in front of scripted clouds, with a use case for each class of data.
import type { Ports } from '../../../src/ports.ts';
import { exchangeOf } from '../chat.ts';
import type { RawCall, RawReply } from '../clients.ts';
import { rawPost } from '../clients.ts';
import type { Parts } from '../parts.ts';
import { startParts } from '../parts.ts';

/** A backend as gatehouse.yaml has it, without zone. */
export type CloudBackend = {
  readonly name: string;
  readonly provider: string;
  readonly url: string;
  readonly secret: string;
} & Readonly<Record<string, unknown>>;

type Asking = { readonly key?: string; readonly headers?: Readonly<Record<string, string>> };

/** A gateway, and the ways the tests talk to it. */
export type Clouds = Parts & {
  /** Posts a body in the dialect of the path. */
  start(path: string, body: object, more?: Asking): RawCall;
  /** The same, to its end. */
  ask(path: string, body: object, more?: Asking): Promise<RawReply>;
  /** The seal of a reply's exchange. */
  sealOf(reply: RawReply): Promise<Record<string, unknown>>;
};

/** Starts one whose backends are all in the cloud. Keys: `open` may use it, `closed` has sensitive data, `own` may bring a credential. */
export const startClouds = async (
  backends: readonly CloudBackend[],
  models: Readonly<Record<string, readonly (readonly [backend: string, model: string])[]>>,
  instead?: (real: Ports) => Ports,
): Promise<Clouds> => {
  const uses = [
    { name: 'open', data_class: 'non_sensitive' },
    { name: 'closed', data_class: 'sensitive' },
    { name: 'own', data_class: 'non_sensitive', caller_credential: 'forward' },
  ];
  const parts = await startParts(
    JSON.stringify({
      teams: [{ name: 'crew' }],
      backends: backends.map((backend) => ({ zone: 'cloud', ...backend })),
      models: Object.entries(models).map(([name, targets]) => ({
        name,
        targets: targets.map(([backend, model]) => ({ backend, model })),
      })),
      use_cases: uses.map((use) => ({
        team: 'crew',
        models: ['*'],
        endpoints: ['chat', 'embeddings'],
        ...use,
      })),
      keys: uses.map(({ name }) => ({ name, use_case: name })),
    }),
    instead,
  );
  const start: Clouds['start'] = (path, body, { key = 'open', headers = {} } = {}) =>
    rawPost({
      url: parts.url,
      path,
      headers: { 'x-gatehouse-key': parts.keys[key] ?? '', 'content-type': 'application/json', ...headers },
      body,
    });
  return {
    ...parts,
    start,
    ask: (path, body, more) => start(path, body, more).done,
    sealOf: async (reply) => (await parts.entries(exchangeOf(reply))).at(-1)?.body ?? {},
  };
};
