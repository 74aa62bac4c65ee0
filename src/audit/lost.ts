// Exchanges whose process died before they ended: an open entry without its seal, closed as `failed: lost`. Pure.
import type { Entry } from './record.ts';

/**
 * When an exchange that is open counts as lost, for those who cannot know that its process died. A reply may take one hour
 * (backends/reply.ts), its prompt, the wait for its first byte and a Postgres that is slow far less; an exchange open for
 * three times that has nobody left to end it, though clocks differ.
 */
export const LOST_AFTER_MS = 3 * 60 * 60_000;

/** The seal of an exchange that nobody can finish any more. `body` is what its opening entry held. */
export const lostSeal = (exchange: string, body: Readonly<Record<string, unknown>>, atMs: number): Entry => ({
  kind: 'seal',
  exchange,
  atMs,
  body: {
    ...body,
    sealed_at: new Date(atMs).toISOString(),
    ending: 'failed',
    status: null,
    code: 'lost',
    note: 'the process ended before the exchange did; how much of a reply the client got is not known',
    // Where it went and how far it came died with the process: the record names every field and claims nothing.
    backend: null,
    zone: null,
    model_used: null,
    asked_in: null,
    route: [],
    usage: null,
    cost_micros: null,
    cost_reason: 'lost',
    price_version: null,
    price: null,
    findings: [],
    coverage: [],
    sent_sha256: null,
    reply_sha256: null,
    delivered_sha256: null,
    first_byte_ms: null,
    total_ms: null,
  },
});

/**
 * The seal of an exchange whose own could not be written when it ended, because the disk refused. Its client was told so, or its
 * stream was broken off before its last frame; but where nobody waits for seals (not `strict`) it got what the seal says.
 */
export const lateSeal = (seal: Entry, atMs: number, strict = true): Entry => ({
  ...seal,
  atMs,
  body: {
    ...seal.body,
    sealed_at: new Date(atMs).toISOString(),
    ...(strict ? WITHHELD : {}),
  },
});

const WITHHELD = {
  ending: 'failed',
  code: 'audit_unsealed',
  note: 'the record could not be sealed when the exchange ended, so the client was not given the end of its answer',
  delivered_sha256: null,
};

/** What a process says of itself, and of what it found where the one before it left off. */
export type About = {
  readonly runtime: string;
  readonly spool: string;
  readonly version: string;
  /** Chains that could not be continued, each with its writer, its end and where it is kept. */
  readonly set_aside?: readonly unknown[];
  /** What was cut off this chain because it was torn or damaged, and where it is kept. */
  readonly cut?: unknown;
};

/** The first entry a process writes: who it is. */
export const startEntry = (atMs: number, about: About): Entry => ({
  kind: 'start',
  exchange: null,
  atMs,
  body: about,
});

/** The last entry of a process that ended as it should. */
export const stopEntry = (atMs: number): Entry => ({ kind: 'stop', exchange: null, atMs, body: {} });
