// The shapes every endpoint of the admin API shares: errors, and what a noun's endpoints are built on.
import { OpenAPIHono } from '@hono/zod-openapi';
import * as z from 'zod';

/** An error of the admin API. `faults` lists each thing that is wrong with what was sent. */
export const errorShape = z.object({
  error: z.object({ code: z.string(), message: z.string(), faults: z.array(z.string()).optional() }),
});

export const errorBody = (
  code: string,
  message: string,
  faults?: readonly string[],
): z.infer<typeof errorShape> => ({
  error: { code, message, ...(faults === undefined ? {} : { faults: [...faults] }) },
});

/** A no of the admin API, from wherever an endpoint finds out; `message` and `faults` are public. */
export class AdminRefusal extends Error {
  readonly status: 400 | 404 | 409;
  readonly code: string;
  readonly faults: readonly string[] | undefined;
  constructor(status: AdminRefusal['status'], code: string, message: string, faults?: readonly string[]) {
    super(message);
    this.status = status;
    this.code = code;
    this.faults = faults;
  }
}

/** Text in a path or a query as Postgres can be asked for it. */
export const askable = (chars: number) =>
  z
    .string()
    .max(chars)
    .refine((text) => !text.includes('\0'), { error: 'holds a NUL' });

/** A JSON response for the API's document. */
export const json = <T extends z.ZodType>(schema: T, description: string) => ({
  content: { 'application/json': { schema } },
  description,
});

/** Errors any endpoint may answer with. */
export const errors = {
  400: json(errorShape, 'What was sent is not valid'),
  404: json(errorShape, 'There is no such thing'),
  409: json(
    errorShape,
    'The configuration changed at the same moment, or the thing is not in a state for this',
  ),
} as const;

/** A noun's endpoints, with one way of saying that what was sent is not valid. */
export const endpoints = (): OpenAPIHono =>
  new OpenAPIHono({
    defaultHook: (result, c) => {
      if (result.success) return undefined;
      const faults = result.error.issues.map(({ path, message }) =>
        path.length === 0 ? message : `${path.join('.')}: ${message}`,
      );
      return c.json(errorBody('bad_request', 'The request is not valid.', faults), 400);
    },
  });
