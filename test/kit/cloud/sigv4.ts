// AWS's Signature Version 4, worked out from its specification with Node's crypto: shares nothing with what signs.
import { createHash, createHmac } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

/** A request as it arrived. */
export type Arrived = {
  readonly method: string;
  /** Path with its query, as on the wire. */
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Uint8Array;
};

const sha256 = (data: string | Uint8Array): string => createHash('sha256').update(data).digest('hex');
const hmac = (key: string | Buffer, data: string): Buffer => createHmac('sha256', key).update(data).digest();

/** Every character but those that need no escape, of each segment, escaped once more, as all services but S3 want it. */
const escapedAgain = (path: string): string =>
  path
    .split('/')
    .map((segment) =>
      encodeURIComponent(segment).replace(
        /[!'()*]/g,
        (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
      ),
    )
    .join('/');

/** Why a signature is wrong; undefined: it is that of the secret. */
export const signatureFault = (
  { method, path, headers, body }: Arrived,
  known: {
    readonly keyId: string;
    readonly secret: string;
    readonly region: string;
    readonly service: string;
  },
): string | undefined => {
  const authorization = String(headers.authorization ?? '');
  const parts =
    /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8})\/([^/]+)\/([^/]+)\/aws4_request, SignedHeaders=([a-z0-9;-]+), Signature=([0-9a-f]{64})$/.exec(
      authorization,
    );
  if (parts === null) return `no signature: ${authorization.slice(0, 40)}`;
  const [, keyId, date = '', region, service, signed = '', signature] = parts;
  if (keyId !== known.keyId) return 'another key';
  if (region !== known.region || service !== known.service) return `for ${region}/${service}`;
  const time = String(headers['x-amz-date'] ?? '');
  if (!time.startsWith(date)) return 'another day';
  const names = signed.split(';');
  if (!names.includes('host') || !names.includes('x-amz-date')) return 'host or time are not signed';
  for (const name of Object.keys(headers))
    if (name.startsWith('x-amz-') && !names.includes(name)) return `${name} is not signed`;
  const [plain = '', query = ''] = path.split('?');
  const canonical = [
    method,
    escapedAgain(plain),
    query.split('&').sort().join('&'),
    ...names.map(
      (name) =>
        `${name}:${String(headers[name] ?? '')
          .trim()
          .replace(/\s+/g, ' ')}`,
    ),
    '',
    signed,
    sha256(body),
  ].join('\n');
  const text = ['AWS4-HMAC-SHA256', time, `${date}/${region}/${service}/aws4_request`, sha256(canonical)];
  const key = [date, region, service, 'aws4_request'].reduce<Buffer | string>(
    (made, part) => hmac(made, part),
    `AWS4${known.secret}`,
  );
  return hmac(Buffer.from(key), text.join('\n')).toString('hex') === signature
    ? undefined
    : 'a wrong signature';
};
