// Lists of the admin API: newest first, a page at a time, with a cursor that is the last item's key.
import * as z from 'zod';

export const PAGE_LIMIT = 200;

/** `?limit=&cursor=` of every list. */
export const pageQuery = z.object({
  limit: z.coerce.number().int().min(1).max(PAGE_LIMIT).default(50),
  cursor: z
    .string()
    .max(200)
    .refine((text) => !text.includes('\0'), { error: 'is no cursor of ours' })
    .optional(),
});

/** One page: `next_cursor` is null on the last one. `items` may hold one more than the limit, as proof that there is more. */
export const page = <T>(
  items: readonly T[],
  limit: number,
  cursorOf: (item: T) => string,
): { items: T[]; next_cursor: string | null } => {
  const shown = items.slice(0, limit);
  const last = shown.at(-1);
  return { items: shown, next_cursor: items.length > limit && last !== undefined ? cursorOf(last) : null };
};

/** A page of a short list that is in memory as a whole. */
export const pageOf = <T extends { readonly name: string; readonly created_at: string }>(
  all: readonly T[],
  { limit, cursor }: { limit: number; cursor?: string | undefined },
): { items: T[]; next_cursor: string | null } => {
  const keyOf = (item: T): string => `${item.created_at}~${item.name}`;
  const newest = all
    .toSorted((a, b) => (keyOf(a) < keyOf(b) ? 1 : -1))
    .filter((item) => cursor === undefined || keyOf(item) < cursor);
  return page(newest.slice(0, limit + 1), limit, keyOf);
};

/** The shape of a page, for the API's document. */
export const pageShape = <T extends z.ZodType>(item: T) =>
  z.object({ items: z.array(item), next_cursor: z.string().nullable() });
