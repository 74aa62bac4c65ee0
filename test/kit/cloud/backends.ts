// A backend of every cloud, all at one address and as if they were on the premises.
import { AWS_KEYS, awsSecret, googleSecret } from './secrets.ts';

const REGION = 'eu-west-1';
/** What Bedrock's signatures are made with. */
export const CLOUD_KEYS = {
  keyId: AWS_KEYS.access_key_id,
  secret: AWS_KEYS.secret_access_key,
  region: REGION,
  service: 'bedrock',
};

/** The backends. */
export const cloudBackends = (url: string) =>
  [
    { name: 'google', provider: 'google', url, secret: 'AIza-conformance' },
    { name: 'bedrock', provider: 'bedrock', url, secret: awsSecret({ region: REGION }) },
    {
      name: 'vertex',
      provider: 'vertex',
      url: `${url}/v1/projects/p/locations/l`,
      secret: googleSecret(`${url}/token`),
    },
  ].map((backend) => ({ zone: 'on_prem', ...backend }));
