// Every migration, in order.
import { first } from './0001-first.ts';
import type { Migration } from './migration.ts';

export const migrations: readonly Migration[] = [first];
