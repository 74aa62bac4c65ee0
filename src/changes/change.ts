// A change of configuration, and what it looks like over the admin API.
import * as z from 'zod';

/** A change as it is listed and as an apply reports it. */
export const changeShape = z.object({
  action: z.string(),
  subject: z.string(),
  before: z.unknown(),
  after: z.unknown(),
});

/** What changed, without secrets. */
export type Change = {
  readonly action: string;
  readonly subject: string;
  readonly before: unknown;
  readonly after: unknown;
};

/** Somebody else changed the configuration since it was read. */
export class ChangedMeanwhile extends Error {}
