/**
 * Vitest's global set-up: one Postgres for the whole run. A test file takes its own database with
 * `await freshDatabase(inject('postgresUrl'))`.
 */
import type { TestProject } from 'vitest/node';
import { startPostgres } from './postgres.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    /** The administrator's address of the run's Postgres. */
    postgresUrl: string;
  }
}

/** Starts the server, tells every worker its address, and gives Vitest the way to stop it. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const postgres = await startPostgres();
  project.provide('postgresUrl', postgres.url);
  return () => postgres.stop();
}
