// What this program uses of Cloudflare's own module; `wrangler types` would write sixteen thousand lines.
declare module 'cloudflare:workers' {
  /** Keeps the current request's work alive after its reply, or after its client has gone. */
  export const waitUntil: (work: Promise<unknown>) => void;
}
