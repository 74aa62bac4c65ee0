// What the vault keeps of an exchange: its prompt and its reply, as far as they fit, when its use case asks for it. Pure.
import * as z from 'zod';

/**
 * What a use case has kept: nothing; what was sent on and what was delivered, after inspection; or the prompt and the reply
 * as they came.
 */
export const CAPTURES = ['none', 'redacted', 'full'] as const;
export type Capture = (typeof CAPTURES)[number];

/** Bytes kept of a part; what is longer is cut and marked. A long context with an image fits, and a row stays bearable. */
export const PART_BYTES = 4 * 1024 * 1024;

/** Days content is kept for. */
export const CAPTURE_DAYS = { least: 1, most: 3650, usual: 30 } as const;
const DAY_MS = 24 * 3_600_000;

/** When content kept at `keptAtMs` is over. */
export const expiryMs = (keptAtMs: number, days: number): number => keptAtMs + days * DAY_MS;

/** What became of the content by the time the record is sealed; `erased`: it was to be erased before it could be kept. */
export type VaultFact = 'kept' | 'erased' | 'failed';

export const PARTS = ['prompt', 'reply'] as const;
export type Part = (typeof PARTS)[number];

/** A part as it is kept: its bytes, and how many there were. */
export type Content = { readonly bytes: Uint8Array<ArrayBuffer>; readonly wholeBytes: number };

/** Null: there was none of it. */
export type Contents = { readonly [part in Part]: Content | null };

/** Takes a part piece by piece, and remembers no more than `limit` bytes of it. */
export type Copy = {
  add(piece: Uint8Array | string): void;
  /** What came so far; null: nothing did. */
  content(): Content | null;
};

/** An empty copy. */
export const newCopy = (limit = PART_BYTES): Copy => {
  const pieces: Uint8Array[] = [];
  let length = 0;
  let wholeBytes = 0;
  return {
    add: (piece) => {
      const bytes = typeof piece === 'string' ? new TextEncoder().encode(piece) : piece;
      wholeBytes += bytes.length;
      const fits = bytes.subarray(0, limit - length);
      if (fits.length === 0) return;
      pieces.push(fits);
      length += fits.length;
    },
    content: () => {
      if (wholeBytes === 0) return null;
      const bytes = new Uint8Array(length);
      let at = 0;
      for (const piece of pieces) {
        bytes.set(piece, at);
        at += piece.length;
      }
      return { bytes, wholeBytes };
    },
  };
};

/** A part as text; a character that the cut went through is left out. */
export const textOf = ({ bytes, wholeBytes }: Content): string =>
  new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes, { stream: bytes.length < wholeBytes });

/** How many bytes the parts that were cut had. */
export type Cut = { readonly [part in Part]?: number };

/** Which parts were cut. */
export const cutOf = (contents: Contents): Cut =>
  Object.fromEntries(
    PARTS.flatMap((part) => {
      const content = contents[part];
      return content === null || content.bytes.length === content.wholeBytes
        ? []
        : [[part, content.wholeBytes]];
    }),
  );

/** Whose content is meant: of one exchange, of a key, or of an end user, who is named by a keyed hash only. */
export type Scope = { readonly scope: 'exchange' | 'key' | 'end_user'; readonly subject: string };

/** Why somebody reads, erases or holds; it stands in the audit for good, as Postgres can keep it. */
export const reasonShape = z
  .string()
  .trim()
  .min(3)
  .max(500)
  .refine((text) => text.isWellFormed() && !text.includes('\0'), {
    error: 'holds a character that cannot be stored (NUL, or half of a surrogate pair)',
  });
