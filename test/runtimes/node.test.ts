// The conformance suite on Node, on Postgres over TCP.
import { startGateway } from '../kit/gateway.ts';
import { conforms, SETTINGS } from './conformance.ts';

conforms((setup) => startGateway({ setup, env: SETTINGS }), {
  provesUnreachable: true,
  hearsClose: true,
  compresses: false,
});
