// Seals an exchange's content under a key of its own, which is random, and kept only as the root secret wraps it. Without the
// wrapped key nothing opens what is sealed: destroying it is erasing the content. Pure but for WebCrypto.
import { ownBytes } from '../bytes.ts';
import type { Contents, Part } from './vault.ts';
import type { Wrapping } from './wrapping.ts';
import { nonceOf, openBytes, sealBytes } from './wrapping.ts';

/** What sealing needs of the ports. */
export type SealingMeans = { readonly random: (bytes: number) => Uint8Array; readonly secrets: Wrapping };

/** Content as it is stored, each text in base 64. */
export type Sealed = { readonly [part in Part]: string | null } & { readonly wrapped_key: string };

const KEY_BYTES = 32;

/** Where a record's key is wrapped for. */
const placeOf = (exchange: string): string => `vault/${exchange}`;
/** Where a part is sealed for. */
const partOf = (exchange: string, part: Part): string => `${exchange}/${part}`;

/** Seals the parts there are under a new key. */
export const seal = async (
  { random, secrets }: SealingMeans,
  exchange: string,
  contents: Contents,
): Promise<Sealed> => {
  const key = ownBytes(random(KEY_BYTES));
  const sealed = async (part: Part): Promise<string | null> => {
    const content = contents[part];
    return content === null ? null : sealBytes(key, nonceOf(random), content.bytes, partOf(exchange, part));
  };
  const [prompt, reply, wrapped] = await Promise.all([
    sealed('prompt'),
    sealed('reply'),
    secrets.wrap(key, placeOf(exchange)),
  ]);
  return { prompt, reply, wrapped_key: wrapped };
};

/** Opens the parts there are. Rejects with DoesNotOpen. */
export const open = async (
  { secrets }: { readonly secrets: Pick<Wrapping, 'unwrap'> },
  exchange: string,
  sealed: Sealed,
): Promise<{ readonly [part in Part]: Uint8Array<ArrayBuffer> | null }> => {
  const key = await secrets.unwrap(sealed.wrapped_key, placeOf(exchange));
  const opened = async (part: Part): Promise<Uint8Array<ArrayBuffer> | null> => {
    const text = sealed[part];
    return text === null ? null : openBytes(key, text, partOf(exchange, part));
  };
  const [prompt, reply] = await Promise.all([opened('prompt'), opened('reply')]);
  return { prompt, reply };
};
