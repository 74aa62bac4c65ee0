// keep: copies the prompt and the reply as they pass, where the use case has them kept, and stores them sealed before the
// reply's last frame leaves. What cannot be kept as configured ends the exchange.
import type { Exchange, Frame, Reply } from '../exchange.ts';
import type { Grant } from '../keys/key.ts';
import type { Hasher, Ports, Step } from '../ports.ts';
import { Refusal } from '../refusal.ts';
import { seal } from './sealing.ts';
import { endUserHash, insertContent } from './table.ts';
import type { Contents, Copy } from './vault.ts';
import { cutOf, expiryMs, newCopy } from './vault.ts';

/**
 * Stands before every step that inspects or rewrites: what passes here on the way back is what the client gets. Throws
 * `capture_unavailable` in place of the last frame when the content cannot be stored.
 */
export const keep =
  (ports: Ports): Step =>
  async (c, next) => {
    const { exchange } = c.var;
    const { grant, prompt } = exchange;
    if (grant === undefined || prompt === undefined) throw new Error('keep needs the grant and the prompt');
    const { capture } = grant;
    // A client that has left by now has its record sealed, and nothing will be sent.
    if (capture === 'none' || exchange.outcome() !== undefined) return next();
    const reply = newCopy();
    let stored: Promise<void> | undefined;
    const store = (): Promise<void> => {
      stored ??= storeContent(ports, exchange, { ...grant, capture }, reply);
      return stored;
    };
    exchange.onEnd(store);
    if (capture === 'full') watchReceived(ports, exchange, reply);
    await next();
    const made = exchange.reply;
    if (made !== undefined) exchange.reply = watched(made, capture === 'full' ? undefined : reply, store);
  };

/** The reply as it comes from upstream is what is hashed as received: each of its bytes, whatever a step makes of them. */
const watchReceived = ({ hashes }: Ports, exchange: Exchange, copy: Copy): void => {
  const hasher: Hasher = hashes.sha256();
  let any = false;
  exchange.received = {
    update: (bytes) => {
      any = true;
      copy.add(bytes);
      hasher.update(bytes);
    },
    hex: () => hasher.hex(),
  };
  exchange.onEnd(() => {
    // The record tells an empty reply from none at all.
    if (!any) exchange.received = undefined;
  });
};

/**
 * The same reply, whose content is stored before its last frame is let go. Not a generator: one that never started would not
 * let its upstream go.
 */
const watched = (reply: Reply, copy: Copy | undefined, store: () => Promise<void>): Reply => {
  const iterator = (): AsyncIterator<Frame> => {
    const source = reply.frames[Symbol.asyncIterator]();
    return {
      next: async () => {
        const step = await source.next();
        if (step.done === true) return step;
        copy?.add(step.value.bytes);
        if (step.value.last) await store();
        return step;
      },
      return: async () => (await source.return?.()) ?? { done: true, value: undefined },
    };
  };
  return { ...reply, frames: { [Symbol.asyncIterator]: iterator } };
};

type Capturing = Grant & { readonly capture: 'redacted' | 'full' };

const storeContent = async (
  ports: Ports,
  exchange: Exchange,
  grant: Capturing,
  reply: Copy,
): Promise<void> => {
  const contents: Contents = { prompt: promptOf(exchange, grant), reply: reply.content() };
  const nowMs = ports.now();
  const endUsers = exchange.prompt?.asked.endUsers ?? [];
  const kept = {
    exchange: exchange.id,
    use_case: grant.useCase,
    use_case_version: grant.useCaseVersion,
    team: grant.team,
    key: grant.keyId,
    end_users: endUsers.map((endUser) => endUserHash(ports.secrets, endUser)),
    capture: grant.capture,
    cut: cutOf(contents),
    kept_at: new Date(nowMs).toISOString(),
    expires_at: new Date(expiryMs(nowMs, grant.captureDays)).toISOString(),
  };
  try {
    const sealed = await seal(ports, exchange.id, contents);
    exchange.vault = await insertContent(ports.store.db, kept, sealed, exchange.openedAtMs);
  } catch (error) {
    exchange.vault = 'failed';
    const name = error instanceof Error ? error.name : 'unknown';
    ports.log('error', 'content_not_kept', { exchange: exchange.id, error: name });
    throw new Refusal('capture_unavailable', { note: `the content was not kept: ${name}` });
  }
};

/** The prompt as received; or as sent on, and then nothing if nothing was sent. */
const promptOf = ({ prompt, sentSha256 }: Exchange, { capture }: Capturing): Contents['prompt'] => {
  if (prompt === undefined || (capture === 'redacted' && sentSha256 === undefined)) return null;
  const copy = newCopy();
  copy.add(capture === 'full' ? prompt.document.bytes : prompt.document.output());
  return copy.content();
};
